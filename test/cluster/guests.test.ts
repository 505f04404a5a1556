import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { notAsItWas, snapshotsOfAnyCard } from '../support/as-it-was.js';
import type { Snapshots } from '../support/as-it-was.js';
import { kmon } from '../support/kmon.js';
import type { Ended } from '../support/kmon.js';
import { makeLab } from '../support/lab.js';
import type { TestLab } from '../support/lab.js';
import { PodWays } from '../support/pod-ways.js';

/**
 * A room without one Linux computer: parent and child are guests of laptops, each behind its laptop's address and with the same one of its
 * own. In the order of a lesson; each test stands on the ones before it.
 */
const BUNDLE = process.env['KMON_BUNDLE'];
const KUBECTL = 'HOME=/proc/no-home /opt/kmon/bin/kubectl --kubeconfig /etc/kubernetes/admin.conf';

describe.runIf(BUNDLE !== undefined || process.env['CI'] === 'true')('a room of guests', () => {
  let lab: TestLab;
  let before: Snapshots;
  let ways: PodWays;
  const run = (...args: readonly string[]): Promise<Ended> =>
    kmon([...args, '--plain'], { cwd: lab.dir, timeoutMs: 600_000 });

  beforeAll(async () => {
    lab = await makeLab({ children: 0, laptops: 1, parentGuest: true, bundle: BUNDLE ?? '' });
    before = await snapshotsOfAnyCard([...lab.machines, ...lab.laptops]);
  });
  afterAll(async () => {
    await lab.down();
  });

  it('has a forward that is missing named by its number, and nothing else', async () => {
    const laptop = lab.machine('guest-1-laptop');
    laptop.sh(`nft 'insert rule ip laptop forwards udp dport 8472 return comment "missing"'`);
    const check = await run('check');
    laptop.sh(
      'nft delete rule ip laptop forwards handle "$(nft -a list table ip laptop | sed -n "s/.*missing.*handle //p")"',
    );
    expect(check.stdout).toMatch(
      /what is sent to UDP 8472 of [\d.]+ does not get to the guest guest-1 \(from 1 machine\) \[K-GUEST-PORT\]/,
    );
    expect(check.stdout).toContain('forward UDP 8472 of the laptop to the guest');
    expect(check.stdout).not.toMatch(/K-(?:ADDRESS|ROUTE|DEFAULT-ROUTE|SEGMENT|LEASE|NET-\w+)\b/);
  });

  it('comes up with everything that a room has, and nothing is left to do', async () => {
    const up = await run('up');
    expect(up.exitCode, up.stderr.slice(-3000)).toBe(0);
    expect((await run('up')).stdout).toContain('nothing to change');
    const verify = await run('verify');
    expect(verify.exitCode, verify.stdout).toBe(0);
    const nodes = lab
      .machine('parent')
      .sh(`${KUBECTL} get nodes -o jsonpath='{.items[*].status.addresses[0].address}'`);
    expect(nodes.split(' ').toSorted()).toEqual(lab.machines.map((m) => m.address).toSorted());
  });

  it('brings packets from every pod to every pod, to services and to DNS, and logs from the child', async () => {
    ways = new PodWays(lab.machines);
    ways.make();
    await ways.proven(60_000);
    const exporter = lab
      .machine('parent')
      .sh(
        `${KUBECTL} -n monitoring get pods -l app.kubernetes.io/name=node-exporter --field-selector spec.nodeName=guest-1 -o name`,
      )
      .trim();
    expect(lab.machine('parent').sh(`${KUBECTL} -n monitoring logs ${exporter}`)).toContain('9100');
    // As a browser of somebody else in the room.
    const parent = lab.machines[0]?.address ?? '';
    const page = await fetch(`http://${parent}:30090/-/ready`);
    expect(await page.text()).toContain('Ready');
  });

  it('is a node again when the guest was restarted, without kmon', async () => {
    await lab.machine('guest-1').restart();
    await ways.proven(120_000);
    ways.end();
  });

  it('gives guests and laptops back as they were found', async () => {
    const teardown = await run('teardown', '--yes', '--room', lab.name);
    expect(teardown.exitCode, teardown.stderr.slice(-3000)).toBe(0);
    expect(teardown.stdout).toContain('machines as found: 2/2');
    expect(notAsItWas(before, await snapshotsOfAnyCard([...lab.machines, ...lab.laptops]))).toEqual([]);
  });
});
