import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { kmonAtTerminal } from '../../support/kmon.js';
import type { TestLab, TestMachine } from '../../support/lab.js';
import { makeRoom } from './room.js';

/** Becoming root: who may not, who is asked for a password, and where that password never is. */
export function becomingRoot(lab: () => TestLab): void {
  describe('becoming root', () => {
    it('says that the user may not use sudo', async () => {
      const machine = lab().machine('child-2');
      machine.sh('mv /etc/sudoers.d/student /root/rule && gpasswd -d student sudo >/dev/null');
      try {
        const { exitCode, stdout } = await makeRoom(lab()).run('check', '--only', 'child-2');
        expect(stdout).toContain('student may not become root with sudo');
        expect(stdout).toContain('student is not in the sudoers file');
        expect(stdout).toContain('fix: let student use sudo on child-2 (as root: adduser student sudo)');
        expect(exitCode).toBe(15);
      } finally {
        machine.sh('mv /root/rule /etc/sudoers.d/student && gpasswd -a student sudo >/dev/null');
      }
    });

    it('shows a wrong password to sudo once', async () => {
      const file = join(lab().dir, 'wrong-sudo-password');
      writeFileSync(file, 'surely not this\n', { mode: 0o600 });
      const room = makeRoom(lab(), ({ ssh }) => {
        ssh['sudoPasswordFile'] = file;
      });
      const machine = lab().machine('child-1');
      const before = refusals(machine);
      const { exitCode, stdout } = await room.run('check', '--only', 'child-1');
      expect(stdout).toContain('sudo refuses the password of student');
      expect(stdout).toContain('it is not tried twice');
      expect(stdout + room.transcripts()).not.toContain('surely not this');
      expect(exitCode).toBe(15);
      expect(refusals(machine) - before).toBe(1);
    });

    it('says that nobody is there to be asked', async () => {
      const room = makeRoom(lab(), ({ ssh }) => {
        delete ssh['sudoPasswordFile'];
      });
      const { exitCode, stdout } = await room.run('check', '--only', 'child-1');
      expect(stdout).toContain('sudo asks for the password of student, and there is no terminal to ask on');
      expect(stdout).toMatch(/fix: run kmon in a terminal, or name a sudoPasswordFile/);
      expect(exitCode).toBe(15);
    });

    it('asks for the password once for all machines, and lets nobody else see it', async () => {
      const machine = lab().machine('child-2');
      const password = readFileSync(lab().file('sudo-password'), 'utf8').trim();
      const room = makeRoom(lab(), ({ ssh }) => {
        delete ssh['sudoPasswordFile'];
      });
      // Then it asks as well: its user is in the group sudo.
      machine.sh('mv /etc/sudoers.d/student /root/rule');
      const processes = watchProcesses();
      try {
        const answers = [{ when: /Password for sudo in room \S+:/, type: `${password}\r` }];
        const { exitCode, stdout } = await kmonAtTerminal(['check'], answers, { cwd: room.dir });
        const seen = processes.stop();
        expect(stdout.match(/Password for sudo/g)?.length).toBeGreaterThan(0);
        expect(stdout).toContain('nothing is in the way');
        expect(exitCode).toBe(0);
        expect(stdout).not.toContain(password);
        expect(room.transcripts()).toContain('"type":"command"');
        expect(room.transcripts()).not.toContain(password);
        // The machines' processes are among those of this computer: both commands were seen, so the watcher looked at the right time.
        expect(seen.commands.some((c) => c.includes('bin/kmon.js check'))).toBe(true);
        expect(seen.commands.some((c) => c.includes('sudo -k -S'))).toBe(true);
        expect(seen.commands.filter((c) => c.includes(password))).toEqual([]);
        for (const { sh } of lab().machines) expect(sh('journalctl -q --no-pager')).not.toContain(password);
      } finally {
        processes.stop();
        machine.sh('mv /root/rule /etc/sudoers.d/student');
      }
    });

    it('does not ask again after a wrong answer', async () => {
      const room = makeRoom(lab(), ({ ssh }) => {
        delete ssh['sudoPasswordFile'];
      });
      const machine = lab().machine('child-1');
      const before = refusals(machine);
      const answers = [{ when: /Password for sudo in room \S+:/, type: 'not this one\r' }];
      const end = await kmonAtTerminal(['check', '--only', 'child-1'], answers, { cwd: room.dir });
      expect(end.stdout).toContain('sudo refuses the password of student');
      expect(end.exitCode).toBe(15);
      expect(end.stdout + room.transcripts()).not.toContain('not this one');
      expect(refusals(machine) - before).toBe(1);
    });
  });
}

/** How many wrong passwords PAM has seen: what an account is locked for. */
function refusals(machine: TestMachine): number {
  const log = machine.sh('journalctl -q -o cat -t sudo');
  return log.split('\n').filter((line) => /pam_unix\(sudo:auth\): authentication failure/.test(line)).length;
}

interface Watcher {
  /** Arguments and environment of every process that was seen. */
  stop(): { readonly commands: readonly string[] };
}

/** Looks at all processes of this computer again and again, like somebody with `ps`. */
function watchProcesses(): Watcher {
  const commands = new Set<string>();
  const look = (): void => {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      for (const part of ['cmdline', 'environ']) {
        try {
          commands.add(readFileSync(join('/proc', pid, part), 'utf8').replaceAll('\0', ' '));
        } catch {
          // It has ended.
        }
      }
    }
  };
  const timer = setInterval(look, 30);
  return {
    stop: () => {
      clearInterval(timer);
      return { commands: [...commands] };
    },
  };
}
