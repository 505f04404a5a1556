import { wayOut } from '../../facts/place.js';
import type { Machine } from '../../room/machine.js';
import { allMachines } from '../../room/room.js';
import type { EchoTrial, NetworkProof, PortTrial } from '../../trial/network-proof.js';
import { takenPorts } from '../leftovers/taken-ports.js';
import type { Sight } from '../sight/sight.js';
import type { RoomVerdictOf, FindingOf } from '../subject.js';

/** Everything that was tried from one machine to another. */
export interface TriedWay {
  readonly from: string;
  readonly to: string;
  readonly ports: readonly PortTrial[];
  readonly echo?: EchoTrial;
}

/** What the network verdicts look at. */
export interface TriedNetwork {
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

/** A verdict on what was tried; nothing where the network was not. */
export function ofTried<Code extends string>(
  verdict: (tried: TriedNetwork) => readonly FindingOf<Code>[],
): RoomVerdictOf<Code> {
  return (sight) => (sight.network === undefined ? [] : verdict(triedIn(sight, sight.network)));
}

/** What was made of a sight once serves all verdicts on it. */
const made = new WeakMap<Sight, TriedNetwork>();

function triedIn(sight: Sight, network: NetworkProof): TriedNetwork {
  const tried = made.get(sight) ?? waysIn(sight, withoutTaken(sight, network));
  made.set(sight, tried);
  return tried;
}

/**
 * A program of somebody else's that has the port may be too busy to answer, or choose whom it answers: its silence proves nothing of the
 * network. That the port is taken is a finding of its own, and the port is tried again when it is free.
 */
function withoutTaken(sight: Sight, proof: NetworkProof): NetworkProof {
  const taken = new Set(
    allMachines(sight.config.room).flatMap((machine) => {
      const facts = sight.factsOf.get(machine.name);
      if (facts === undefined) return [];
      return takenPorts(sight.config, machine, facts).map(({ port }) => `${machine.name} ${port.port}`);
    }),
  );
  const tells = (t: NetworkProof['ports'][number]): boolean =>
    t.outcome === 'open' || !taken.has(`${t.to} ${t.port}`);
  return { ...proof, ports: proof.ports.filter(tells) };
}

/** The proof as ways. Trials of a machine with itself, and what nobody listens to there, are taken out. */
function waysIn(sight: Sight, proof: NetworkProof): TriedNetwork {
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
  const machine = allMachines(sight.config.room).find((m) => m.name === name);
  const device = machine === undefined ? undefined : wayOut(machine, facts)?.device;
  return facts?.links.find((l) => l.device === device)?.wireless === true;
}

function keyOf(t: PortTrial): string {
  return `${t.to} ${t.port}`;
}
