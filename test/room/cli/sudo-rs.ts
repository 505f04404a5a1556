import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestLab, TestMachine } from '../../support/lab.js';
import { noSudo } from '../../support/machine-faults.js';
import { sudoRsVersions } from '../../support/sudo-rs.js';
import type { SudoRs } from '../../support/sudo-rs.js';
import { makeRoom } from './room.js';

/** Machines whose `sudo` is sudo-rs, as on Ubuntu from 25.10 on: child-1 asks for a password, child-2 does not. */
export function becomingRootWithSudoRs(lab: () => TestLab): void {
  describe.each(sudoRsVersions())('becoming root with sudo-rs $version', (rs) => {
    const children = (): readonly TestMachine[] => [lab().machine('child-1'), lab().machine('child-2')];
    beforeAll(() => {
      for (const machine of children()) install(machine, rs);
    });
    afterAll(() => {
      for (const machine of children()) machine.sh('mv /root/own-sudo /usr/bin/sudo');
    });

    it('works, with a password and without', async () => {
      const { exitCode, stdout } = await makeRoom(lab()).run('check');
      expect(stdout).toMatch(
        /^looked at 3 of 3 machines(; .*)?\nnetworks that would work here: .*\nnothing is in the way/m,
      );
      expect(exitCode).toBe(0);
    });

    it('says that the password is wrong', async () => {
      const file = join(lab().dir, 'wrong-sudo-rs-password');
      writeFileSync(file, 'surely not this\n', { mode: 0o600 });
      const room = makeRoom(lab(), ({ ssh }) => {
        ssh['sudoPasswordFile'] = file;
      });
      const { exitCode, stdout } = await room.run('check', '--only', 'child-1');
      expect(stdout).toContain('sudo refuses the password of student');
      expect(stdout).toContain('fix: run the command again with the right password');
      expect(stdout + room.transcripts()).not.toContain('surely not this');
      expect(exitCode).toBe(15);
    });

    it('says that the user may not use sudo', async () => {
      const fault = noSudo(lab().machine('child-2'));
      fault.plant();
      try {
        const { exitCode, stdout } = await makeRoom(lab()).run('check', '--only', 'child-2');
        expect(stdout).toContain('student may not become root with sudo: sudo');
        expect(stdout).toContain("I'm sorry student. I'm afraid I can't do that");
        expect(stdout).toContain('fix: let student use sudo on child-2 (as root: adduser student sudo)');
        expect(exitCode).toBe(15);
      } finally {
        fault.undo();
      }
    });
  });
}

function install(machine: TestMachine, { file }: SudoRs): void {
  machine.sh(`base64 -d >/root/sudo-rs <<'END'
${readFileSync(file, 'base64')}
END
mv /usr/bin/sudo /root/own-sudo
install -o root -m 4755 /root/sudo-rs /usr/bin/sudo
rm /root/sudo-rs
sudo --version`);
}
