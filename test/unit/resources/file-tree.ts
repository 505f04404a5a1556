import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import type { Stats } from 'node:fs';
import { join } from 'node:path';

export interface FileTree {
  /** The root folder of a machine, as this computer sees it. */
  readonly root: string;
  /** Without a `/` at the beginning. */
  readonly folders: readonly string[];
  /** Of these only the names, types, modes and owners are told. */
  readonly withoutContent: readonly string[];
  /** Neither they nor what is in them. */
  readonly leftOut: readonly string[];
}

/**
 * Everything below some folders of a machine, one line a thing with type, mode, owner, target and content, sorted. Read by this process
 * itself: with programs in the machine it takes ten times as long.
 */
export function fileTree(tree: FileTree): string {
  const lines = tree.folders.flatMap((folder) => [
    ...below(tree, folder, !tree.withoutContent.includes(folder)),
  ]);
  return `${lines.sort().join('\n')}\n`;
}

function* below(tree: FileTree, folder: string, content: boolean): Generator<string> {
  for (const name of readdirSync(join(tree.root, folder))) {
    const path = `${folder}/${name}`;
    if (tree.leftOut.includes(path)) continue;
    const at = join(tree.root, path);
    const stats = lstatSync(at);
    const more = stats.isSymbolicLink()
      ? readlinkSync(at)
      : stats.isFile() && content
        ? createHash('sha256').update(readFileSync(at)).digest('hex')
        : '';
    yield `${path} ${typeOf(stats)} ${(stats.mode & 0o7777).toString(8)} ${stats.uid}:${stats.gid} ${more}`;
    if (stats.isDirectory()) yield* below(tree, path, content);
  }
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
