import { join } from 'node:path';
import type { Bundle } from '../bundle/bundle.js';
import { readBundle } from '../bundle/read.js';
import { verifyBundle } from '../bundle/verify.js';
import type { ReadConfig } from '../config/config.js';
import { refuseOtherVersion, refuseWithoutPrograms } from './bundle-here.js';

/**
 * The bundle that kmon.yaml names, whole and of the version that kmon.yaml asks for; `undefined` when it names none.
 *
 * @throws KmonError
 */
export async function provenBundle(config: ReadConfig, signal: AbortSignal): Promise<Bundle | undefined> {
  if (config.bundle === undefined) return undefined;
  const bundle = await readBundle(config.bundle);
  refuseOtherVersion(bundle, config);
  refuseWithoutPrograms(bundle);
  await verifyBundle(bundle, join(config.stateDir, 'bundle-proven.json'), signal);
  return bundle;
}
