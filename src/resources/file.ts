import { createHash } from 'node:crypto';
import { KmonError } from '../errors/kmon-error.js';
import { changes, inOrder } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import {
  emptyFoldersLeft,
  parsePath,
  readPath,
  printing,
  removeUnfinished,
  restorePath,
  sameOnDisk,
  writeFile,
} from './on-disk.js';
import type { PathState } from './on-disk.js';
import type { Resource, Restoration, Reversible } from './resource.js';

export interface FileParams {
  /** Absolute, without `.` and `..`. */
  readonly path: string;
  /** The whole text. It is shown in plans' transcripts and kept by nobody: no secret. */
  readonly content: string;
  /** Four octal digits; `0644` when absent. */
  readonly mode?: string;
  /** `user:group` by name; `root:root` when absent. */
  readonly owner?: string;
  /** A unit, with a `unit` behind it that enables it: systemd does not know a new one yet, and reads the units anew to enable it. */
  readonly unit?: true;
  /** What has to follow a change and a restoration. Units under a folder of systemd get `daemon-reload` without asking. */
  readonly then?: Follow;
}

/** `sshd-reload`: the SSH server reads its settings anew; connections stay. */
export type Follow = 'daemon-reload' | 'sshd-reload';

/** What the ledger keeps: enough to recognise the file as kmon's, without its text. */
export type MadeFile = { readonly path: string; readonly made: string; readonly then?: string };

/**
 * A file of known text. An owner's file that is in the way is kept in the ledger and comes back with its mode, owner and time of change
 * (not with access lists, extended attributes or hard links); so does a symbolic link, whose target is not touched. Missing folders
 * above it are made 0755 and removed again when they are empty.
 */
export function file(params: FileParams): Resource<PathState> {
  const { path, content, mode = '0644', owner = 'root:root' } = params;
  const made = createHash('sha256').update(content).digest('hex');
  const follow =
    params.then ?? (/^\/(etc|usr\/lib|lib|run)\/systemd\/system\//.test(path) ? 'daemon-reload' : undefined);
  return {
    ...madeFile({ path, made, ...(follow === undefined ? {} : { then: follow }) }),
    satisfied: ({ what }) =>
      what.type === 'file' && what.sha256 === made && what.mode === mode && what.owner === owner,
    change: ({ what }) => {
      if (
        what.type === 'directory' ||
        what.type === 'other' ||
        (what.type === 'file' && what.content === undefined)
      ) {
        throw new KmonError(
          'precondition',
          `${path} is ${what.type === 'file' ? 'too large to be kept' : 'no file'}`,
          {
            hint: `move ${path} out of the way and run kmon again`,
          },
        );
      }
      const isTakenIn = params.unit === true && what.type === 'absent';
      return andThen(
        writeFile({ path, fill: printing(content), mode, owner }),
        isTakenIn ? undefined : follow,
      );
    },
    describe: ({ what }) =>
      what.type === 'absent' ? `write ${path}` : `write ${path} in place of the one that is there`,
  };
}

/** The part of `file` that gives back. A file that is neither kmon's nor as found was changed by somebody else, and stays. */
export function madeFile(params: MadeFile): Reversible<PathState> {
  const { path, made } = params;
  return {
    id: `file ${path}`,
    kind: 'file',
    params,
    read: readPath(path),
    parse: parsePath,
    restore: (found, now): Restoration => {
      if (sameOnDisk(found.what, now.what)) return tidy(path, found, now);
      if (now.what.type === 'file' && now.what.sha256 === made)
        return andThen(restorePath(path, found), params.then);
      // What lies beside it is kmon's all the same.
      return now.unfinished ? removeUnfinished(path, found) : { leave: 'changed since by somebody else' };
    },
  };
}

/** The path itself is as found: what may be left is half a temporary file and folders that nothing is in. */
function tidy(path: string, found: PathState, now: PathState): Restoration {
  const folders = emptyFoldersLeft(found, now);
  if (!now.unfinished && folders.length === 0) return 'nothing';
  return removeUnfinished(path, found);
}

function andThen(command: Command<'changes'>, then: string | undefined): Command<'changes'> {
  if (then === undefined) return command;
  return inOrder([command, then === 'sshd-reload' ? reloadSshd : reloadUnits]);
}

const reloadUnits = changes`! command -v systemctl >/dev/null || systemctl daemon-reload`;

/**
 * Debian calls the unit ssh, others sshd; where systemd listens itself there is a server for each connection, which reads its settings by itself.
 * Settings that the owner has broken meanwhile would end the server: they are left for it to refuse.
 */
export const reloadSshd = changes`if command -v systemctl >/dev/null && PATH=$PATH:/usr/sbin:/sbin sshd -t 2>/dev/null; then
  for unit in ssh.service sshd.service; do
    if systemctl -q is-active $unit; then systemctl reload $unit; break; fi
  done
fi`;
