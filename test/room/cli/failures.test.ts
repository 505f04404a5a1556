import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * What goes wrong in a room, at real machines: a lab with a parent and two children, the built program, real sshd and sudo. Each mistake
 * ends in its own exit code, with a cause and a remedy, and changes nothing.
 */
const KMON = fileURLToPath(new URL('../../../bin/kmon.js', import.meta.url));
const LAB = `f${process.pid}`;
type Name = 'parent' | 'child-1' | 'child-2';

let folder: string;
let config: string;

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function kmon(...args: string[]): Ran {
  const ran = spawnSync('node', [KMON, ...args], { cwd: folder, encoding: 'utf8', maxBuffer: 1 << 28 });
  return { code: ran.status, stdout: ran.stdout, stderr: ran.stderr };
}

function inMachine(machine: Name, command: string): string {
  const args = ['exec', `kmon-${LAB}-${machine}`, 'sh', '-c', command];
  return execFileSync('podman', args, { encoding: 'utf8' });
}

/** kmon with another kmon.yaml: the lab's own, changed. */
function kmonWith(change: (yaml: string) => string, ...args: string[]): Ran {
  const file = join(folder, 'changed.yaml');
  writeFileSync(file, change(config));
  return kmon(...args, '--config', file, '--plain');
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kmon-failures-'));
  const up = kmon('lab', 'up', '--name', LAB, '--children', '2');
  expect(up.code, up.stderr).toBe(0);
  config = readFileSync(join(folder, 'kmon.yaml'), 'utf8');
});
afterAll(() => {
  const down = kmon('lab', 'down', '--name', LAB);
  rmSync(folder, { recursive: true, force: true });
  expect(down.code, down.stderr).toBe(0);
});

describe('a clean room', () => {
  it('has nothing in the way, one machine of it with a password for sudo', () => {
    const check = kmon('check', '--plain');
    expect(check.code, check.stderr).toBe(0);
    expect(check.stderr.match(/nothing in the way/g)).toHaveLength(3);
  });
});

describe('logging in', () => {
  it('tells a wrong key', () => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'other-key')]);
    const ran = kmonWith((y) => y.replace('key: ./id_ed25519', 'key: ./other-key'), 'check');
    expect(ran.code, ran.stderr).toBe(11);
    expect(ran.stderr).toMatch(/✖ connect on parent.*\n(.*\n)*? +fix: /);
  });

  it('tells a refused password', () => {
    writeFileSync(join(folder, 'wrong'), 'not the password\n', { mode: 0o600 });
    const ran = kmonWith(
      (y) => y.replace('key: ./id_ed25519', 'passwordFile: ./wrong'),
      'check',
      '--only',
      'child-2',
    );
    expect(ran.code, ran.stderr).toBe(11);
  });

  it('logs in with a password', () => {
    copyFileSync(join(folder, 'sudo-password'), join(folder, 'password'));
    const ran = kmonWith((y) => y.replace('key: ./id_ed25519', 'passwordFile: ./password'), 'check');
    expect(ran.code, ran.stderr).toBe(0);
  });

  it('stops at a changed host key', () => {
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', join(folder, 'host-key')]);
    const other = readFileSync(join(folder, 'host-key.pub'), 'utf8').split(' ').slice(0, 2).join(' ');
    const pins = readFileSync(join(folder, 'known_hosts'), 'utf8');
    const changed = pins.split('\n').map((line) => line.replace(/ssh-ed25519 \S+/, other));
    writeFileSync(join(folder, 'known_hosts_changed'), changed.join('\n'));
    const ran = kmonWith((y) => y.replace('./known_hosts', './known_hosts_changed'), 'check');
    expect(ran.code, ran.stderr).toBe(12);
    expect(ran.stderr).toContain('fix: ');
  });

  it('refuses a machine that is not pinned when only pinned ones are wanted, and pins it otherwise', () => {
    writeFileSync(join(folder, 'nobody'), '');
    const strict = kmonWith(
      (y) => y.replace('knownHosts: ./known_hosts', 'knownHosts: ./nobody, hostKeys: pinned-only'),
      'check',
    );
    expect(strict.code, strict.stderr).toBe(14);
    const first = kmonWith((y) => y.replace('./known_hosts', './nobody'), 'check');
    expect(first.code, first.stderr).toBe(0);
    expect(first.stderr).toMatch(/SHA256:/);
    const second = kmonWith((y) => y.replace('./known_hosts', './nobody'), 'check');
    expect(second.code).toBe(0);
    expect(second.stderr).not.toMatch(/SHA256:/);
  });

  it('tells a machine that is not there', () => {
    const ran = kmonWith((y) => y.replace(/(\d+\.\d+\.\d+)\.12/, '$1.99'), 'check', '--only', 'child-2');
    expect(ran.code, ran.stderr).toBe(10);
  });

  it('tells a user who may not become root', () => {
    inMachine(
      'child-2',
      'for f in /etc/sudoers.d/*; do mv "$f" /root/; done; gpasswd -d student sudo >/dev/null || true',
    );
    try {
      const ran = kmon('check', '--only', 'child-2', '--plain');
      expect(ran.code, ran.stderr).toBe(15);
      expect(ran.stderr).toContain('fix: ');
    } finally {
      inMachine(
        'child-2',
        'for f in README $(ls /root); do [ -f "/root/$f" ] && mv "/root/$f" /etc/sudoers.d/ || true; done; gpasswd -a student sudo >/dev/null',
      );
    }
    expect(kmon('check', '--only', 'child-2').code).toBe(0);
  });

  it('does not try a wrong sudo password twice', () => {
    const ran = kmonWith((y) => y.replace('./sudo-password', './wrong'), 'check', '--only', 'child-1');
    expect(ran.code, ran.stderr).toBe(15);
    expect(ran.stderr).not.toContain('not the password');
  });
});

describe('a child with a problem', () => {
  it('names who has taken a port, sets the child aside and goes on with the others', () => {
    inMachine(
      'child-2',
      "systemd-run --quiet --unit squatter perl -MIO::Socket::INET -e 'my $s = IO::Socket::INET->new(LocalPort => 10250, Listen => 1, ReuseAddr => 1) or die; sleep'",
    );
    try {
      const room = kmon('check', '--plain');
      expect(room.code, room.stderr).toBe(24);
      expect(room.stderr).toMatch(/✖ check on child-2 .*: port 10250 is taken by perl \(pid \d+\)/);
      expect(room.stderr).toMatch(/fix: .*systemctl stop squatter/);
      expect(room.stderr).toMatch(/child-1 +check +unchanged/);
      expect(kmon('check', '--only', 'child-2').code).toBe(22);
    } finally {
      inMachine('child-2', 'systemctl stop squatter');
    }
  });

  it('goes on without a child whose cable is pulled', () => {
    kmon('lab', 'link', 'child-2', 'down', '--name', LAB);
    try {
      const room = kmon('check', '--plain');
      expect(room.code, room.stderr).toBe(24);
      expect(room.stderr).toMatch(/✖ connect on child-2 /);
    } finally {
      kmon('lab', 'link', 'child-2', 'up', '--name', LAB);
    }
  });
});

describe('bad input', () => {
  const transcripts = (): number => readdirSync(join(folder, '.kmon/transcripts')).length;

  it.each([
    ['two parents', (y: string) => y.replace(/parent: (\{.*\})/, 'parent: [$1, $1]'), 3, /parent/],
    ['an unknown key', (y: string) => y.replace('children:', 'childern:'), 3, /childern.*children/s],
    ['a child equal to the parent', (y: string) => y.replace(/\.11,/, '.10,'), 3, /10/],
    ['an unreadable key file', (y: string) => y.replace('./id_ed25519', './no-such-key'), 3, /no-such-key/],
    ['a version kubeadm cannot do', (y: string) => y.replace("'1.20'", "'1.99'"), 3, /1\.99/],
  ])('%s is one clear message, and nothing is touched', (_, change, code, says) => {
    const before = transcripts();
    const ran = kmonWith(change, 'up');
    expect(ran.code, ran.stderr).toBe(code);
    expect(ran.stderr).toMatch(says);
    expect(ran.stderr).not.toMatch(/^ +at /m);
    expect(transcripts()).toBe(before);
  });

  it('no config', () => {
    const ran = kmon('up', '--config', 'no-such.yaml');
    expect(ran.code).toBe(3);
    expect(ran.stderr).toContain('no-such.yaml');
  });

  it('--only nobody', () => {
    const ran = kmon('check', '--only', 'nobody');
    expect(ran.code).toBe(2);
    expect(ran.stderr).toMatch(/nobody[\s\S]*child-1/);
  });

  it('a teardown that nobody confirmed', () => {
    expect(kmon('teardown').code).toBe(2);
    expect(kmon('teardown', '--yes', '--room', 'another').code).toBe(2);
  });
});
