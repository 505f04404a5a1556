import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeLab } from '../../support/lab.js';
import type { TestLab } from '../../support/lab.js';
import { childOf, makeRoom, makeRoomOf } from './room.js';
import type { RoomFile } from './room.js';

/** What goes wrong in a room, at real machines: each mistake ends in its own exit code, with cause and remedy, and changes nothing. */
let lab: TestLab;

beforeAll(async () => {
  lab = await makeLab({ children: 2 });
});
afterAll(() => lab.down());

describe('becoming root', () => {
  it('tells a user who may not', async () => {
    const child = lab.machine('child-2');
    child.sh(
      'mkdir /root/sudoers; mv /etc/sudoers.d/* /root/sudoers/; gpasswd -d student sudo >/dev/null 2>&1 || true',
    );
    try {
      const ran = await makeRoom(lab).run('check', '--only', 'child-2', '--plain');
      expect(ran.exitCode, ran.stderr).toBe(15);
      expect(ran.stderr).toMatch(/✖ connect on child-2 .*\n(.*\n)*? +fix: /);
    } finally {
      child.sh('mv /root/sudoers/* /etc/sudoers.d/; rmdir /root/sudoers; gpasswd -a student sudo >/dev/null');
    }
    expect((await makeRoom(lab).run('check', '--only', 'child-2')).exitCode).toBe(0);
  });

  it('does not try a wrong password twice, and does not show it', async () => {
    const child = lab.machine('child-1');
    const failures = (): number =>
      Number(child.sh("journalctl -q _COMM=sudo --no-pager | grep -c 'incorrect password attempt' || true"));
    const before = failures();
    const room = makeRoom(lab, (file) => {
      writeFileSync(join(lab.dir, 'wrong'), 'surely-not-it\n', { mode: 0o600 });
      file.ssh['sudoPasswordFile'] = join(lab.dir, 'wrong');
    });
    const ran = await room.run('check', '--only', 'child-1', '--plain');
    expect(ran.exitCode, ran.stderr).toBe(15);
    expect(failures() - before).toBeLessThanOrEqual(1);
    expect(ran.stderr + ran.stdout + room.transcripts()).not.toContain('surely-not-it');
  });
});

describe('a child with a problem', () => {
  it('is named with who has taken a port, and the others go on', async () => {
    const child = lab.machine('child-2');
    child.sh(
      `systemd-run --quiet --unit squatter perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(LocalPort => 10250, Listen => 1, ReuseAddr => 1) or die; sleep'`,
    );
    try {
      const room = makeRoom(lab);
      const ran = await room.run('check', '--plain');
      expect(ran.exitCode, ran.stderr).toBe(24);
      expect(ran.stderr).toMatch(/✖ check on child-2 .*: port 10250 is taken by perl \(pid \d+\)/);
      expect(ran.stderr).toMatch(/fix: .*systemctl stop squatter/);
      expect(ran.stderr).toMatch(/child-1 +check +unchanged/);
      expect((await room.run('check', '--only', 'child-2')).exitCode).toBe(22);
    } finally {
      child.sh('systemctl stop squatter');
    }
  });

  it('is set aside when its cable is pulled', async () => {
    await lab.link('child-2', 'down');
    try {
      const ran = await makeRoom(lab).run('check', '--plain');
      expect(ran.exitCode, ran.stderr).toBe(24);
      expect(ran.stderr).toMatch(/✖ connect on child-2 /);
    } finally {
      await lab.link('child-2', 'up');
    }
  });
});

describe('bad input', () => {
  const cases: readonly (readonly [string, (file: RoomFile) => void, RegExp])[] = [
    ['two parents', (f) => Object.assign(f, { parent: [f.parent, { ...f.parent }] }), /parent/],
    ['an unknown key', (f) => Object.assign(f, { childern: [] }), /childern[^\n]*children/],
    [
      'a child equal to the parent',
      (f) => Object.assign(childOf(f, 'child-1'), { address: f.parent['address'] }),
      /parent/,
    ],
    ['an unreadable key file', (f) => Object.assign(f.ssh, { key: './no-such-key' }), /no-such-key/],
    ['a version that kubeadm cannot do', (f) => Object.assign(f.kubernetes, { version: '1.99' }), /1\.99/],
  ];

  it.each(cases)('%s is one clear message, and no machine is dialled', async (_, change, says) => {
    const before = lab.machines.map((m) => m.connections());
    const ran = await makeRoom(lab, change).run('up', '--plain');
    expect(ran.exitCode, ran.stderr).toBe(3);
    expect(ran.stderr).toMatch(says);
    expect(ran.stderr).not.toMatch(/^ +at /m);
    expect(lab.machines.map((m) => m.connections())).toEqual(before);
  });

  it('no config', async () => {
    const ran = await makeRoomOf(lab).run('up');
    expect(ran.exitCode).toBe(3);
    expect(ran.stderr).toContain('kmon.yaml');
  });

  it('--only nobody', async () => {
    const ran = await makeRoom(lab).run('check', '--only', 'nobody');
    expect(ran.exitCode).toBe(2);
    expect(ran.stderr).toMatch(/nobody[\s\S]*child-1/);
  });

  it('a teardown that nobody confirmed', async () => {
    const room = makeRoom(lab);
    expect((await room.run('teardown')).exitCode).toBe(2);
    expect((await room.run('teardown', '--yes', '--room', 'another')).exitCode).toBe(2);
  });
});
