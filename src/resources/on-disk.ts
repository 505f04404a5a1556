import { changes, reads } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import { replaceFile, unfinishedName } from '../shell/replace-file.js';
import type { ExecResult } from '../transport/transport.js';
import { Fields, fromBase64 } from './fields.js';

/** Files up to this size are kept in the ledger whole; a larger one cannot be given back, hence is never replaced. */
export const KEPT_BYTES = 1024 * 1024;

/** `ids` (numbers) are what is given back: a name may mean somebody else by then. `content` is base64, absent beyond KEPT_BYTES. */
export type FileOnDisk = {
  readonly type: 'file';
  readonly mode: string;
  readonly owner: string;
  readonly ids: string;
  readonly mtime: string;
  readonly sha256: string;
  readonly content?: string;
};

/** `empty` says whether kmon may remove it; it is no part of what is compared. */
export type DirectoryOnDisk = {
  readonly type: 'directory';
  readonly empty: boolean;
  readonly mode: string;
  readonly owner: string;
  readonly ids: string;
};

export type OnDisk =
  | { readonly type: 'absent' }
  | FileOnDisk
  | DirectoryOnDisk
  | { readonly type: 'link'; readonly target: string; readonly mtime: string }
  | { readonly type: 'other' };

/**
 * What is at a path and above it. The folders above matter because `mkdir -p` makes them: those that were absent are removed again
 * once they are empty. `unfinished`: a temporary file of kmon's lies beside it (the power went while it was written).
 */
export type PathState = {
  readonly what: OnDisk;
  readonly absentParents: readonly string[];
  readonly emptyParents: readonly string[];
  readonly unfinished: boolean;
};

/** Folders above a path, the nearest first, without `/`. @throws TypeError unless the path is absolute and plain. */
export function parentsOf(path: string): readonly string[] {
  const names = path.split('/');
  if (names[0] !== '' || names.length < 2 || names.slice(1).some((n) => n === '' || n === '.' || n === '..'))
    throw new TypeError(`not a plain absolute path: ${path}`);
  return names.slice(1, -1).map((_, i, all) => `/${all.slice(0, all.length - i).join('/')}`);
}

export function readPath(path: string): Command<'reads'> {
  return reads`p=${path}
if [ -L "$p" ]; then printf 'type link\ntarget %s\n' "$(readlink -n -- "$p" | base64 -w0)" && stat -c 'mtime %.9Y' -- "$p"
elif [ -f "$p" ]; then
  stat -c 'type file
mode %04a
owner %U:%G
ids %u:%g
mtime %.9Y' -- "$p" && printf 'sha256 %s\n' "$(sha256sum <"$p" | cut -c1-64)" &&
  if [ "$(stat -c %s -- "$p")" -le ${KEPT_BYTES} ]; then printf 'content %s\n' "$(base64 -w0 <"$p")"; fi
elif [ -d "$p" ]; then
  stat -c 'type directory
mode %04a
owner %U:%G
ids %u:%g' -- "$p" && if [ -z "$(ls -A -- "$p")" ]; then echo empty; fi
elif [ -e "$p" ]; then echo 'type other'
else echo 'type absent'; fi
for d in ${parentsOf(path)}; do
  if [ ! -d "$d" ]; then printf 'absent-parent %s\n' "$(printf %s "$d" | base64 -w0)"
  elif [ -z "$(ls -A -- "$d")" ]; then printf 'empty-parent %s\n' "$(printf %s "$d" | base64 -w0)"; fi
done
n=${unfinishedName(path)}
if [ -e "$n" ] || [ -L "$n" ]; then echo unfinished; fi`;
}

export function parsePath(result: ExecResult): PathState {
  const fields = new Fields(result, [
    'type',
    'target',
    'mode',
    'owner',
    'ids',
    'mtime',
    'sha256',
    'content',
    'empty',
    'absent-parent',
    'empty-parent',
    'unfinished',
  ]);
  return {
    what: parseWhat(fields),
    absentParents: fields.all('absent-parent').map(fromBase64),
    emptyParents: fields.all('empty-parent').map(fromBase64),
    unfinished: fields.has('unfinished'),
  };
}

function parseWhat(fields: Fields): OnDisk {
  const type = fields.word('type', ['absent', 'file', 'directory', 'link', 'other']);
  if (type === 'link') return { type, target: fromBase64(fields.one('target')), mtime: fields.one('mtime') };
  if (type === 'absent' || type === 'other') return { type };
  const shared = { mode: fields.one('mode'), owner: fields.one('owner'), ids: fields.one('ids') };
  if (type === 'directory') return { type, ...shared, empty: fields.has('empty') };
  return {
    type,
    ...shared,
    mtime: fields.one('mtime'),
    sha256: fields.one('sha256'),
    ...(fields.has('content') ? { content: fields.one('content') } : {}),
  };
}

/** Equal in everything people notice; the time of change is given back but not compared, since the owner's programs touch files. */
export function sameOnDisk(a: OnDisk, b: OnDisk): boolean {
  if (a.type === 'file' && b.type === 'file')
    return a.sha256 === b.sha256 && a.mode === b.mode && a.ids === b.ids;
  if (a.type === 'directory' && b.type === 'directory') return a.mode === b.mode && a.ids === b.ids;
  if (a.type === 'link' && b.type === 'link') return a.target === b.target;
  return a.type === b.type;
}

/** Folders that were not there before, are there now and hold nothing: kmon's `mkdir -p` made them. */
export function emptyFoldersLeft(found: PathState, now: PathState): readonly string[] {
  return found.absentParents.filter((p) => now.emptyParents.includes(p));
}

/** Removes folders that were not there before, from the innermost out, as far as they are empty. */
export function removeEmptyFolders(folders: readonly string[]): Command<'changes'> {
  return changes`for d in ${folders}; do rmdir -- "$d" 2>/dev/null || :; done`;
}

export interface WrittenFile {
  readonly path: string;
  /** Makes the content as `"$n"`; see `printing`. */
  readonly fill: Command<'changes'>;
  readonly mode: string;
  /** `user:group`, by name or number. */
  readonly owner: string;
  readonly mtime?: string;
}

/** For `fill`. `set -C` refuses a link that somebody with write access to the folder put in the way. */
export function printing(content: string): Command<'changes'> {
  return changes`(set -C; printf %s ${content} >"$n")`;
}

/** Writes a file, and the folders above it that are missing. It is 0600 until its owner and mode are set. */
export function writeFile(f: WrittenFile): Command<'changes'> {
  const time = f.mtime === undefined ? changes`:` : changes`touch -d ${`@${f.mtime}`} -- "$n"`;
  return replaceFile({
    path: f.path,
    make: changes`umask 022; mkdir -p -- "$d"
umask 077
${f.fill}
chown -- ${f.owner} "$n"
chmod -- ${f.mode} "$n"
${time}`,
  });
}

/** Takes a temporary file of kmon's away, and folders that were not there before, as far as nothing is in them. */
export function removeUnfinished(path: string, found: PathState): Command<'changes'> {
  return changes`rm -f -- ${unfinishedName(path)}
${removeEmptyFolders(found.absentParents)}`;
}

/** What takes a path back to a state it was found in; the folders that `mkdir -p` made go as far as they are empty. */
export function restorePath(path: string, found: PathState): Command<'changes'> {
  const { what } = found;
  if (what.type === 'absent') {
    return changes`rm -f -- ${path} ${unfinishedName(path)}
${removeEmptyFolders(found.absentParents)}`;
  }
  if (what.type === 'link') {
    return replaceFile({
      path,
      make: changes`ln -s -- ${what.target} "$n"
touch -h -d ${`@${what.mtime}`} -- "$n"`,
      // What a link points to need not be there to be synced.
      place: changes`mv -fT -- "$n" "$p"`,
    });
  }
  if (what.type === 'file' && what.content !== undefined) {
    return writeFile({
      path,
      fill: changes`(set -C; printf %s ${what.content} | base64 -d >"$n")`,
      mode: what.mode,
      owner: what.ids,
      mtime: what.mtime,
    });
  }
  throw new TypeError(`what was at ${path} was not kept, so kmon cannot have replaced it`);
}
