import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { installPackages } from '../../../src/resources/apt-scripts.js';

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'kmon-foreseen.'));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** What is made of apt's answer to the question what it would do: the plan, or the refusal. */
function plan(answer: string) {
  const file = join(folder, 'state', 'plan');
  rmSync(join(folder, 'state'), { recursive: true, force: true });
  const { script } = installPackages({ names: ['a'], plan: file, unfinished: [], owners: [], hold: [] });
  const part = /^listed\(\) \{[^]*?\n\}\n/m.exec(script)?.[0] ?? '';
  const { status, stderr } = spawnSync('sh', ['-s'], {
    input: `set -e\nsim='${answer.replaceAll("'", "'\\''")}'\n${part}prepare\n`,
    encoding: 'utf8',
  });
  return { status, stderr, plan: status === 0 ? readFileSync(file, 'utf8') : undefined };
}

// As apt-get 2.6 and 1.8 write it in the C locale.
const NEW = `Reading package lists...
The following additional packages will be installed:
  libnet1
Suggested packages:
  python3-doc binutils
The following NEW packages will be installed:
  conntrack libnet1
  runc socat:i386
0 upgraded, 4 newly installed, 0 to remove and 12 not upgraded.
Need to get 650 kB of archives.
'http://mirror.test/pool/r/runc/runc_1.1_amd64.deb' runc_1.1_amd64.deb 70068 MD5Sum:ad1cf09c48e668e42ab798f9c79b813d`;

it('notes everything that is new, on however many lines', () => {
  expect(plan(NEW)).toEqual({ status: 0, stderr: '', plan: 'conntrack\nlibnet1\nrunc\nsocat:i386\n' });
});

it('has nothing to note where everything is there', () => {
  const answer = `runc is already the newest version (1.1).\n0 upgraded, 0 newly installed, 0 to remove and 3 not upgraded.`;
  expect(plan(answer)).toEqual({ status: 0, stderr: '', plan: '' });
  expect(plan(answer.replace('0 to', '1 reinstalled, 0 to')).status).toBe(0);
});

it('refuses what else would be removed, upgraded or put back', () => {
  const answer = `The following packages will be REMOVED:
  containerd.io* docker-ce
The following NEW packages will be installed:
  containerd
The following packages will be upgraded:
  libc6
The following packages will be DOWNGRADED:
  runc
1 upgraded, 1 newly installed, 1 downgraded, 2 to remove and 0 not upgraded.`;
  expect(plan(answer)).toMatchObject({
    status: 1,
    stderr: 'apt would also remove containerd.io,remove docker-ce,upgrade libc6,downgrade runc\n',
  });
});

it('goes on with nothing that it does not understand', () => {
  for (const said of [
    NEW.replace('0 to remove', '1 to remove'),
    NEW.replace('4 newly', '5 newly'),
    NEW.replace('0 upgraded', '1 upgraded'),
    'Summary:\n  Upgrading: 0, Installing: 4, Removing: 0, Not Upgrading: 12',
    '',
  ]) {
    const { status, stderr } = plan(said);
    expect(status, said).toBe(1);
    expect(stderr).toMatch(/^apt says otherwise than expected what it would do:\n/);
  }
});
