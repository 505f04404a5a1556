import { expect, it } from 'vitest';
import type { Facts } from '../../../src/facts/facts.js';
import { FIXABLE_CODES } from '../../../src/findings/fixes/fixable.js';
import type { FixContext } from '../../../src/findings/fixes/by-resources.js';
import { FIXES, fixResources, lookForFixes } from '../../../src/findings/fixes/index.js';
import type { Machine } from '../../../src/room/machine.js';
import { CHILD, PARENT, sampleConfig, sampleFacts } from '../../support/sample-room.js';
import { asks, scripted } from '../../support/scripted-runner.js';

function on(machine: Machine, facts: Partial<Facts> = {}, clockMs = 0): FixContext {
  return { machine, config: sampleConfig(), facts: sampleFacts(machine, facts), room: { clockMs } };
}

const NOTHING = new Map<never, string>();

it('knows what to do about everything that is called fixable, a leased address and computers that are only observed apart', () => {
  expect([...Object.keys(FIXES), 'K-LEASE', 'K-OBSERVED'].toSorted()).toEqual([...FIXABLE_CODES].toSorted());
});

it('opens the ports that others must reach, for the network of the address in kmon.yaml only', () => {
  const addresses = [
    { device: 'eth1', address: '10.0.0.5', prefix: 8 },
    { device: 'eth0', address: CHILD.address, prefix: 25 },
  ];
  const things = fixResources(['K-FIREWALL'], on(CHILD, { addresses }), NOTHING);
  expect(things.map((t) => t.id)).toContain('firewall opening ufw');
  for (const thing of things) {
    expect(thing.params).toMatchObject({
      room: '192.0.2.0/25',
      pods: '10.244.0.0/16',
      ports: ['tcp 10250', 'tcp 9100', 'udp 8472'],
    });
  }
});

it('opens a firewall once, whatever it is opened for', () => {
  const one = fixResources(['K-FIREWALL'], on(CHILD), NOTHING);
  const both = fixResources(['K-FIREWALL', 'K-FORWARD'], on(CHILD), NOTHING);
  expect(both.map((t) => t.id)).toEqual(one.map((t) => t.id));
});

it('lets firewalld find the opening again after a reload', () => {
  const things = fixResources(['K-FIREWALL'], on(CHILD, { firewalls: ['firewalld'] }), NOTHING);
  expect(things.map((t) => t.id)).toContain('file /etc/firewalld/policies/kmon.xml');
});

it('opens nothing when it does not know for whom', () => {
  expect(() => fixResources(['K-FIREWALL'], on(CHILD, { addresses: [] }), NOTHING)).toThrow(
    expect.objectContaining({
      code: 'precondition',
      message: 'the machine does not have the address 192.0.2.11 of kmon.yaml',
    }),
  );
});

it("sets a clock by the room's median, although it is connected to no other machine", async () => {
  const run = scripted(PARENT.name, [asks("printf 'clock", 'clock 1700000000\nuptime 100.00\n')]);
  const looked = await lookForFixes(['K-CLOCK', 'K-SLEEP'], run);
  const off = on(PARENT, { clockOffsetMs: -3_600_000 }, 7000);
  const [thing] = fixResources(['K-CLOCK'], off, looked);
  expect(thing?.params).toEqual({ startedMs: 1_699_999_900_000 + 3_607_000 });
});

it('gives a machine its own name, beside the block that preparing it makes', () => {
  const [thing] = fixResources(['K-HOSTNAME-UNKNOWN'], on(CHILD, { hostname: 'laptop-7' }), NOTHING);
  expect(thing?.id).toBe('hosts entry kmon-name');
  expect(thing?.params).toEqual({
    block: 'kmon-name',
    entries: [{ address: '127.0.1.1', names: ['laptop-7'] }],
  });
});
