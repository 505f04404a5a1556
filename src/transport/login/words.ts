/** Who wanted to log in, and where. */
export interface Guest {
  readonly machine: string;
  /** Absent: not known where it is told. */
  readonly user?: string;
}

interface Words {
  readonly id: string;
  readonly when: RegExp;
  /** What follows the machine's name. */
  readonly message: (user: string) => string;
  readonly hint: (guest: { readonly machine: string; readonly user: string }) => string;
}

/**
 * What sshd, PAM and login shells of Linux say to a user whom they know and turn away. Ordered: the first that fits speaks. A machine says
 * it in its own language; what is not understood is shown as it is.
 */
export const LOGIN_WORDS: readonly Words[] = [
  {
    id: 'starting',
    when: /System is booting up|not permitted to log in yet/,
    message: () => 'lets nobody in while it is starting',
    hint: ({ machine }) => `wait a minute until ${machine} has started, and run the command again`,
  },
  {
    id: 'going-down',
    when: /System is going down|not permitted to log in anymore/,
    message: () => 'lets nobody in, since it is shutting down',
    hint: ({ machine }) => `wait until ${machine} is on again, and run the command again`,
  },
  {
    id: 'password-expired',
    when: /password has expired|required to change your password|Password change required/i,
    message: (user) => `wants a new password of ${user} first`,
    hint: ({ machine, user }) =>
      `log in to ${machine} by hand as ${user}, change the password, and run the command again`,
  },
  {
    id: 'account-expired',
    when: /account has expired/i,
    message: (user) => `does not let ${user} in: the account has expired`,
    hint: ({ machine, user }) =>
      `lift that on ${machine} (as root: chage -E -1 ${user}), or log in as another user`,
  },
  {
    id: 'locked',
    when: /account (?:is )?(?:temporarily )?locked/i,
    message: (user) => `does not let ${user} in: the account is locked`,
    hint: ({ machine, user }) =>
      `wait until it is open again, or open it on ${machine} (sudo faillock --user ${user} --reset)`,
  },
  {
    id: 'no-shell',
    when: /account is currently not available/i,
    message: (user) => `lets ${user} in, and runs no commands`,
    hint: ({ machine, user }) =>
      `give ${user} a login shell on ${machine} (as root: usermod -s /bin/bash ${user}), or log in as another user`,
  },
  {
    id: 'sftp-only',
    when: /allows sftp connections only/,
    message: (user) => `lets ${user} copy files, and runs no commands`,
    hint: ({ machine, user }) =>
      `log in as another user, or let ${user} run commands on ${machine} (ForceCommand in /etc/ssh/sshd_config)`,
  },
];

/** What is known about words that came with a refusal; `undefined`: nothing. */
export function loginWords(
  said: string,
  { machine, user }: Guest,
): { readonly message: string; readonly hint: string } | undefined {
  const words = LOGIN_WORDS.find(({ when }) => when.test(said));
  return words === undefined
    ? undefined
    : { message: words.message(user ?? 'the user'), hint: words.hint({ machine, user: user ?? 'USER' }) };
}
