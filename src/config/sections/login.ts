import { matching, optional, path, tcpPort } from '../kinds.js';
import { expandPath } from '../paths.js';
import type { PathBase } from '../paths.js';

/** One machine's login as kmon.yaml says it. What is absent comes from ~/.ssh/config, then from the defaults. */
export interface SshLogin {
  readonly host: string;
  readonly user?: string;
  readonly port?: number;
  readonly keyFile?: string;
  /** 0600 file with the sudo password, for rooms that run unattended; otherwise it is asked once. */
  readonly sudoPasswordFile?: string;
  /** 0600 file with the login password; otherwise it is asked when no key is accepted. */
  readonly passwordFile?: string;
}

/** Also of a domain: `ada@school.lan`, `SCHOOL\ada`. */
const sshUser = () => matching('a user name', /^[^\s\p{Cc}:@/-](?:[^\s\p{Cc}:/]{0,253}[^\s\p{Cc}:@/\\])?$/u);

/** How to log in: may stand at `ssh` for all machines, and at each machine for itself. */
export const login = {
  user: optional(sshUser(), 'Who logs in. Default: ~/.ssh/config, then your own user name.'),
  port: optional(tcpPort(), 'Port of the SSH server. Default: ~/.ssh/config, then 22.'),
  key: optional(
    path('the path of a private key file'),
    'Private key file. Default: ~/.ssh/config, the agent, the usual keys of ~/.ssh.',
  ),
  passwordFile: optional(
    path('the path of a file that holds the login password'),
    'File with the login password, mode 600. Default: asked for when no key is accepted.',
  ),
  sudoPasswordFile: optional(
    path('the path of a file that holds the sudo password'),
    'File with the sudo password, mode 600. Default: asked for once, if sudo wants one.',
  ),
};

/** The same as written; absent and `undefined` are one. */
export interface WrittenLogin {
  readonly user?: string | undefined;
  readonly port?: number | undefined;
  readonly key?: string | undefined;
  readonly passwordFile?: string | undefined;
  readonly sudoPasswordFile?: string | undefined;
}

/** A machine's own login, completed by the room's. What neither says is left to ~/.ssh/config. */
export function loginOf(
  machine: WrittenLogin & { readonly address: string; readonly host?: string | undefined },
  room: WrittenLogin,
  base: PathBase,
): SshLogin {
  const user = machine.user ?? room.user;
  const port = machine.port ?? room.port;
  const key = machine.key ?? room.key;
  const sudoPasswordFile = machine.sudoPasswordFile ?? room.sudoPasswordFile;
  const passwordFile = machine.passwordFile ?? room.passwordFile;
  return {
    host: machine.host ?? machine.address,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(key === undefined ? {} : { keyFile: expandPath(key, base) }),
    ...(sudoPasswordFile === undefined ? {} : { sudoPasswordFile: expandPath(sudoPasswordFile, base) }),
    ...(passwordFile === undefined ? {} : { passwordFile: expandPath(passwordFile, base) }),
  };
}
