import { expect, it } from 'vitest';
import { FIXABLE_CODES } from '../../../src/findings/fixable.js';
import type { MachineContext } from '../../../src/engine/stage.js';
import type { Facts } from '../../../src/facts/facts.js';
import type { Machine } from '../../../src/room/machine.js';
import { FIXES } from '../../../src/stages/machine/fixes.js';
import { CHILD, OTHER, PARENT, sampleConfig, sampleFacts } from '../../support/sample-room.js';
import { asks, scripted } from '../../support/scripted-runner.js';

function contextOf(machine: Machine, facts: Partial<Facts> = {}, steps: Parameters<typeof scripted>[1] = []) {
  const own = sampleFacts(machine, facts);
  const factsOf = new Map([PARENT, CHILD, OTHER].map((m) => [m.name, m === machine ? own : sampleFacts(m)]));
  const run = scripted(machine.name, steps);
  return { machine, config: sampleConfig(), facts: own, factsOf, run } as unknown as MachineContext;
}

const ROOM = { clockMs: 0 };

it('knows what to do about everything that is called fixable, a leased address and computers that are only observed apart', () => {
  expect([...Object.keys(FIXES), 'K-LEASE', 'K-OBSERVED'].toSorted()).toEqual([...FIXABLE_CODES].toSorted());
});

it('opens the ports that others must reach, for the network of the address in kmon.yaml only', async () => {
  const addresses = [
    { device: 'eth1', address: '10.0.0.5', prefix: 8 },
    { device: 'eth0', address: CHILD.address, prefix: 25 },
  ];
  const things = await FIXES['K-FIREWALL'](contextOf(CHILD, { addresses }), ROOM);
  expect(things.map((t) => t.id)).toContain('firewall opening ufw');
  for (const thing of things) {
    expect(thing.params).toMatchObject({
      room: '192.0.2.0/25',
      pods: '10.244.0.0/16',
      ports: ['tcp 10250', 'tcp 9100', 'udp 8472'],
    });
  }
});

it('lets firewalld find the opening again after a reload', async () => {
  const things = await FIXES['K-FIREWALL'](contextOf(CHILD, { firewalls: ['firewalld'] }), ROOM);
  expect(things.map((t) => t.id)).toContain('file /etc/firewalld/policies/kmon.xml');
});

it('opens nothing when it does not know for whom', async () => {
  await expect(FIXES['K-FIREWALL'](contextOf(CHILD, { addresses: [] }), ROOM)).rejects.toMatchObject({
    code: 'precondition',
    message: 'the machine does not have the address 192.0.2.11 of kmon.yaml',
  });
});

it("sets a clock by the room's median, although it is connected to no other machine", async () => {
  const m = {
    ...contextOf(PARENT, { clockOffsetMs: -3_600_000 }, [
      asks("printf 'clock", 'clock 1700000000\nuptime 100.00\n'),
    ]),
    factsOf: new Map([[PARENT.name, sampleFacts(PARENT, { clockOffsetMs: -3_600_000 })]]),
  };
  const [thing] = await FIXES['K-CLOCK'](m, { clockMs: 7000 });
  expect(thing?.params).toEqual({ startedMs: 1_699_999_900_000 + 3_607_000 });
});

it('gives a machine its own name, beside the block that preparing it makes', async () => {
  const [thing] = await FIXES['K-HOSTNAME-UNKNOWN'](contextOf(CHILD, { hostname: 'laptop-7' }), ROOM);
  expect(thing?.id).toBe('hosts entry kmon-name');
  expect(thing?.params).toEqual({
    block: 'kmon-name',
    entries: [{ address: '127.0.1.1', names: ['laptop-7'] }],
  });
});
