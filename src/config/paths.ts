import { inHome } from '../here/platform/in-home.js';
import type { Platform } from '../here/platform/platform.js';
import { thisPlatform } from '../here/platform/this-platform.js';
import { withSlashes } from '../here/platform/with-slashes.js';

/** What a path in kmon.yaml is relative to. */
export interface PathBase {
  /** Folder of kmon.yaml. */
  readonly folder: string;
  /** What `~` stands for. */
  readonly home: string;
}

type Rules = Pick<Platform, 'path' | 'name'>;

/** The absolute path for one written in kmon.yaml: relative to that file, `~` is the home of who runs kmon. */
export function expandPath(written: string, base: PathBase, rules: Rules = thisPlatform): string {
  return inHome(written, base.home, rules) ?? rules.path.resolve(base.folder, written);
}

/**
 * How an absolute path is written in kmon.yaml: `./…` beside the file or below, `~/…` in the home, otherwise as it is. With slashes on every
 * system, so that a room's file can go from one to another.
 */
export function contractPath(
  absolute: string,
  { folder, home }: PathBase,
  rules: Rules = thisPlatform,
): string {
  const { path } = rules;
  const below = (base: string): string | undefined => {
    const near = path.relative(base, absolute);
    const outside = near === '' || near === '..' || near.startsWith(`..${path.sep}`) || path.isAbsolute(near);
    return outside ? undefined : withSlashes(near, rules);
  };
  // In the home itself `~` says more than a dot.
  const beside = path.relative(folder, home) === '' ? undefined : below(folder);
  if (beside !== undefined) return `./${beside}`;
  const atHome = below(home);
  return atHome === undefined ? withSlashes(absolute, rules) : `~/${atHome}`;
}
