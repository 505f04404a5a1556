import { describe, expect, it } from 'vitest';
import { notAsItWas } from '../../support/as-it-was.js';
import { startKmon } from '../../support/kmon.js';
import { leasedRoom } from './leased-address.js';

// In a room of its own: its minute passes while that of a wrong gateway does.
describe('an address leased by systemd-networkd, by NetworkManager and by netplan', () => {
  const leased = leasedRoom();

  it('comes back by itself when kmon is killed in the middle', async () => {
    const before = await leased.snapshots();
    const run = startKmon([...leased.fixing, '--gateway', leased.freeAddress()], { cwd: leased.room.dir });
    for (const { name } of leased.children) {
      await run.said(new RegExp(`^${name} +static-address +ask whether the gateway`, 'm'));
    }
    run.signal('SIGKILL');
    await run.ended;
    for (const child of leased.children) {
      expect(child.sh('ip -o -4 addr show dev eth0')).not.toContain('dynamic');
    }
    const died = Date.now();
    for (const child of leased.children) {
      child.sh(
        `timeout 90 sh -c 'until ip -o -4 addr show dev eth0 | grep -q " dynamic " && [ ! -e /run/kmon-go-back ]; do sleep 0.5; done'`,
      );
    }
    expect(Date.now() - died).toBeLessThan(75_000);
    expect(await leased.addressing()).toEqual(['leased', 'leased', 'leased']);
    // Only the ledger still knows of it.
    const { stdout } = await leased.teardown();
    expect(stdout).toContain('machines as found: 4/4');
    expect(notAsItWas(before, await leased.snapshots())).toEqual([]);
  });
});
