import { describe, expect, it } from 'vitest';
import type { Addon, NetworkContext } from '../../../src/addons/addon.js';
import { routes } from '../../../src/addons/routes/routes.js';
import { vxlan } from '../../../src/addons/vxlan/vxlan.js';
import { DEFAULTS } from '../../../src/config/defaults.js';
import type { Resource } from '../../../src/resources/resource.js';
import type { Machine } from '../../../src/room/machine.js';
import { podNetworkUnit } from '../../../src/tools/pod-network.js';
import { canBePrivate, PrivateMachine } from '../resources/private-machine.js';
import { CHILD, OTHER, PARENT, sampleConfig, sampleFacts } from '../../support/sample-room.js';

const NODES = [
  { name: PARENT.name, podCidr: '10.244.0.0/24', internalIp: '10.77.0.10' },
  { name: CHILD.name, podCidr: '10.244.1.0/24', internalIp: '10.77.0.11' },
  { name: OTHER.name, podCidr: '10.244.2.0/24', internalIp: '10.77.0.12' },
];

function contextOf(machine: Machine, mtus: Readonly<Record<string, number>> = {}): NetworkContext {
  const room = [PARENT, CHILD, OTHER];
  const facts = (m: Machine) =>
    sampleFacts(m, {
      routeToParent: { source: m.address, device: 'lan0' },
      links: [
        {
          ...{ device: 'lan0', mac: '02:00:00:00:00:01', physical: true, wireless: false, up: true },
          mtu: mtus[m.name] ?? 1500,
        },
      ],
    });
  return {
    machine,
    config: sampleConfig({ kubernetes: DEFAULTS.kubernetes }),
    factsOf: new Map(room.map((m) => [m.name, facts(m)])),
    about: [PARENT],
  };
}

/** All that a run gives the machine, but for what only systemd can do. */
function thingsOn({ onMachines }: Addon, machine: Machine): readonly Resource[] {
  const c = contextOf(machine);
  const all = [
    ...(onMachines?.here(NODES, c) ?? []),
    ...(machine.role === 'child' ? (onMachines?.toPeers(NODES, c) ?? []) : []),
  ];
  return all.filter((thing) => thing.kind !== 'unit' && !thing.id.endsWith('.service'));
}

/** The unit's command, as systemd hands it to the shell. */
function command(): string {
  const [, text = ''] = /^ExecStart=\/bin\/sh -c '(.*)'$/m.exec(podNetworkUnit) ?? [];
  return text.replaceAll('$$', '$');
}

describe.skipIf(!canBePrivate).each([
  [routes.id, 'parent', routes, PARENT],
  [routes.id, 'child', routes, CHILD],
  [vxlan.id, 'parent', vxlan, PARENT],
  [vxlan.id, 'child', vxlan, CHILD],
] as const)('%s, on the %s', (_, _role, addon, machine) => {
  it('is made, is there again after a restart, and goes', { timeout: 30_000 }, async () => {
    const own = await PrivateMachine.start();
    try {
      const before = own.snapshot();
      const things = thingsOn(addon, machine);
      const found = await own.look(things);
      for (const [i, thing] of things.entries()) await own.mutate('', thing.change(found[i] ?? null));
      const made = own.snapshot();
      const isThere = async (): Promise<readonly string[]> => {
        const now = await own.look(things);
        return things.filter((thing, i) => !thing.satisfied(now[i] ?? null)).map((thing) => thing.id);
      };
      expect(await isThere()).toEqual([]);
      expect(own.sh('ip route')).toContain('10.244.2.0/24 via');
      // A pod of this machine that is gone: not by the way to all pods, on which it would come back.
      const dead = machine === PARENT ? '10.244.0.77' : '10.244.1.77';
      expect(own.exec(`ip route get ${dead}`, '').stderr).toContain('No route to host');

      own.sh('ip -4 route flush proto static; ip link delete kmon-vxlan 2>/dev/null || :');
      expect(await isThere()).not.toEqual([]);
      own.sh('ip link set lan0 down');
      expect(own.exec(command(), '').exitCode).toBe(addon === routes ? 1 : 0);
      own.sh('ip link set lan0 up');
      own.sh(command());
      expect(await isThere()).toEqual([]);
      expect(own.snapshot()).toBe(made);
      own.sh(command());
      expect(own.snapshot(), 'once more does no harm').toBe(made);

      const now = await own.look(things);
      for (const [i, thing] of [...things.entries()].toReversed()) {
        const way = thing.restore(found[i] ?? null, now[i] ?? null);
        if (way !== 'nothing' && !('leave' in way)) await own.mutate('', way);
      }
      expect(own.snapshot()).toBe(before);
    } finally {
      own.stop();
    }
  });
});

describe('the overlay', () => {
  const mtuOn = (machine: Machine, mtus: Readonly<Record<string, number>>): string | undefined => {
    const [conflist, device] = vxlan.onMachines?.here(NODES, contextOf(machine, mtus)) ?? [];
    const inDevice = /mtu (\d+)/.exec(device?.change({ link: '', addresses: [] }).script ?? '')?.[1];
    expect(conflist?.change({ what: { type: 'absent' } }).script).toContain(`"mtu": ${inDevice ?? ''}`);
    return inDevice;
  };

  it.each([
    ['as usual', {}, '1450'],
    ['of a small link of its own', { [CHILD.name]: 1400 }, '1350'],
    ['of a small link of the parent', { [PARENT.name]: 1300, [CHILD.name]: 1400 }, '1250'],
    ['not of somebody else, who need not be in the run', { [OTHER.name]: 1300 }, '1450'],
    ['not of a large one, which others may not have', { [PARENT.name]: 9000, [CHILD.name]: 9000 }, '1450'],
  ])('fits into the packets %s', (_, mtus, mtu) => {
    expect(mtuOn(CHILD, mtus)).toBe(mtu);
  });
});

/** Answers whatever comes to the pod. */
const ECHOES = `nsenter --net=/run/netns/there perl -MIO::Socket::INET -e 'alarm 10;
  my $s = IO::Socket::INET->new(Proto => "udp", LocalAddr => "10.244.0.9", LocalPort => 7) or die $!;
  $s->recv(my $d, 2000); $s->send($d)'`;

/** Asks until there is an answer, and tells how long it is. No packet may be taken apart on the way. */
const ASKS = `perl -MIO::Socket::INET -MSocket=IPPROTO_IP -e 'alarm 10; my $d;
  my $s = IO::Socket::INET->new(Proto => "udp", PeerAddr => "10.244.0.9", PeerPort => 7) or die $!;
  setsockopt($s, IPPROTO_IP, 10, 2) or die $!;
  until (defined $d && length $d) { $s->send("x" x 1422); select(undef, undef, undef, 0.1); $s->recv($d, 2000, 64) }
  print length $d'`;

describe('packets of the overlay', () => {
  it.skipIf(!canBePrivate)('come to the other machine in full size', { timeout: 30_000 }, async () => {
    const own = await PrivateMachine.start();
    try {
      // Two machines: this one, and another network namespace at the other end of its cable.
      own.sh(`ip netns add there && ip link set lan1 netns there
ip -n there address add 10.77.0.10/24 dev lan1; ip -n there link set lan1 up; ip -n there link set lo up
ip address del 10.77.0.2/24 dev lan0; ip address add 10.77.0.11/24 dev lan0`);
      const scripts = (machine: Machine): readonly string[] =>
        thingsOn(vxlan, machine)
          .filter(({ kind }) => kind !== 'file')
          .map((thing) => thing.change(nothing(thing)).script);
      for (const script of scripts(CHILD)) own.sh(script);
      for (const script of scripts(PARENT)) own.sh(`nsenter --net=/run/netns/there sh -c '${script}'`);
      // A pod of the parent's, by the route to its range, in packets as large as they may be: 1450 bytes, 28 of them headers.
      own.sh('ip -n there address add 10.244.0.9/32 dev lo');
      expect(own.sh(`${ECHOES} & ${ASKS}; wait`)).toBe('1422');
    } finally {
      own.stop();
    }
  });
});

function nothing(thing: Resource) {
  return thing.parse({ exitCode: 0, stdout: '', stderr: '', durationMs: 0 });
}
