import { KmonError } from '../errors/kmon-error.js';
import { changes, inOrder } from '../shell/command.js';
import { KMON_CONFIG } from '../tools/paths.js';
import { emptyFoldersLeft, parsePath, readPath, removeEmptyFolders, sameOnDisk } from './on-disk.js';
import type { PathState } from './on-disk.js';
import type { Resource } from './resource.js';

export type DirectoryParams = {
  readonly path: string;
  /** Four octal digits. When absent, a folder that is there keeps its mode and a new one gets `0755`. */
  readonly mode?: string;
};

/**
 * A folder of root's. It is removed again when it was not there before and nothing is in it: what others put there keeps it. Below kmon's
 * own folder of settings there are no others: what is in it was written by kmon's programs and pods, and goes with it.
 * Put it before the resources inside it, so that these are undone first.
 */
export function directory(params: DirectoryParams): Resource<PathState> {
  const { path, mode } = params;
  const isOwn = path.startsWith(`${KMON_CONFIG}/`);
  return {
    id: `directory ${path}`,
    kind: 'directory',
    params,
    read: readPath(path),
    parse: parsePath,
    satisfied: ({ what }) => what.type === 'directory' && (mode === undefined || what.mode === mode),
    change: ({ what }) => {
      if (what.type !== 'absent' && what.type !== 'directory') {
        throw new KmonError('precondition', `${path} is no folder`, {
          hint: `move ${path} out of the way and run kmon again`,
        });
      }
      const made = changes`(umask 022; mkdir -p -- ${path})`;
      return mode === undefined ? made : changes`${made} && chmod -- ${mode} ${path}`;
    },
    describe: ({ what }) =>
      what.type === 'absent' ? `make the folder ${path}` : `set the mode of ${path} to ${mode ?? ''}`,
    restore: (found, now) => {
      if (found.what.type === 'directory' && now.what.type === 'directory') {
        if (sameOnDisk(found.what, now.what)) return 'nothing';
        if (now.what.mode !== mode) return { leave: 'its mode or owner was changed since by somebody else' };
        return changes`chmod -- ${found.what.mode} ${path}`;
      }
      if (now.what.type === 'absent') {
        const left = emptyFoldersLeft(found, now);
        return left.length === 0 ? 'nothing' : removeEmptyFolders(found.absentParents);
      }
      if (now.what.type !== 'directory') return { leave: 'replaced since by somebody else' };
      if (!now.what.empty && !isOwn) return { leave: 'others have put files there' };
      const remove = isOwn ? changes`rm -rf --one-file-system -- ${path}` : changes`rmdir -- ${path}`;
      return inOrder([remove, removeEmptyFolders(found.absentParents)]);
    },
  };
}
