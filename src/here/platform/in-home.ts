import type { Platform } from './platform.js';

/** The path for `~` and `~/…`, on Windows `~\…` as well; `undefined`: it is none of them. */
export function inHome(
  written: string,
  home: string,
  { path, name }: Pick<Platform, 'path' | 'name'>,
): string | undefined {
  if (written === '~') return home;
  return written.startsWith('~/') || (name === 'windows' && written.startsWith('~\\'))
    ? path.join(home, written.slice(2))
    : undefined;
}
