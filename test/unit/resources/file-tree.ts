import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { join } from 'node:path';

/** Some folders of a machine. */
export interface Folders {
  /** The root folder of the machine, as this computer sees it. */
  readonly root: string;
  /** Without a `/` at the beginning. */
  readonly folders: readonly string[];
  /** Neither they nor what is in them. */
  readonly leftOut: readonly string[];
}

export interface FileTree extends Folders {
  /** Of these only the names, types, modes and owners are told. */
  readonly withoutContent: readonly string[];
}

export interface Entry {
  readonly path: string;
  /** As this computer sees it. */
  readonly at: string;
  readonly stats: Stats;
}

/**
 * Everything below some folders of a machine, one line a thing with type, mode, owner, target and content, sorted. Read by this process
 * itself: with programs in the machine it takes ten times as long.
 */
export function fileTree(tree: FileTree): string {
  const plain = tree.withoutContent.map((folder) => `${folder}/`);
  const lines = entriesIn(tree).map((entry) =>
    lineOf(entry, !plain.some((folder) => entry.path.startsWith(folder))),
  );
  return `${lines.sort().join('\n')}\n`;
}

/** The files that were changed last before `sinceMs`, and when. */
export function olderFiles(folders: Folders, sinceMs: number): string {
  const lines = entriesIn(folders)
    .filter(({ stats }) => stats.isFile() && stats.mtimeMs < sinceMs)
    .map(({ path, stats }) => `${path} ${stats.mtimeMs}`);
  return `${lines.sort().join('\n')}\n`;
}

/** A folder comes before what is in it. */
export function entriesIn(of: Folders): readonly Entry[] {
  return of.folders.flatMap((folder) => [...below(of, folder)]);
}

function* below(of: Folders, folder: string): Generator<Entry> {
  for (const name of readdirSync(join(of.root, folder))) {
    const path = `${folder}/${name}`;
    if (of.leftOut.includes(path)) continue;
    const at = join(of.root, path);
    const stats = lstatSync(at);
    yield { path, at, stats };
    if (stats.isDirectory()) yield* below(of, path);
  }
}

function lineOf({ path, at, stats }: Entry, content: boolean): string {
  const more = stats.isSymbolicLink()
    ? readlinkSync(at)
    : stats.isFile() && content
      ? createHash('sha256').update(readFileSync(at)).digest('hex')
      : '';
  return `${path} ${typeOf(stats)} ${(stats.mode & 0o7777).toString(8)} ${stats.uid}:${stats.gid} ${more}`;
}

/** As `find -printf %y` has it. */
function typeOf(stats: Stats): string {
  if (stats.isFile()) return 'f';
  if (stats.isDirectory()) return 'd';
  if (stats.isSymbolicLink()) return 'l';
  if (stats.isSocket()) return 's';
  if (stats.isFIFO()) return 'p';
  return stats.isCharacterDevice() ? 'c' : 'b';
}
