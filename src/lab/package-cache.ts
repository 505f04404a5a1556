import { mkdir, readdir, rename, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import type { Engine } from './container-engine.js';
import { lines } from './inventory.js';

const ARCHIVES = '/var/cache/apt/archives';

/**
 * Puts cached packages where a machine's apt looks before it downloads; apt checks their hashes as if it had downloaded them.
 * Each machine has copies of its own: one folder for all would be one lock for all, and parallel installs would fail on it.
 */
export async function lendPackages(engine: Engine, cache: string, container: string): Promise<void> {
  const cached = await packagesIn(cache);
  if (cached.length > 0) await engine.run(['cp', `${cache}/.`, `${container}:${ARCHIVES}/`]);
}

/**
 * Takes packages that a running machine has and the cache lacks, then drops versions that a newer one has replaced.
 *
 * @param except names of files that stay behind.
 */
export async function keepPackages(
  engine: Engine,
  cache: string,
  container: string,
  except: ReadonlySet<string> = new Set(),
): Promise<number> {
  const listed = await engine.ask(['exec', container, 'find', ARCHIVES, '-maxdepth', '1', '-name', '*.deb']);
  if (listed.exitCode !== 0) return 0;
  // Beside the cache, since all that is in the cache is lent.
  const incoming = `${cache}-incoming-${process.pid}`;
  await Promise.all([mkdir(cache, { recursive: true }), mkdir(incoming, { recursive: true })]);
  const known = new Set(await packagesIn(cache));
  const absent = lines(listed.stdout)
    .map((file) => file.slice(ARCHIVES.length + 1))
    .filter((file) => !known.has(file) && !except.has(file) && /^[\w%+.~-]+\.deb$/.test(file));
  try {
    for (const file of absent) await take(engine, container, file, { incoming, cache });
  } finally {
    await rm(incoming, { recursive: true, force: true });
  }
  if (absent.length > 0) await dropReplaced(cache);
  return absent.length;
}

async function take(
  engine: Engine,
  container: string,
  file: string,
  to: { readonly incoming: string; readonly cache: string },
): Promise<void> {
  const partial = join(to.incoming, file);
  await engine.run(['cp', `${container}:${ARCHIVES}/${file}`, partial]);
  // The copy has the age of the package: what counts here is when it was needed.
  await utimes(partial, new Date(), new Date());
  await rename(partial, join(to.cache, file));
}

async function dropReplaced(cache: string): Promise<void> {
  const dated = await Promise.all(
    (await packagesIn(cache)).map(async (file) => ({ file, at: (await stat(join(cache, file))).mtimeMs })),
  );
  for (const file of replaced(dated)) await rm(join(cache, file), { force: true });
}

/** Of packages in several versions, all but the one that came last. */
export function replaced(
  files: readonly { readonly file: string; readonly at: number }[],
): readonly string[] {
  const newest = new Map<string, number>();
  for (const { file, at } of files)
    newest.set(packageOf(file), Math.max(at, newest.get(packageOf(file)) ?? 0));
  return files.filter(({ file, at }) => at < (newest.get(packageOf(file)) ?? 0)).map(({ file }) => file);
}

/** "runc_1.1.5+ds1-1_amd64.deb" is of "runc amd64": apt writes name_version_architecture, with underscores nowhere else. */
function packageOf(file: string): string {
  const [name = '', , architecture = ''] = file.split('_');
  return `${name} ${architecture}`;
}

async function packagesIn(cache: string): Promise<readonly string[]> {
  const entries = await readdir(cache).catch(() => []);
  return entries.filter((file) => file.endsWith('.deb'));
}
