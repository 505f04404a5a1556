/**
 * Every kind of failure and the exit code it ends with. Scripts may rely on these numbers: they are only ever added to.
 * The tables of docs/troubleshooting.md are checked against this one.
 */
export const EXIT_CODES = {
  usage: 2,
  config: 3,
  unreachable: 10,
  'login-refused': 11,
  'host-key-changed': 12,
  'connection-lost': 13,
  'host-key-unknown': 14,
  'no-sudo': 15,
  'not-a-node': 16,
  command: 20,
  timeout: 21,
  precondition: 22,
  'not-verified': 23,
  partial: 24,
  bug: 70,
  interrupted: 130,
} as const;

export type ErrorCode = keyof typeof EXIT_CODES;

/** All of them, in the order of their numbers. */
export const ERROR_CODES: readonly ErrorCode[] = Object.keys(EXIT_CODES).filter(
  (code): code is ErrorCode => code in EXIT_CODES,
);

/** What each exit code tells the person who called kmon; `--help` shows it, and docs/troubleshooting.md too. */
export const EXIT_MEANING: Readonly<Record<ErrorCode, string>> = {
  usage: 'the command line is wrong',
  config: 'kmon.yaml, or a file it names, is missing or wrong',
  unreachable: 'a machine does not answer',
  'login-refused': 'a machine refuses the user, key or password',
  'host-key-changed': 'a machine shows another host key than the pinned one',
  'connection-lost': 'the connection broke in the middle of a command',
  'host-key-unknown': 'a machine is not pinned yet and kmon.yaml asks for pinned machines only',
  'no-sudo': 'the user may not become root, or the sudo password is wrong',
  'not-a-node': 'a computer runs Windows or macOS: it can be watched, but not be a node',
  command: 'a command on a machine failed',
  timeout: 'something did not become ready in time',
  precondition: 'something is in the way; nothing was changed',
  'not-verified': 'the change was made, the proof is missing (or a machine is not as found)',
  partial: 'done, but some children were set aside or stopped early',
  bug: 'a defect of kmon: please report it',
  interrupted: 'stopped by Ctrl-C',
};
