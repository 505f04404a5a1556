import { join } from 'node:path';
import type { Bundle } from '../bundle/bundle.js';
import { readBundle } from '../bundle/read.js';
import { verifyBundle } from '../bundle/verify.js';
import type { Config } from '../config/config.js';
import { findMinor } from '../config/versions.js';
import { KmonError } from '../errors/kmon-error.js';

/**
 * The bundle that kmon.yaml names, whole and of the version that kmon.yaml asks for; `undefined` when it names none.
 *
 * @throws KmonError
 */
export async function provenBundle(config: Config, signal: AbortSignal): Promise<Bundle | undefined> {
  if (config.bundle === undefined) return undefined;
  const bundle = await readBundle(config.bundle);
  const { version } = config.kubernetes;
  if (findMinor(bundle.kubernetes)?.version !== version) {
    throw new KmonError(
      'config',
      `kmon.yaml asks for Kubernetes ${version}, the bundle has ${bundle.kubernetes}`,
      {
        hint: 'change kubernetes.version or bundle in kmon.yaml',
      },
    );
  }
  await verifyBundle(bundle, join(config.stateDir, 'bundle-proven.json'), signal);
  return bundle;
}
