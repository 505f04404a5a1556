import { changes, withOptions } from '../shell/command.js';
import { emptyFoldersLeft, parsePath, readPath, removeEmptyFolders } from './on-disk.js';
import type { PathState } from './on-disk.js';
import type { Reversible } from './resource.js';

const FOLDER = '/opt/kmon';

/**
 * kmon's own folder with its tools. Whatever is in it goes with it, unless somebody had a folder of that name before. Note it before what
 * its tools are needed for to undo: what is noted first is given back last.
 */
export function kmonFiles(): Reversible<PathState> {
  return {
    id: `kmon files ${FOLDER}`,
    kind: 'kmon-files',
    params: {},
    read: readPath(FOLDER),
    parse: parsePath,
    restore: (found, now) => {
      if (found.what.type !== 'absent') return 'nothing';
      if (now.what.type === 'absent' && emptyFoldersLeft(found, now).length === 0) return 'nothing';
      return withOptions(
        changes`rm -rf --one-file-system -- ${FOLDER} && { ${removeEmptyFolders(found.absentParents)}; }`,
        { timeoutMs: 120_000 },
      );
    },
  };
}
