import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { TestLab } from '../../support/lab.js';
import { makeKey } from '../../support/sshd.js';
import { childOf, makeRoom } from './room.js';

/** The ways not to get into a machine: each has its own code, says why and what to do. */
export function loggingIn(lab: () => TestLab): void {
  describe.concurrent('getting into a machine', () => {
    it('says which key was refused', async () => {
      const { file } = makeKey(lab().dir, 'stranger');
      const room = makeRoom(lab(), ({ ssh }) => {
        ssh['key'] = file;
      });
      const { exitCode, stdout } = await room.run('check');
      expect(stdout).toContain(`refuses to let student in (tried: key ${file})`);
      expect(stdout).toContain('the machine takes: publickey, password');
      expect(stdout).toMatch(/fix: .*passwordFile/);
      expect(exitCode).toBe(11);
    });

    it('shows a wrong password once', async () => {
      const file = join(lab().dir, 'wrong-password');
      writeFileSync(file, 'not the password\n', { mode: 0o600 });
      const room = makeRoom(lab(), ({ ssh }) => {
        delete ssh['key'];
        ssh['passwordFile'] = file;
      });
      const since = Date.now();
      const { exitCode, stdout } = await room.run('check', '--only', 'child-1');
      expect(stdout).toContain(`refuses to let student in (tried: the password in ${file})`);
      expect(stdout).toMatch(/fix: check user and password by hand \(ssh student@[\d.]+\)/);
      expect(stdout + room.transcripts()).not.toContain('not the password');
      expect(exitCode).toBe(11);
      expect(failedPasswords(lab(), 'child-1', since)).toBe(1);
    });

    it('stops at a host key that is not the pinned one', async () => {
      const other = makeKey(lab().dir, 'other-host').publicKey.split(' ').slice(0, 2).join(' ');
      const { address } = lab().machine('child-2');
      const known = join(lab().dir, 'known_hosts-changed');
      const lines = readFileSync(lab().file('known_hosts'), 'utf8').split('\n');
      writeFileSync(
        known,
        [...lines.filter((l) => !l.startsWith(`${address} `)), `${address} ${other}`, ''].join('\n'),
      );
      const room = makeRoom(lab(), ({ ssh }) => {
        ssh['knownHosts'] = known;
      });
      const { exitCode, stdout } = await room.run('check', '--only', 'child-2');
      expect(stdout).toContain(`${address} shows another host key than the pinned one`);
      expect(stdout).toMatch(
        /pinned: ssh-ed25519 SHA256:\S+ \(.*known_hosts-changed:\d+\); shown: ssh-ed25519 SHA256:/,
      );
      expect(stdout).toContain(`ssh-keygen -R ${address} -f ${known}`);
      expect(exitCode).toBe(12);
    });

    it('stops at a machine that is not pinned when only pinned ones are asked for', async () => {
      const room = makeRoom(lab(), ({ ssh }) => {
        delete ssh['knownHosts'];
        ssh['hostKeys'] = 'pinned-only';
      });
      const { exitCode, stdout } = await room.run('check');
      expect(stdout).toContain(`${lab().machine('parent').address} has no pinned host key`);
      expect(stdout).toContain(`shown: ssh-ed25519 ${fingerprint(lab(), 'parent')}`);
      expect(exitCode).toBe(14);
    });

    it('shows the fingerprint at first contact, pins it, and is silent the next time', async () => {
      const room = makeRoom(lab(), ({ ssh }) => {
        delete ssh['knownHosts'];
      });
      const first = await room.run('check');
      for (const { name } of lab().machines) {
        const line = first.stderr.split('\n').find((l) => l.startsWith(name) && l.includes('first contact'));
        expect(line).toContain(`its ssh-ed25519 key ${fingerprint(lab(), name)} is pinned from now on`);
      }
      expect(first.exitCode).toBe(0);
      const second = await room.run('check');
      expect(second.stderr).not.toContain('SHA256:');
      expect(second.exitCode).toBe(0);
    });

    it('says that a name has no address', async () => {
      const room = makeRoom(lab(), (file) => {
        childOf(file, 'child-2')['host'] = 'no-such-machine.invalid';
      });
      const { exitCode, stdout } = await room.run('check', '--only', 'child-2');
      expect(stdout).toContain('no address is known for the name no-such-machine.invalid');
      expect(stdout).toContain('fix: write the IP address of child-2 in kmon.yaml');
      expect(exitCode).toBe(10);
    });

    it('says that nobody has an address', async () => {
      // The lab counts its machines from .10 on.
      const free = lab().subnet.replace(/\d+\/\d+$/, '99');
      const room = makeRoom(lab(), (file) => {
        childOf(file, 'child-2')['address'] = free;
      });
      const { exitCode, stdout } = await room.run('check', '--only', 'child-2');
      expect(stdout).toContain(`nobody answers for ${free} in this network`);
      expect(stdout).toContain('fix: check that child-2 is on, has this address and is in the same network');
      expect(exitCode).toBe(10);
    });
  });
}

function fingerprint(lab: TestLab, machine: string): string {
  const [, print = ''] = lab
    .machine(machine)
    .sh('ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub')
    .split(' ');
  return print;
}

function failedPasswords(lab: TestLab, machine: string, since: number): number {
  const log = lab.machine(machine).sh(`journalctl -q -o cat --since=@${Math.floor(since / 1000)} -t sshd`);
  return log.split('\n').filter((line) => line.startsWith('Failed password for student')).length;
}
