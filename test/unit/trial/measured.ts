import { supplyFor } from '../../../src/artifacts/supply-for.js';
import type { Finding } from '../../../src/findings/index.js';
import { PORTS, reachedPorts } from '../../../src/room/ports.js';
import { trialPeers } from '../../../src/trial/pairs.js';
import type { EchoTrial, NetworkProof, PortTrial, SpeedTrial } from '../../../src/trial/network-proof.js';
import { networkVerdicts } from '../../support/network-verdicts.js';
import type { Config } from '../../../src/config/config.js';
import type { Facts } from '../../../src/facts/facts.js';
import type { Machine } from '../../../src/room/machine.js';
import { allMachines } from '../../../src/room/room.js';
import { sampleConfig, sampleFacts } from '../../support/sample-room.js';

/** What is not as in a clean room: what a function gives replaces what was measured. */
export interface Faults {
  readonly port?: (from: string, to: string, port: number) => Partial<PortTrial> | undefined;
  readonly echo?: (from: string, to: string) => Partial<EchoTrial> | undefined;
  readonly speeds?: readonly SpeedTrial[];
  readonly more?: Partial<NetworkProof>;
  readonly facts?: (name: string) => Partial<Facts>;
  readonly config?: Partial<Config>;
}

/** A room of a parent `p` and children `c1`, `c2`, … */
export function roomOf(children: number, more: Partial<Config> = {}): Config {
  const machine = (name: string, i: number, role: Machine['role']): Machine => ({
    name,
    address: `192.0.2.${10 + i}`,
    role,
  });
  const config = sampleConfig(more);
  return {
    ...config,
    room: {
      ...config.room,
      parent: machine('p', 0, 'parent'),
      children: Array.from({ length: children }, (_, i) => machine(`c${i + 1}`, i + 1, 'child')),
    },
  };
}

/** What the trials see in a room. */
export function proofIn(config: Config, faults: Faults = {}): NetworkProof {
  const machines = allMachines(config.room);
  const peers = trialPeers(
    config.room.name,
    config.room.parent.name,
    config.room.children.map((c) => c.name),
  );
  const ways = machines.flatMap((from) =>
    machines.filter((to) => peers.get(from.name)?.includes(to.name)).map((to) => ({ from: from.name, to })),
  );
  return {
    ports: ways.flatMap(({ from, to }) =>
      reachedPorts(to, config)
        .filter((p) => p.protocol === 'tcp')
        .map(({ port }) => {
          const fault = faults.port?.(from, to.name, port);
          const trial: PortTrial = { from, to: to.name, port, outcome: 'open', ...fault };
          return trial.outcome === 'open' ? { rttMs: 0.4, ...trial } : trial;
        }),
    ),
    echoes: ways.map(({ from, to: { name: to } }) => ({
      from,
      to,
      port: PORTS.overlay.port,
      sent: 50,
      arrived: 50,
      answered: 50,
      rttMs: 0.5,
      mtu: 1500,
      mtuThere: 1500,
      ...faults.echo?.(from, to),
    })),
    speeds: faults.speeds ?? speeds(config, {}),
    sources: [],
    untried: [],
    ...faults.more,
  };
}

/** Speeds of all children together, in Mbit/s both ways; what is not named is fast. */
export function speeds(config: Config, slow: Readonly<Record<string, number>>): readonly SpeedTrial[] {
  const parent = config.room.parent.name;
  return config.room.children.flatMap(({ name }) => {
    const bitsPerSecond = (slow[name] ?? 95) * 1e6;
    return [
      { from: parent, to: name, bitsPerSecond, when: 'together' as const },
      { from: name, to: parent, bitsPerSecond, when: 'together' as const },
    ];
  });
}

/** The same for one child alone. */
export function alone(child: string, toChild: number, fromChild = toChild): readonly SpeedTrial[] {
  return [
    { from: 'p', to: child, bitsPerSecond: toChild * 1e6, when: 'alone' },
    { from: child, to: 'p', bitsPerSecond: fromChild * 1e6, when: 'alone' },
  ];
}

export const LINK = { mac: '', physical: true, wireless: false, up: true, mtu: 1500 };

/** What is said about a room of so many children. */
export function judged(children: number, faults: Faults = {}): readonly Finding[] {
  const config = roomOf(children, faults.config);
  const factsOf = new Map(
    allMachines(config.room).map((m) => [
      m.name,
      sampleFacts(m, { links: [{ ...LINK, device: 'eth0' }], ...faults.facts?.(m.name) }),
    ]),
  );
  return networkVerdicts({
    config,
    supply: supplyFor(config),
    factsOf,
    unseen: [],
    network: proofIn(config, faults),
  });
}

/** "CODE machine: evidence", which is what a finding is told by. */
export function told(findings: readonly Finding[]): readonly string[] {
  return findings.map((f) => `${f.code} ${f.severity} ${f.machine ?? 'room'}: ${f.evidence}`);
}
