import { mkdtempSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notAsItWas, snapshotsWithoutShared } from '../../support/as-it-was.js';
import type { Snapshots } from '../../support/as-it-was.js';
import { startKmon } from '../../support/kmon.js';
import type { RunningKmon } from '../../support/kmon.js';
import type { TestLab, TestMachine } from '../../support/lab.js';
import { makeRoom } from './room.js';
import type { Room } from './room.js';
import { smallBundle } from './small-bundle.js';

const LOCK = '/run/kmon-room.lock';

/** Runs that end before a cluster is there: what they leave, who may begin another one, and that all of it is given back. */
export function asFound(lab: () => TestLab): void {
  describe('a run that stops half-way', () => {
    let room: Room;
    let parent: TestMachine;
    let before: Snapshots;
    let first: RunningKmon;

    const snapshots = (): Promise<Snapshots> => snapshotsWithoutShared(lab().machines);

    beforeAll(async () => {
      parent = lab().machine('parent');
      room = makeRoom(lab(), (file) => {
        file.bundle = smallBundle(mkdtempSync(join(lab().dir, 'bundle-')));
      });
      // The first installation waits until it is told to go on: so the test knows what is under way.
      parent.sh(`cat >/etc/apt/apt.conf.d/99wait <<'END'
DPkg::Pre-Invoke { "until [ -e /dev/shm/go-on ]; do sleep 0.1; done"; };
END`);
      before = await snapshots();
    });
    afterAll(() => {
      parent.sh('rm /etc/apt/apt.conf.d/99wait; touch /dev/shm/go-on');
    });

    it('is only told by a dry run, which leaves every machine as it is', async () => {
      const { exitCode, stdout, stderr } = await room.run('up', '--dry-run');
      expect(stdout).toMatch(/^plan:\n {2}tools: Copy the tools\n/);
      expect(stdout).toContain('copy kubeadm v1.34.3 (1 MB) to /opt/kmon/bin/kubeadm');
      expect(stdout).toMatch(/install conntrack, containerd, .*socat/);
      expect(stdout).toMatch(/^ +kubeadm init$/m);
      expect(stdout).toMatch(/^ {2}measured: /m);
      expect(stdout).toContain('nothing was changed: --dry-run');
      expect(stderr).not.toContain('lock');
      expect(exitCode).toBe(0);
      expect(notAsItWas(before, await snapshots())).toEqual([]);
    });

    it('keeps others out of the room, and says who is at work', async () => {
      first = startKmon(['init-parent'], { cwd: room.dir });
      await first.said(/^parent +program-packages +install conntrack/m);
      const second = makeRoom(lab(), (file) => {
        file.bundle = smallBundle(mkdtempSync(join(lab().dir, 'bundle-')));
      });
      const { exitCode, stderr } = await second.run('init-parent');
      const holder = `${userInfo().username}@${hostname()}: kmon init-parent (run `;
      expect(stderr).toContain(`the room is in use by ${holder}`);
      expect(stderr).toMatch(
        /\(run [0-9a-f]{8}\), since 20\S+Z, \d+ s ago\n +its last sign of life is \d+ s old/,
      );
      expect(stderr).toContain('fix: wait until that run ends (a dead one is passed over 90 s after');
      expect(exitCode).toBe(22);
      expect(second.transcripts()).not.toContain('"verb":"mutate"');
    });

    it('stops at Ctrl-C after the running command, and says where it stands', async () => {
      let over = false;
      first.signal('SIGINT');
      void first.ended.then(() => (over = true));
      await first.said(/stopping after the running command/);
      expect(parent.sh(`cat ${LOCK}/owner`)).toContain('"command":"init-parent"');
      expect(over).toBe(false);
      parent.sh('touch /dev/shm/go-on');
      const { exitCode, stdout, stderr } = await first.ended;
      expect(stderr).toMatch(/^parent +program-packages +changed: all there$/m);
      expect(stderr).toMatch(/✖ \S+ on parent \([\d.]+\): stopped by Ctrl-C/);
      expect(stderr).toContain(
        'fix: run `kmon init-parent` again to go on from here, or `kmon teardown` to give the machines back',
      );
      // What goes apart from the packages may have ended by then, or not.
      expect(stdout).toMatch(/kmon init-parent: stopped; changed [23], /);
      expect(exitCode).toBe(130);
      expect(parent.sh('dpkg-query -W -f "\\${Status}" socat')).toBe('install ok installed');
      expect(parent.sh(`ls -d ${LOCK} 2>/dev/null || true`)).toBe('');
    });

    it("goes on behind another computer's lock only when told to", async () => {
      const owner = {
        run: 'x',
        command: 'up',
        who: 'ada@desk',
        computer: 'desk',
        pid: 1,
        since: '2026-01-01',
      };
      parent.sh(`mkdir ${LOCK}; cat >${LOCK}/owner <<'END'\n${JSON.stringify(owner)}\nEND`);
      const refused = await room.run('init-parent');
      expect(refused.stderr).toContain('the room is in use by ada@desk: kmon up (run x), since 2026-01-01, ');
      expect(refused.exitCode).toBe(22);
      const forced = startKmon(['init-parent', '--break-lock'], { cwd: room.dir });
      await forced.said(/^parent +take the room's lock$/m);
      forced.signal('SIGINT');
      expect((await forced.ended).exitCode).toBe(130);
      expect(parent.sh(`ls -d ${LOCK} 2>/dev/null || true`)).toBe('');
    });

    it('is given back, behind the lock of a run that died on this computer', async () => {
      const died = startKmon(['init-parent'], { cwd: room.dir });
      await died.said(/^parent +take the room's lock$/m);
      died.signal('SIGKILL');
      await died.ended;
      expect(parent.sh(`cat ${LOCK}/owner`)).toContain(`"computer":"${hostname()}"`);
      const { exitCode, stdout } = await room.run('teardown', '--yes', '--room', lab().name);
      expect(stdout).toContain('machines as found: 3/3');
      expect(exitCode).toBe(0);
      expect(notAsItWas(before, await snapshots())).toEqual([]);
      expect(parent.sh(`ls -d ${LOCK} /var/lib/kmon /opt/kmon /etc/kmon 2>/dev/null || true`)).toBe('');
    });
  });
}
