import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { POD_NETWORKS } from '../../src/config/sections/kubernetes.js';
import type { PodNetwork } from '../../src/config/sections/kubernetes.js';
import { notAsItWas, snapshotsOf } from '../support/as-it-was.js';
import type { Snapshots } from '../support/as-it-was.js';
import { kmon } from '../support/kmon.js';
import type { Ended } from '../support/kmon.js';
import { makeLab } from '../support/lab.js';
import type { TestLab, TestMachine } from '../support/lab.js';
import { PodWays } from '../support/pod-ways.js';

/**
 * A pod network on a real cluster of parent and child: every way between pods, machines, services and DNS; the same after a restart of the
 * child, without a command of kmon's in between; and every machine as it was found. `routes` has the workshop, and flannel (by its
 * stand-in) the workshop by the Internet: here all of them by name, `KMON_NETWORKS=flannel,routes,vxlan`.
 */
const BUNDLE = process.env['KMON_BUNDLE'];
const WANTED = process.env['KMON_NETWORKS']?.split(',') ?? ['vxlan'];
const NETWORKS = POD_NETWORKS.filter((network) => WANTED.includes(network));

/** As they are whatever network card they have: in a container that was restarted it is another one, with another address of IPv6. */
async function snapshots(machines: readonly TestMachine[]): Promise<Snapshots> {
  const card = /fe80::(?:[0-9a-f]{1,4}:){3}[0-9a-f]{1,4}/g;
  return new Map(
    [...(await snapshotsOf(machines))].map(([name, text]) => [name, text.replaceAll(card, 'fe80::CARD')]),
  );
}

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
  let child: TestMachine;
  let ways: PodWays;
  let before: Snapshots;
  const run = (...args: readonly string[]): Promise<Ended> =>
    kmon([...args, '--plain'], { cwd: lab.dir, timeoutMs: 600_000 });

  beforeAll(async () => {
    lab = await labFor(network);
    const file = join(lab.dir, 'kmon.yaml');
    const text = readFileSync(file, 'utf8').replace(/^ {2}network: .*\n/m, '');
    writeFileSync(file, text.replace(/^kubernetes:\n/m, `kubernetes:\n  network: ${network}\n`));
    child = lab.machine('child-1');
    ways = new PodWays(lab.machines);
    before = await snapshots(lab.machines);
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

  it('has a way from every pod and machine to every pod, to services and to DNS', async () => {
    ways.make();
    await ways.proven(60_000);
  });

  it('has them again when the child was restarted, without kmon', async () => {
    await child.restart();
    await ways.proven(120_000);
  });

  it('finds nothing in its own way', async () => {
    const check = await run('check');
    expect(check.exitCode, check.stdout + check.stderr).toBe(0);
    expect(check.stdout).not.toMatch(/K-PORT-TAKEN|K-LINK-TAKEN|K-RANGE|K-FIREWALL/);
  });

  it('gives every machine back as it was found', async () => {
    ways.end();
    const teardown = await run('teardown', '--yes', '--room', lab.name);
    expect(teardown.exitCode, teardown.stderr.slice(-3000)).toBe(0);
    expect(teardown.stdout).toContain('machines as found: 2/2');
    expect(notAsItWas(before, await snapshots(lab.machines))).toEqual([]);
  });
});
