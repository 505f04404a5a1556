import { isAbsolute, join, relative, resolve } from 'node:path';

/** What a path in kmon.yaml is relative to. */
export interface PathBase {
  /** Folder of kmon.yaml. */
  readonly folder: string;
  /** What `~` stands for. */
  readonly home: string;
}

/** The absolute path for one written in kmon.yaml: relative to that file, `~` is the home of who runs kmon. */
export function expandPath(written: string, base: PathBase): string {
  if (written === '~') return base.home;
  if (written.startsWith('~/')) return join(base.home, written.slice(2));
  return isAbsolute(written) ? resolve(written) : resolve(base.folder, written);
}

/** How an absolute path is written in kmon.yaml: `./…` beside the file or below, `~/…` in the home, otherwise as it is. */
export function contractPath(path: string, { folder, home }: PathBase): string {
  const below = (base: string): string | undefined => {
    const near = relative(base, path);
    return near === '' || near === '..' || near.startsWith('../') || isAbsolute(near) ? undefined : near;
  };
  // In the home itself `~` says more than a dot.
  const beside = folder === home ? undefined : below(folder);
  if (beside !== undefined) return `./${beside}`;
  const atHome = below(home);
  return atHome === undefined ? path : `~/${atHome}`;
}
