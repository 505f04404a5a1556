import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POD_NETWORKS } from '../../src/config/sections/kubernetes.js';
import type { PodNetwork } from '../../src/config/sections/kubernetes.js';
import { notAsItWas, snapshotsOfAnyCard } from '../support/as-it-was.js';
import type { Snapshots } from '../support/as-it-was.js';
import { kmon } from '../support/kmon.js';
import type { Ended } from '../support/kmon.js';
import { makeLab } from '../support/lab.js';
import type { TestLab } from '../support/lab.js';
import { hasItsWays } from '../support/network-ways.js';

/**
 * Pod networks by name on a real cluster of parent and child, each in a room of its own: `KMON_NETWORKS=flannel,routes,vxlan`. Whoever names
 * none has them by the way of other files: `routes` has the workshop, flannel (by its stand-in) the workshop by the Internet, and vxlan the
 * room by a bundle.
 */
const BUNDLE = process.env['KMON_BUNDLE'];
const WANTED = process.env['KMON_NETWORKS']?.split(',') ?? [];
const NETWORKS = POD_NETWORKS.filter((network) => WANTED.includes(network));

/** Flannel's images come from the lab's Internet (`KMON_INTERNET`: one that is made already), the plugins of the others from the bundle. */
function labFor(network: PodNetwork): Promise<TestLab> {
  if (network !== 'flannel') return makeLab({ children: 1, bundle: BUNDLE ?? '' });
  const internet = process.env['KMON_INTERNET'];
  if (internet !== undefined) return makeLab({ children: 1, internet });
  const build = new URL('../../scripts/internet/build', import.meta.url).pathname;
  const made = execFileSync(build, [BUNDLE ?? ''], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] });
  return makeLab({ children: 1, internet: made.trim().split('\n').at(-1) ?? '' });
}

describe.runIf(BUNDLE !== undefined || process.env['CI'] === 'true').each(NETWORKS)('%s', (network) => {
  let lab: TestLab;
  let before: Snapshots;
  const run = (...args: readonly string[]): Promise<Ended> =>
    kmon([...args, '--plain'], { cwd: lab.dir, timeoutMs: 600_000 });

  beforeAll(async () => {
    lab = await labFor(network);
    const file = join(lab.dir, 'kmon.yaml');
    const text = readFileSync(file, 'utf8').replace(/^ {2}network: .*\n/m, '');
    writeFileSync(file, text.replace(/^kubernetes:\n/m, `kubernetes:\n  network: ${network}\n`));
    before = await snapshotsOfAnyCard(lab.machines);
  });
  afterAll(async () => {
    await lab.down();
  });

  it('comes up, and nothing is left to do', async () => {
    const init = await run('init-parent');
    expect(init.exitCode, init.stderr.slice(-3000)).toBe(0);
    const join = await run('join-child');
    expect(join.exitCode, join.stderr.slice(-3000)).toBe(0);
    const again = await run('join-child');
    expect(again.stdout).toContain('nothing to change');
  });

  hasItsWays(network, () => ({ lab, run }));

  it('gives every machine back as it was found', async () => {
    const teardown = await run('teardown', '--yes', '--room', lab.name);
    expect(teardown.exitCode, teardown.stderr.slice(-3000)).toBe(0);
    expect(teardown.stdout).toContain('machines as found: 2/2');
    expect(notAsItWas(before, await snapshotsOfAnyCard(lab.machines))).toEqual([]);
  });
});
