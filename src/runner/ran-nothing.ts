import { KmonError } from '../errors/kmon-error.js';
import { loginWords } from '../transport/login/words.js';
import type { ExecResult } from '../transport/transport.js';
import { evidence } from './evidence.js';

/**
 * The login works, and what it starts is not the command: a shell that runs none (nologin), one whose start files end it, a command that
 * the machine puts in place of every other (command=, ForceCommand), or a password that must be changed first.
 */
export function ranNothing(
  machine: string,
  result: Pick<ExecResult, 'exitCode' | 'stdout' | 'stderr'>,
): KmonError {
  const line = evidence(result);
  const words = loginWords(`${result.stderr}\n${result.stdout}`, { machine });
  return new KmonError(
    'login-refused',
    words === undefined
      ? `the login works, but runs no commands (it ended with exit code ${result.exitCode})`
      : `it ${words.message}`,
    {
      machine,
      ...(line === undefined ? {} : { evidence: line }),
      hint:
        words?.hint ??
        `let the user run commands on ${machine}: look at the login shell (getent passwd) and its start files, and for command= in authorized_keys and ForceCommand in /etc/ssh/sshd_config`,
    },
  );
}
