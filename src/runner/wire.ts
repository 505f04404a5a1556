import type { Stdin } from '../shell/command.js';
import { PROXIES_AWAY } from '../shell/proxies.js';
import type { Secret } from '../shell/secret.js';
import type { ShellStart } from '../transport/transport.js';
import { WITH_TERMINAL } from './terminal.js';

/**
 * How a command becomes root, decided once for each machine (`probeSudo`). `leavesMark`: this is the user's first sudo there, and the sudo
 * of Debian and Ubuntu leaves a file in the home folder; see `removeSudoMark`. `terminal`: sudo there wants one (`requiretty`).
 */
export type Privilege =
  /** The user is root already. */
  | { readonly mode: 'root' }
  | { readonly mode: 'nopasswd'; readonly leavesMark?: true; readonly terminal?: true }
  | {
      readonly mode: 'password';
      readonly password: Secret;
      readonly leavesMark?: true;
      readonly terminal?: true;
    }
  /** As the user: what runs on this computer against a cluster (`--context`). */
  | { readonly mode: 'user' };

/** What is sent to the login shell of a machine, and what goes before the command's own stdin. */
export interface Wire {
  readonly text: string;
  readonly stdin: readonly Stdin[];
}

/**
 * The longest text that goes as an argument; longer scripts go by stdin. A script that leaves stdin alone goes there in plain and is read
 * in large pieces; one that has a stdin of its own must be read line by line, which takes a system call a byte. BSD csh says "Word too long" somewhere between 7 000 and
 * 30 000 characters, all others take what the kernel takes (128 KiB a word).
 */
const MAX_WIRE_LENGTH = 6000;

const SYSTEM_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** Exit code of the script's frame when its stdin is not what it must be; no shell or tool uses it. */
export const FRAME_BROKEN = 213;

/**
 * A script in a form that any login shell passes on untouched (sh, bash, zsh, fish, csh): between single quotes stand only characters
 * that none of them gives a meaning to, so no backslash, no newline and no `!`; the script itself is base64.
 *
 * `mark` is printed on both outputs before the script begins: whatever stands before it came from the login shell or from sudo.
 *
 * @param ownStdin the command is sent with a stdin of its own; without one the script finds an empty stdin
 */
export function wire(script: string, privilege: Privilege, mark: string, ownStdin = true): Wire {
  const plain = framed(script, privilege, mark);
  const payload = Buffer.from(plain).toString('base64');
  const { prefix, password } = become(privilege);
  const guard = password === undefined ? '' : guardFor(mark);
  const inline = `exec ${prefix}sh -c '${guard}eval "$(echo ${payload}|base64 -d)"'`;
  const before: Stdin[] = password === undefined ? [] : [password, `\n${mark}\n`];
  if (inline.length <= MAX_WIRE_LENGTH) return { text: inline, stdin: before };
  if (!ownStdin) {
    const text = guard === '' ? `exec ${prefix}sh` : `exec ${prefix}sh -c '${guard}exec sh'`;
    return { text, stdin: [...before, whole(plain)] };
  }
  // `read` takes exactly one line, byte by byte: what follows is left for the script.
  return {
    text: `exec ${prefix}sh -c '${guard}IFS= read -r s; eval "$(echo "$s"|base64 -d)"'`,
    stdin: [...before, `${payload}\n`],
  };
}

/** Stands behind the password of a shell that stays; it need not be a secret, only no password. */
const SHELL_BEGINS = 'kmon:scripts-follow';

/** A root shell that stays (see `standingShell`); `undefined` where sudo wants a terminal, which each command then has to itself. */
export function standing(privilege: Privilege): ShellStart | undefined {
  if ('terminal' in privilege) return undefined;
  const { prefix, password } = become(privilege);
  return password === undefined
    ? { wire: `exec ${prefix}sh`, stdin: [] }
    : {
        wire: `exec ${prefix}sh -c '${guardFor(SHELL_BEGINS)}exec sh'`,
        stdin: [password, `\n${SHELL_BEGINS}\n`],
      };
}

/**
 * sudo reads its password from the first line of stdin, unless it needs none this time: then the line is still there and must not reach
 * the script. The second line is known, so the script's stdin begins behind it in both cases.
 */
function guardFor(mark: string): string {
  return `IFS= read -r g; [ "$g" = ${mark} ] || IFS= read -r g; [ "$g" = ${mark} ] || exit ${FRAME_BROKEN}; `;
}

/** `env`, since sudo's own messages must be in the C locale too, and the login shell may be none that knows `A=b command`. */
function become(privilege: Privilege): { readonly prefix: string; readonly password?: Secret } {
  switch (privilege.mode) {
    case 'root':
    case 'user':
      return { prefix: '' };
    case 'nopasswd':
      return { prefix: sudo('-n', privilege) };
    case 'password':
      return { prefix: sudo("-S -p ''", privilege), password: privilege.password };
  }
}

/** The call of sudo that a command is put behind; by `-k` it neither uses nor leaves a time stamp. */
export function sudo(flags: string, { terminal }: { readonly terminal?: true }): string {
  return `env LC_ALL=C ${terminal === true ? WITH_TERMINAL : ''}sudo -k ${flags} -- `;
}

/** The script with its mark, in the surroundings every script finds. */
export function framed(script: string, privilege: Privilege, mark: string): string {
  return `${prelude(privilege, mark)}\n${script}\n`;
}

/**
 * A script for the stdin of `sh`. By the braces it is read to its end before any of it runs, so that its commands find an empty stdin; and
 * half a script, from a connection that broke, is no script at all.
 */
function whole(plain: string): string {
  return `{\n${plain}}\n`;
}

function prelude(privilege: Privilege, mark: string): string {
  const asRoot = privilege.mode !== 'user';
  return [
    `echo ${mark}; echo ${mark} >&2`,
    'unset LANGUAGE; export LC_ALL=C',
    // A user's own tools count only where the user runs them.
    `export PATH=${asRoot ? SYSTEM_PATH : `"$PATH":${SYSTEM_PATH}`}`,
    ...(asRoot ? ['export HOME=/root', 'cd /', PROXIES_AWAY] : []),
    'umask 022',
  ].join('\n');
}

/** What came after the mark; `undefined` when there is none: the script never began. */
export function afterMark(output: string, mark: string): string | undefined {
  const at = output.indexOf(`${mark}\n`);
  return at < 0 ? undefined : output.slice(at + mark.length + 1);
}
