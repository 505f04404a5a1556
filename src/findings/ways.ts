import { allMachines } from '../room/room.js';
import type { Machine } from '../room/machine.js';
import type { EchoTrial, NetworkProof, PortTrial } from '../trial/network-proof.js';
import type { Sight } from './sight.js';

/** Everything that was tried from one machine to another. */
export interface TriedWay {
  readonly from: string;
  readonly to: string;
  readonly ports: readonly PortTrial[];
  readonly echo?: EchoTrial;
}

/** What the network verdicts look at. */
export interface Tried {
  readonly sight: Sight;
  readonly proof: NetworkProof;
  /** From each machine to each it tried, in the room's order. */
  readonly ways: readonly TriedWay[];
  /** @throws TypeError when the room has no such machine. */
  readonly machine: (name: string) => Machine;
  readonly isParent: (name: string) => boolean;
  /** The way goes over Wi-Fi: one of its ends says so. */
  readonly isWireless: (...names: readonly string[]) => boolean;
}

/** The proof as ways. Trials of a machine with itself, and what nobody listens to there, are taken out. */
export function triedIn(sight: Sight, proof: NetworkProof): Tried {
  const machines = allMachines(sight.config.room);
  const nobody = new Set(
    proof.ports.filter((t) => t.from === t.to && t.outcome !== 'open' && t.outcome !== 'silent').map(keyOf),
  );
  const ports = proof.ports.filter((t) => t.from !== t.to && !nobody.has(keyOf(t)));
  const ways = machines.flatMap(({ name: from }) =>
    machines.flatMap(({ name: to }): readonly TriedWay[] => {
      const own = ports.filter((t) => t.from === from && t.to === to);
      const echo = proof.echoes.find((t) => t.from === from && t.to === to);
      if (own.length === 0 && echo === undefined) return [];
      return [{ from, to, ports: own, ...(echo === undefined ? {} : { echo }) }];
    }),
  );
  return {
    sight,
    proof,
    ways,
    machine: (name) => {
      const found = machines.find((m) => m.name === name);
      if (found === undefined) throw new TypeError(`no machine of the room: ${name}`);
      return found;
    },
    isParent: (name) => name === sight.config.room.parent.name,
    isWireless: (...names) => names.some((name) => wireless(sight, name)),
  };
}

/** Something of what was sent came as far as the other machine. */
export function isAlive({ ports, echo }: TriedWay): boolean {
  return (echo?.arrived ?? 0) > 0 || ports.some((t) => t.outcome === 'open' || t.outcome === 'refused');
}

function wireless(sight: Sight, name: string): boolean {
  const facts = sight.factsOf.get(name);
  const device = facts?.routeToParent?.device;
  return facts?.links.find((l) => l.device === device)?.wireless === true;
}

function keyOf(t: PortTrial): string {
  return `${t.to} ${t.port}`;
}
