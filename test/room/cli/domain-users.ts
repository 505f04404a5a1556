import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestLab } from '../../support/lab.js';
import { makeRoom } from './room.js';
import type { Room } from './room.js';

const ADA = 'ada@school.lan';
const BOB = 'SCHOOL\\bob';

/** Schools log in to machines with the names of their directory: an `@`, or a backslash, is part of the user. */
export function domainUsers(lab: () => TestLab): void {
  describe('users of a domain', () => {
    beforeAll(() => {
      for (const machine of lab().machines) {
        machine.sh(`for u in '${ADA}' '${BOB}'; do
  n=$(printf %s "$u" | tr -dc a-z)
  useradd --badname --create-home --home-dir "/home/$n" --shell /bin/sh --password '*' "$u"
  echo "#$(id -u "$u") ALL=(ALL:ALL) NOPASSWD: ALL" >"/etc/sudoers.d/$n"
  install -d -m 700 -o "$u" "/home/$n/.ssh"
  install -m 600 -o "$u" ~student/.ssh/authorized_keys "/home/$n/.ssh/authorized_keys"
done`);
      }
    });
    afterAll(() => {
      for (const machine of lab().machines) {
        machine.sh(`for u in '${ADA}' '${BOB}'; do
  pkill -KILL -U "$(id -u "$u")" || :
  rm "/etc/sudoers.d/$(printf %s "$u" | tr -dc a-z)"
  userdel --force --remove "$u" 2>/dev/null || ! id "$u" 2>/dev/null
done`);
      }
    });

    /** A room that is logged in to as this user; its folder is the home folder. */
    const roomOf = (user: string, sshConfig = '', passwordFile?: string): Room => {
      const room = makeRoom(lab(), ({ ssh }) => {
        ssh['user'] = user;
        delete ssh['sudoPasswordFile'];
        if (passwordFile === undefined) return;
        delete ssh['key'];
        ssh['passwordFile'] = passwordFile;
      });
      mkdirSync(join(room.dir, '.ssh'), { mode: 0o700 });
      writeFileSync(join(room.dir, '.ssh/config'), sshConfig, { mode: 0o600 });
      return room;
    };
    const logins = (machine: string): string =>
      lab()
        .machine(machine)
        .sh('journalctl --quiet --output cat --identifier sshd --since -2min | grep Accepted');

    /** sshd writes a backslash as two. */
    const accepted = (user: string): string => `Accepted publickey for ${user.replace('\\', '\\\\')} from`;

    it.each([ADA, BOB])('%s logs in', async (user) => {
      const { exitCode, stdout, stderr } = await roomOf(user).run('check');
      expect(stdout + stderr).not.toMatch(/^[✖!]/m);
      expect(stdout).toContain('looked at 3 of 3 machines');
      expect(exitCode).toBe(0);
      expect(logins('child-1')).toContain(accepted(user));
    });

    it('log in through a machine on which they are such a user, too', async () => {
      const addressOf = (name: string): string => lab().machine(name).address;
      const [parent, one, two] = [addressOf('parent'), addressOf('child-1'), addressOf('child-2')];
      const room = roomOf(
        ADA,
        `Host ${one}
  ProxyJump ${ADA}@${parent}:22 # the only way in
Host ${two}
  ProxyJump ${BOB}@${parent}
Host *
  IdentityFile ${lab().file('id_ed25519')}
`,
      );
      const { exitCode, stdout } = await room.run('check');
      expect(stdout).not.toMatch(/^[✖!]/m);
      expect(stdout).toContain('looked at 3 of 3 machines');
      expect(exitCode).toBe(0);
      expect(logins('child-1')).toContain(`${accepted(ADA)} ${parent} `);
      expect(logins('child-2')).toContain(`${accepted(ADA)} ${parent} `);
      expect(logins('parent')).toContain(accepted(BOB));
    });

    it('are named so that a shell takes it as it is', async () => {
      const file = join(lab().dir, 'not-bobs-password');
      writeFileSync(file, 'not the password\n', { mode: 0o600 });
      const room = roomOf(BOB, '', file);
      const { exitCode, stdout } = await room.run('check', '--only', 'child-1');
      expect(stdout).toContain(`refuses to let ${BOB} in`);
      expect(stdout).toContain(`(ssh '${BOB}@${lab().machine('child-1').address}')`);
      expect(exitCode).toBe(11);
    });
  });
}
