// Exit code 0 when node_modules holds what package-lock.json says, else 1. npm leaves its own list there as the last thing it does, so
// an interrupted installation has none. JavaScript, since it runs before there are packages to compile anything with.
import { existsSync, readFileSync } from 'node:fs';

const read = (file) => JSON.parse(readFileSync(file, 'utf8')).packages;

function matches() {
  const wanted = read('package-lock.json');
  const there = read('node_modules/.package-lock.json');
  const same = (path) =>
    there[path]?.version === wanted[path].version && there[path].integrity === wanted[path].integrity;
  return (
    Object.keys(there).every((path) => path in wanted) &&
    Object.keys(wanted).every((path) => {
      if (path === '') return true;
      // Made for another platform, perhaps.
      if (wanted[path].optional && !(path in there)) return true;
      return same(path) && existsSync(`${path}/package.json`);
    })
  );
}

try {
  process.exitCode = matches() ? 0 : 1;
} catch {
  process.exitCode = 1;
}
