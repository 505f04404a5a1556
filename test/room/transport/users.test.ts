import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { makeUser } from '../../support/users.js';

/** A program of this user, in a namespace of processes of its own as each lab machine has one, or in that of this computer. */
function program(user: string, inMachine: boolean): ReturnType<typeof spawn> {
  const asUser = ['setpriv', '--reuid', user, '--clear-groups', 'sleep', '60'];
  const [command = '', ...args] = inMachine
    ? ['unshare', '--pid', '--fork', '--kill-child', ...asUser]
    : asUser;
  return spawn(command, args, { stdio: 'ignore' });
}

describe('a user of this computer that a test has made', () => {
  it('takes its programs along, and none of a lab machine whose user has the same number', async () => {
    const user = makeUser({});
    const own = program(user.name, false);
    const ended = once(own, 'exit');
    const machines = program(user.name, true);
    try {
      await setTimeout(500);
      user.remove();
      expect((await ended)[1]).toBe('SIGKILL');
      await setTimeout(500);
      expect(machines.exitCode).toBeNull();
    } finally {
      machines.kill('SIGKILL');
    }
  });
});
