import { resolve } from 'node:path';
import { PROGRAMS } from '../artifacts/programs.js';
import type { Bundle } from '../bundle/bundle.js';
import type { Config, ReadConfig } from '../config/config.js';
import { findMinor } from '../config/versions.js';
import { loadConfig } from '../config/load.js';
import { KmonError } from '../errors/kmon-error.js';
import type { Io } from './io.js';
import type { ShowOptions } from './with-view.js';

/** The folder that a command about a bundle means: the one that is named, else that of kmon.yaml, else `bundle` where the person is. */
export function bundleFolder(
  cwd: string,
  named: string | undefined,
  config?: Pick<Config, 'bundle'>,
): string {
  return resolve(cwd, named ?? config?.bundle ?? 'bundle');
}

/** @throws KmonError `config` when the bundle is of another version of Kubernetes than kmon.yaml asks for */
export function refuseOtherVersion(
  { kubernetes }: Pick<Bundle, 'kubernetes'>,
  config: Pick<ReadConfig, 'kubernetes'>,
): void {
  const { version } = config.kubernetes;
  if (findMinor(kubernetes)?.version === version) return;
  throw new KmonError('config', `kmon.yaml asks for Kubernetes ${version}, the bundle has ${kubernetes}`, {
    hint: 'change kubernetes.version or bundle in kmon.yaml, or make a bundle in another folder',
  });
}

/** @throws KmonError `config` when it lacks a program without which there is no node, on machines of one of its architectures */
export function refuseWithoutPrograms({
  architectures,
  parts,
}: Pick<Bundle, 'architectures' | 'parts'>): void {
  for (const own of architectures) {
    const there = parts.filter((p) => p.kind === 'binary' && (p.architecture ?? own) === own);
    const lacking = PROGRAMS.filter(({ name }) => !there.some((p) => p.name === name)).map((p) => p.name);
    if (lacking.length === 0) continue;
    throw new KmonError('config', `the bundle has no ${lacking.join(', ')} for ${own}`, {
      hint: 'make it again: kmon bundle make, with all that kmon.yaml asks for',
    });
  }
}

export interface BundleOptions extends ShowOptions {
  readonly folder: string | undefined;
  readonly config: string | undefined;
}

/** The same where kmon.yaml is asked for nothing but the folder: it is not looked at when that is named. */
export async function bundleMeant(io: Pick<Io, 'cwd'>, o: BundleOptions): Promise<string> {
  if (o.folder !== undefined) return bundleFolder(io.cwd, o.folder);
  return bundleFolder(io.cwd, undefined, await loadConfig(o.config, io.cwd));
}
