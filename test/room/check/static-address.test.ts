import { beforeAll, describe, expect, it } from 'vitest';
import { notAsItWas } from '../../support/as-it-was.js';
import type { Snapshots } from '../../support/as-it-was.js';
import { leasedRoom, NOTHING_ARMED } from './leased-address.js';

describe('an address leased by systemd-networkd, by NetworkManager and by netplan', () => {
  const leased = leasedRoom();
  let before: Snapshots;
  beforeAll(async () => {
    before = await leased.snapshots();
  });

  it('is found, becomes static, stays static, and is leased again after teardown', async () => {
    expect(await leased.addressing()).toEqual(['leased', 'leased', 'leased']);
    const fixed = await leased.fix();
    for (const { name } of leased.children) {
      expect(fixed.stderr).toMatch(new RegExp(`^${name} +static-address +changed: static$`, 'm'));
    }
    expect(await leased.addressing()).toEqual(['static', 'static', 'static']);
    for (const child of leased.children) {
      expect(child.sh('ip -o -4 addr show dev eth0')).not.toContain('dynamic');
      expect(child.sh('ip -4 route show default dev eth0')).toContain('default via ');
      expect(child.sh(NOTHING_ARMED)).toBe('');
    }
    const again = await leased.fix();
    expect(again.stdout).toContain('nothing was found that kmon could put right');
    const { stdout } = await leased.teardown();
    expect(stdout).toContain('machines as found: 4/4');
    expect(await leased.addressing()).toEqual(['leased', 'leased', 'leased']);
    expect(notAsItWas(before, await leased.snapshots())).toEqual([]);
  });

  it('comes back by itself when the gateway is wrong, and kmon says so', async () => {
    const began = Date.now();
    const gateway = leased.freeAddress();
    const { stdout, stderr, exitCode } = await leased.fix('--gateway', gateway);
    expect(Date.now() - began).toBeGreaterThan(60_000);
    for (const child of leased.children) {
      expect(stderr).toContain(
        `the static address ${child.address}/24 with the gateway ${gateway} did not hold: the gateway ${gateway} did not answer; the machine went back to its leased address by itself`,
      );
      expect(stderr).toContain(`run \`kmon check --fix K-LEASE --only ${child.name} --gateway ADDRESS\``);
      expect(child.sh(NOTHING_ARMED)).toBe('');
    }
    expect(stdout).toContain('K-LEASE');
    expect(exitCode).toBe(23);
    expect(await leased.addressing()).toEqual(['leased', 'leased', 'leased']);
    expect(notAsItWas(before, await leased.snapshots())).toEqual([]);
  });
});
