import type { FactLines } from './lines.js';
import type { Facts } from './facts.js';

/** `Status: install ok half-configured Package: canteen`, as the script puts the two lines of dpkg together. */
export function parsePackages(lines: FactLines): Pick<Facts, 'unfinishedPackages' | 'dpkgStopped'> {
  const own = new Set(lines.all('own-package'));
  return {
    unfinishedPackages: lines.section('packages').flatMap((line) => {
      const [, state, name] = /^Status: [a-z]* [a-z]* ([a-z-]+) Package: (\S+)$/.exec(line) ?? [];
      return state === undefined || name === undefined || own.has(name) ? [] : [{ name, state }];
    }),
    dpkgStopped: lines.has('dpkg-stopped'),
  };
}
