import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kmon } from '../support/kmon.js';
import type { Ended } from '../support/kmon.js';
import { makeLab } from '../support/lab.js';
import type { TestLab } from '../support/lab.js';

/**
 * The way of nearly every user, without a bundle: packages by apt, images from their registries, out of the lab's own Internet, which serves
 * them under the names that they have in the world. In the order of a lesson; each test stands on the ones before it.
 */
const BUNDLE = process.env['KMON_BUNDLE'];
const SCRIPT = new URL('../../scripts/internet/build', import.meta.url).pathname;

describe.runIf(BUNDLE !== undefined || process.env['CI'] === 'true')('the workshop by the Internet', () => {
  let lab: TestLab;
  const before = new Map<string, string>();
  const run = (...args: readonly string[]): Promise<Ended> =>
    kmon([...args, '--plain'], { cwd: lab.dir, timeoutMs: 900_000 });
  const expectAsFound = async (): Promise<void> => {
    for (const machine of lab.machines)
      expect(await machine.snapshot(), machine.name).toBe(before.get(machine.name));
  };

  beforeAll(async () => {
    const made = execFileSync(SCRIPT, [BUNDLE ?? ''], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    lab = await makeLab({ children: 1, internet: made.trim().split('\n').at(-1) ?? '' });
    for (const machine of lab.machines) before.set(machine.name, await machine.snapshot());
  });
  afterAll(async () => {
    await lab.down();
  });

  it('finds nothing in the way of packages and images', async () => {
    const check = await run('check');
    expect(check.stdout).not.toMatch(/K-SOURCE|K-DNS/);
    expect(check.exitCode, check.stdout + check.stderr).toBe(0);
  });

  it('tells of an uplink that is cut, and leaves nothing half fetched', async () => {
    await lab.link('internet', 'down');
    const check = await run('check');
    expect(check.stdout).toMatch(/no name is resolved .* \[K-DNS\]/);
    const up = await run('up');
    expect(up.exitCode).not.toBe(0);
    expect(up.stderr).toMatch(/✖ packages on .*resolving 'pkgs\.k8s\.io'/);
    for (const machine of lab.machines)
      expect(machine.sh('find /etc/apt -name "*kmon*"'), machine.name).toBe('');
    await lab.link('internet', 'up');
  });

  it('goes on when it is mended: fetches everything, and has every machine measured', async () => {
    const up = await run('up');
    expect(up.exitCode, up.stderr.slice(-3000)).toBe(0);
    const status = await run('status');
    expect(status.stdout.match(/ ready /g), status.stdout).toHaveLength(2);
    for (const machine of lab.machines)
      expect(machine.sh("dpkg-query -W -f '${Version}' kubeadm"), machine.name).toMatch(/-1\.1$/);
  });

  it('has nothing to do the second time', async () => {
    const again = await run('up');
    expect(again.exitCode, again.stderr.slice(-3000)).toBe(0);
    expect(again.stdout).toContain('nothing to change');
  });

  it('gives every machine back as it was found', async () => {
    const room = /^room: (.*)$/m.exec(readFileSync(`${lab.dir}/kmon.yaml`, 'utf8'))?.[1] ?? '';
    const teardown = await run('teardown', '--yes', '--room', room);
    expect(teardown.exitCode, teardown.stderr.slice(-3000)).toBe(0);
    expect(teardown.stdout).toContain('machines as found: 2/2');
    await expectAsFound();
  });
});
