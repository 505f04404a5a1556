import { changes, inOrder, withOptions } from '../shell/command.js';
import { KMON_FOLDER } from '../config/names.js';
import { emptyFoldersLeft, parsePath, readPath, removeEmptyFolders } from './on-disk.js';
import type { PathState } from './on-disk.js';
import type { Reversible } from './resource.js';

export type KmonFilesParams = { readonly folder: string };

/**
 * A folder that is kmon's own. Whatever is in it goes with it, also what programs and pods that kmon started have put there, unless
 * somebody had a folder of that name before. Note it before the first file in it, and before what its content is needed for to undo: what
 * is noted first is given back last.
 */
export function kmonFiles(params: KmonFilesParams = { folder: KMON_FOLDER }): Reversible<PathState> {
  const { folder } = params;
  return {
    id: `kmon files ${folder}`,
    kind: 'kmon-files',
    params,
    read: readPath(folder),
    parse: parsePath,
    restore: (found, now) => {
      if (found.what.type !== 'absent') return 'nothing';
      if (now.what.type === 'absent' && emptyFoldersLeft(found, now).length === 0) return 'nothing';
      return withOptions(
        inOrder([changes`rm -rf --one-file-system -- ${folder}`, removeEmptyFolders(found.absentParents)]),
        { timeoutMs: 120_000 },
      );
    },
  };
}
