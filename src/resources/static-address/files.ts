import { changes, inOrder, reads } from '../../shell/command.js';
import type { Command } from '../../shell/command.js';
import { unfinishedName } from '../../shell/replace-file.js';
import type { ExecResult } from '../../transport/transport.js';
import type { Fields } from '../fields.js';
import {
  emptyFoldersLeft,
  parentsOf,
  parsePath,
  readPath,
  printing,
  removeUnfinished,
  restorePath,
  sameOnDisk,
  writeFile,
} from '../on-disk.js';
import type { PathState } from '../on-disk.js';
import type { OwnSettings } from './keeper.js';

/** Where kmon's settings stay, and where they are tried out: a folder that is empty after a restart. */
export interface OwnPaths {
  readonly kept: string;
  readonly trial: string;
}

export const FILE_KEYS: readonly string[] = ['kept', 'trial'];

export function readOwnFiles(paths: OwnPaths): Command<'reads'> {
  return reads`(${readPath(paths.kept)}
) | sed 's/^/kept /'
(${readPath(paths.trial)}
) | sed 's/^/trial /'`;
}

export function parseOwnFiles(fields: Fields): OwnSettings {
  const part = (key: string): PathState => parsePath(printed(fields.all(key)));
  const files = { kept: part('kept'), trial: part('trial') };
  // What is kept is kept once the trial is over: its file goes last.
  const made = files.trial.what.type === 'file' ? 'trial' : files.kept.what.type === 'file' ? 'kept' : 'none';
  return { made, files };
}

export function areAsFound(found: OwnSettings, now: OwnSettings): boolean {
  if (found.files === null || now.files === null) return found.made === now.made;
  const same = (a: PathState, b: PathState): boolean =>
    sameOnDisk(a.what, b.what) && !b.unfinished && emptyFoldersLeft(a, b).length === 0;
  return same(found.files.kept, now.files.kept) && same(found.files.trial, now.files.trial);
}

export function writeOwn(path: string, content: string, mode: string): Command<'changes'> {
  return writeFile({ path, fill: printing(content), mode, owner: 'root:root' });
}

/** The trial's file and the folders that were made for it. They are in /run, where nothing is lost. */
export function removeTrial({ trial }: OwnPaths): Command<'changes'> {
  const [folder] = parentsOf(trial);
  return changes`rm -f -- ${trial}; rmdir -- ${folder ?? '/'} 2>/dev/null || :`;
}

/**
 * Both files as found. What kmon made is moved aside first and removed only when `apply` has ended: what is left of it after a crash in
 * between says that this has to be done once more.
 */
export function filesBack(
  paths: OwnPaths,
  { files }: OwnSettings,
  apply: Command<'changes'>,
): Command<'changes'> {
  if (files === null) throw new TypeError('the ledger has no files of this address');
  const each = (['kept', 'trial'] as const).map((which) => ({ path: paths[which], found: files[which] }));
  return inOrder([
    ...each.map(({ path, found }) =>
      found.what.type === 'absent'
        ? changes`if [ -e ${path} ]; then mv -f -- ${path} ${unfinishedName(path)}; fi`
        : restorePath(path, found),
    ),
    apply,
    ...each.map(({ path, found }) => removeUnfinished(path, found)),
  ]);
}

function printed(lines: readonly string[]): ExecResult {
  return { exitCode: 0, stdout: lines.join('\n'), stderr: '', durationMs: 0 };
}
