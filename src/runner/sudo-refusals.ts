import { KmonError } from '../errors/kmon-error.js';
import { evidence, lineOf } from './evidence.js';

/** Who wanted to become root, and where. */
export interface Wanting {
  readonly user: string;
  readonly machine: string;
}

export type Refusal =
  | 'no-privileges'
  | 'password-expired'
  | 'account'
  | 'needs-terminal'
  | 'wrong-password'
  | 'broken-rule'
  | 'not-allowed'
  | 'password-needed'
  | 'other';

interface Words {
  readonly refusal: Refusal;
  /** Of sudo, and of sudo-rs (Ubuntu from 25.10 on). The first with a hit names the line that is shown. */
  readonly words: readonly RegExp[];
  readonly message: (w: Wanting) => string;
  readonly hint: (w: Wanting) => string;
}

const WRONG = {
  message: ({ user }: Wanting) => `sudo refuses the password of ${user}`,
  hint: () => 'run the command again with the right password (it is not tried twice)',
};

/**
 * What sudo says, in the C locale. The order matters: it also says that a password is required when the account has expired, and behind a
 * wrong password.
 */
const WORDS: readonly Words[] = [
  {
    refusal: 'no-privileges',
    words: [
      /"no new privileges" flag is set/,
      /must be owned by uid 0 and have the setuid bit set/,
      /effective uid is not 0/,
    ],
    message: () => 'sudo cannot gain privileges in this session',
    hint: ({ machine }) =>
      `log in as root, or start the SSH server of ${machine} without NoNewPrivileges and see that sudo is setuid root there (ls -l /usr/bin/sudo)`,
  },
  {
    refusal: 'password-expired',
    words: [
      /Account or password is expired/,
      /Password expired, contact/,
      /unable to change expired password/,
      /PAM error: Authentication token manipulation error/,
    ],
    message: ({ user }) => `the password of ${user} has expired and must be changed`,
    hint: ({ user, machine }) =>
      `log in to ${machine} by hand as ${user}, change it (passwd), and run the command again`,
  },
  {
    refusal: 'account',
    words: [/account validation failure/i, /Account expired/],
    message: ({ user }) => `the account of ${user} is locked or has expired`,
    hint: ({ user, machine }) =>
      `lift that on ${machine} (as root: chage -l ${user} shows it, chage -E -1 ${user} lifts it)`,
  },
  {
    refusal: 'needs-terminal',
    words: [/you must have a tty to run sudo/],
    message: () => 'sudo wants a terminal (requiretty)',
    hint: ({ user, machine }) =>
      `allow it without one on ${machine} (sudo visudo: Defaults:${user} !requiretty)`,
  },
  {
    refusal: 'wrong-password',
    words: [
      /incorrect (?:password|authentication) attempt/,
      /Sorry, try again/,
      /Authentication failed, try again/,
    ],
    ...WRONG,
  },
  {
    refusal: 'broken-rule',
    words: [
      /:\d+:\d+: (?:syntax error|expecting )[^]*(?:is not in the sudoers file|is not allowed to|I'm afraid I can't do that)/,
    ],
    message: ({ user }) => `${user} may not become root with sudo, which cannot read one of its rules`,
    hint: ({ machine }) => `correct that rule on ${machine} (as root: visudo -c shows where)`,
  },
  {
    refusal: 'not-allowed',
    words: [
      /is not in the sudoers file/,
      /is not allowed to (?:execute|run)|may not run sudo/,
      /I'm afraid I can't do that/,
    ],
    message: ({ user }) => `${user} may not become root with sudo`,
    hint: ({ user, machine }) => `let ${user} use sudo on ${machine} (as root: adduser ${user} sudo)`,
  },
  {
    refusal: 'password-needed',
    words: [
      /a password is required/,
      /no password was provided|a terminal is required to|no tty present and no askpass program/i,
      /interactive authentication is required|Authentication required but not attempted/,
    ],
    ...WRONG,
  },
];

/** Which of its refusals sudo said. */
export function refusalOf(said: string): Refusal {
  return wordsIn(said)?.refusal ?? 'other';
}

/** sudo's refusal as a failure, with its own line about that. */
export function refused(wanting: Wanting, said: string): KmonError {
  const { machine } = wanting;
  const words = wordsIn(said);
  const line = saidOf(said);
  const details = { machine, ...(line === undefined ? {} : { evidence: line }) };
  return words === undefined
    ? new KmonError('no-sudo', 'sudo does not work', {
        ...details,
        hint: `try it by hand on ${machine} (sudo -k -n true)`,
      })
    : new KmonError('no-sudo', words.message(wanting), { ...details, hint: words.hint(wanting) });
}

/** The line of sudo's that tells why. */
export function saidOf(said: string): string | undefined {
  const hit = wordsIn(said)?.words.find((pattern) => pattern.test(said));
  return (hit === undefined ? undefined : lineOf(said, hit)) ?? evidence({ stdout: '', stderr: said });
}

function wordsIn(said: string): Words | undefined {
  return WORDS.find(({ words }) => words.some((pattern) => pattern.test(said)));
}
