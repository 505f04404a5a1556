import { supplyFor } from '../../../src/artifacts/supply-for.js';
import type { EchoTrial, NetworkProof, PortTrial, SpeedTrial } from '../../../src/trial/network-proof.js';
import { reachedPorts } from '../../../src/room/ports.js';
import type { Sight } from '../../../src/findings/sight/sight.js';
import type { Config, KubernetesConfig } from '../../../src/config/config.js';
import { DEFAULTS } from '../../../src/config/defaults.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import type { ErrorCode } from '../../../src/errors/exit-codes.js';
import type { Facts, Link, Listener } from '../../../src/facts/facts.js';
import type { Machine } from '../../../src/room/machine.js';
import { CHILD, OTHER, PARENT, sampleConfig, sampleFacts } from '../../support/sample-room.js';

export const ROOM: readonly Machine[] = [PARENT, CHILD, OTHER];
export const GIB = 1024 ** 3;

/** A clean room in which some machines are different; machines that could not be seen told no facts. */
export function sightOf(
  different: Readonly<Record<string, Partial<Facts>>>,
  more: Partial<Omit<Sight, 'factsOf'>> = {},
): Sight {
  const unseen = more.unseen ?? [];
  const seen = ROOM.filter((m) => !unseen.some((u) => u.machine === m.name));
  return {
    config: sampleConfig(),
    supply: supplyFor(more.config ?? {}),
    factsOf: new Map(seen.map((m) => [m.name, sampleFacts(m, different[m.name])])),
    ...more,
    unseen,
  };
}

export function withKubernetes(kubernetes: Partial<KubernetesConfig>): Config {
  return sampleConfig({ kubernetes: { ...DEFAULTS.kubernetes, ...kubernetes } });
}

/** Nothing was seen of pc-11, for that reason. */
export function unseen(code: ErrorCode, message: string, hint?: string): Sight {
  const error = new KmonError(code, message, hint === undefined ? {} : { hint });
  return sightOf({}, { unseen: [{ machine: CHILD.name, error }] });
}

/** A copy in which a key is not there. */
export function without<T extends object, K extends keyof T>(object: T, key: K): Omit<T, K> {
  const copy: Partial<T> = { ...object };
  Reflect.deleteProperty(copy, key);
  return copy as Omit<T, K>;
}

export const listener = (port: number, process: string, more: Partial<Listener> = {}): Listener => ({
  protocol: 'tcp',
  port,
  address: '0.0.0.0',
  process,
  pid: 812,
  ...more,
});

export const link = (device: string, mac: string, more: Partial<Link> = {}): Link => ({
  device,
  mac,
  physical: true,
  wireless: false,
  up: true,
  mtu: 1500,
  ...more,
});

/** Routes of pc-11, with those that every machine of the room has. */
export const routes = (...more: Facts['routes']): Facts['routes'] => [
  { destination: 'default', device: 'eth0', via: '192.0.2.1' },
  { destination: '192.0.2.0/24', device: 'eth0' },
  ...more,
];

/** What of a trial of a clean room is different. `undefined`: the trial was not made. */
export interface Different {
  readonly port?: (trial: PortTrial) => Partial<PortTrial>;
  readonly echo?: (trial: EchoTrial) => Partial<EchoTrial>;
  readonly speed?: (trial: SpeedTrial) => Partial<SpeedTrial>;
  readonly rest?: Partial<NetworkProof>;
}

/** Everything that is tried in that room, and comes through. */
export function proof({ port, echo, speed, rest }: Different = {}): NetworkProof {
  const config = sampleConfig();
  const ways = ROOM.flatMap((from) => ROOM.filter((to) => to !== from).map((to) => ({ from, to })));
  return {
    ports: ways.flatMap(({ from, to }) =>
      reachedPorts(to, config)
        .filter((p) => p.protocol === 'tcp')
        .map((p) => {
          const trial: PortTrial = {
            from: from.name,
            to: to.name,
            port: p.port,
            outcome: 'open',
            rttMs: 0.4,
          };
          return { ...trial, ...port?.(trial) };
        }),
    ),
    echoes: ways.map(({ from, to }) => {
      const trial: EchoTrial = {
        from: from.name,
        to: to.name,
        port: 8472,
        sent: 100,
        arrived: 100,
        answered: 100,
        rttMs: 0.4,
        mtu: 1500,
        mtuThere: 1500,
      };
      return { ...trial, ...echo?.(trial) };
    }),
    speeds: ways
      .filter(({ from, to }) => from === PARENT || to === PARENT)
      .map(({ from, to }) => {
        const trial: SpeedTrial = {
          from: from.name,
          to: to.name,
          bitsPerSecond: 90_000_000,
          when: 'together',
        };
        return { ...trial, ...speed?.(trial) };
      }),
    sources: [],
    untried: [],
    ...rest,
  };
}

/** The network of the room as it was tried, everything else clean. */
export function tried(different: Different): Sight {
  return sightOf({}, { network: proof(different) });
}

export const SAMPLE_PROOF: NetworkProof = proof({
  rest: {
    sources: [{ machine: 'pc-11', host: 'packages.example', port: 443, outcome: 'open' }],
    untried: [{ machine: 'pc-12', what: 'everything', because: 'no perl' }],
  },
});
