import type { Facts } from '../../facts/facts.js';
import type { Machine, Observed, Role } from '../../room/machine.js';
import { allMachines } from '../../room/room.js';
import type { NetworkProof } from '../../trial/network-proof.js';
import type { NetworkHere } from '../../trial/networks-here.js';
import { networksSeen } from '../network/networks.js';
import { roomAddressing } from '../sight/devices.js';
import type { Finding } from '../index.js';
import type { ExporterOutcome, Sight } from '../sight/sight.js';

/** One machine in the result of `kmon check`; what it did not tell is absent. */
export interface CheckedMachine {
  readonly name: string;
  readonly role: Role;
  readonly address: string;
  /** It told its facts. */
  readonly reached: boolean;
  /** Name of the operating system: "Debian GNU/Linux 12 (bookworm)". */
  readonly system?: string;
  readonly cpus?: number;
  readonly memoryBytes?: number;
  /** Names of temperature sensors; empty: it has none. */
  readonly sensors?: readonly string[];
  /** How the machine has come to the address of kmon.yaml; absent when nobody on it tells. */
  readonly addressing?: 'leased' | 'static';
}

/** One computer that is only observed. */
export interface CheckedComputer {
  readonly name: string;
  readonly address: string;
  /** Where its exporter is looked for. */
  readonly port: number;
  readonly exporter: ExporterOutcome;
  /** Name of its system, where its SSH tells. */
  readonly system?: string;
}

/** The `data` of the line `result` that `kmon check --json` prints. docs/check.schema.json describes it. */
export interface CheckResult {
  readonly room: string;
  /** Those that were looked at (`--only` leaves some out), the parent first. */
  readonly machines: readonly CheckedMachine[];
  /** As `verdicts` orders them. */
  readonly findings: readonly Finding[];
  /** What was measured, when the network was tried. */
  readonly network?: NetworkProof;
  /** Which pod networks would work, in the order in which `network: auto` takes them; absent: the network was not tried. */
  readonly networks?: readonly NetworkHere[];
  /** Computers that are only observed; absent: the room has none. */
  readonly observed?: readonly CheckedComputer[];
}

/** What was seen and what is to be said about it, as data. Pure. */
export function checkResult(sight: Sight, findings: readonly Finding[]): CheckResult {
  const { room } = sight.config;
  const networks = networksSeen(sight);
  return {
    room: room.name,
    machines: allMachines(room)
      .filter(({ name }) => sight.factsOf.has(name) || sight.unseen.some((u) => u.machine === name))
      .map((machine) => checked(machine, sight.factsOf.get(machine.name))),
    findings,
    ...(sight.network === undefined ? {} : { network: sight.network }),
    ...(networks === undefined ? {} : { networks }),
    ...(sight.observed === undefined ? {} : { observed: room.observed.flatMap(checkedComputer(sight)) }),
  };
}

function checked(machine: Machine, facts: Facts | undefined): CheckedMachine {
  const { name, role, address } = machine;
  if (facts === undefined) return { name, role, address, reached: false };
  const how = roomAddressing({ machine, facts });
  return {
    name,
    role,
    address,
    reached: true,
    ...(facts.os.name === '' ? {} : { system: facts.os.name }),
    ...(facts.cpus === 0 ? {} : { cpus: facts.cpus }),
    ...(facts.memoryBytes === 0 ? {} : { memoryBytes: facts.memoryBytes }),
    sensors: facts.sensors,
    ...(how === undefined ? {} : { addressing: how.leased ? 'leased' : 'static' }),
  };
}

function checkedComputer({ observed = [] }: Sight) {
  return ({ name, address, exporterPort }: Observed): readonly CheckedComputer[] =>
    observed
      .filter((seen) => seen.name === name)
      .map(({ exporter, system }) => ({
        name,
        address,
        port: exporterPort,
        exporter,
        ...(system === undefined ? {} : { system: system.name }),
      }));
}
