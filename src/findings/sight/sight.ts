import type { Supply } from '../../artifacts/supply.js';
import type { OtherSight } from '../../computers/computer.js';
import type { Config } from '../../config/config.js';
import type { KmonError, OtherSystem } from '../../errors/kmon-error.js';
import type { Facts } from '../../facts/facts.js';
import type { Machine } from '../../room/machine.js';
import { allMachines } from '../../room/room.js';
import type { NetworkProof } from '../../trial/network-proof.js';

/** Everything that was seen of the room: what the verdicts are made from. Plain data, but for the supply, which answers from what is known. */
export interface Sight {
  readonly config: Config;
  readonly supply: Supply;
  /** By name; only machines that answered. */
  readonly factsOf: ReadonlyMap<string, Facts>;
  /** Machines that could not be looked at, and why. */
  readonly unseen: readonly { readonly machine: string; readonly error: KmonError }[];
  /** Absent: the network was not tried. */
  readonly network?: NetworkProof;
  /** Of the computers that are only observed; absent: the room has none, or they were not looked at. */
  readonly observed?: readonly ObservedSeen[];
}

/** How the parent fared when it tried a computer's exporter. `untried`: there is no parent to try it from. */
export type ExporterOutcome = 'open' | 'silent' | 'refused' | 'no-route' | 'untried';

/** What was seen of a computer that is only observed. */
export interface ObservedSeen {
  readonly name: string;
  readonly exporter: ExporterOutcome;
  /** The other port that exporters usually have, when that one answers. */
  readonly elsewhere?: number;
  /** Absent: its SSH does not answer, which is no finding, or it is a Linux. */
  readonly system?: OtherSystem;
  /** Windows and macOS only. */
  readonly look?: OtherSight;
}

/** A machine that told its facts. */
export interface Present {
  readonly machine: Machine;
  readonly facts: Facts;
}

/** The machines of the room that told their facts, in the room's order. */
export function presentIn(sight: Pick<Sight, 'config' | 'factsOf'>): readonly Present[] {
  return allMachines(sight.config.room).flatMap((machine) => {
    const facts = sight.factsOf.get(machine.name);
    return facts === undefined ? [] : [{ machine, facts }];
  });
}
