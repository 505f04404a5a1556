// From single runs to what is told: medians, and ratios taken within a round, where both clients saw the same computer.
import { execFileSync } from 'node:child_process';
import { cpus } from 'node:os';
import type { ClientName } from './clients.js';
import type { Measured } from './measure.js';
import { spreadOf } from './spread.js';

/** By client, in the order of the rounds. */
export type Runs = Readonly<Partial<Record<ClientName, readonly Measured[]>>>;

export interface MeasuredSize {
  readonly machines: number;
  readonly runs: Runs;
}

interface ClientReport {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly memoryMb: number;
  readonly rounds: readonly number[];
}

/** Of ratios: how many times as long as the second the first takes; `null` when one of them was not measured. */
export interface SizeReport {
  readonly machines: number;
  readonly overFloor: number | null;
  readonly overScript: number | null;
  readonly checkOverFloor: number | null;
  readonly ansibleSetupOver: number | null;
  readonly ansibleRawOver: number | null;
  readonly psshOver: number | null;
  readonly clushOver: number | null;
  readonly roundTrips: { readonly facts: number; readonly others: number } | null;
  readonly clientMemoryMb: number | null;
  readonly clients: Readonly<Partial<Record<ClientName, ClientReport>>>;
}

interface Growth {
  readonly machines: number;
  readonly time: number;
}

export interface Report {
  readonly benchmark: 'fanout';
  readonly rounds: number;
  readonly computer: {
    readonly cpus: number;
    readonly node: string;
    readonly packages: Readonly<Record<string, string>>;
  };
  /** These four of the largest size. */
  readonly overFloor: number | null;
  readonly ansibleSetupOver: number | null;
  readonly roundTrips: SizeReport['roundTrips'];
  readonly clientMemoryMb: number | null;
  readonly growth: Growth | null;
  readonly sizes: readonly SizeReport[];
}

/** How many times as long as `other` a client takes: the median over the rounds. */
function ratio(runs: Runs, name: ClientName, other: ClientName): number | null {
  const others = runs[other];
  const ratios = runs[name]?.flatMap((run, i) => run.wallMs / (others?.[i]?.wallMs ?? Number.NaN)) ?? [];
  return ratios.length === 0 || ratios.some(Number.isNaN) ? null : rounded(spreadOf(ratios).median);
}

/** The whole answer; `measured` holds the sizes in rising order. */
export function describe(measured: readonly MeasuredSize[], rounds: number): Report {
  const sizes = measured.map(describeSize);
  const [first, last] = [sizes[0], sizes.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError('nothing was measured');
  return {
    benchmark: 'fanout',
    rounds,
    computer: { cpus: cpus().length, node: process.version, packages: versions(Object.keys(first.clients)) },
    overFloor: last.overFloor,
    ansibleSetupOver: last.ansibleSetupOver,
    roundTrips: last.roundTrips,
    clientMemoryMb: last.clientMemoryMb,
    growth: first === last ? null : growth(first, last),
    sizes,
  };
}

function describeSize({ machines, runs }: MeasuredSize): SizeReport {
  const facts = runs.facts ?? [];
  const details = facts.at(-1)?.details;
  return {
    machines,
    overFloor: ratio(runs, 'facts', 'floor'),
    overScript: ratio(runs, 'facts', 'script'),
    checkOverFloor: ratio(runs, 'check', 'floor'),
    ansibleSetupOver: ratio(runs, 'ansible-setup', 'facts'),
    ansibleRawOver: ratio(runs, 'ansible-raw', 'facts'),
    psshOver: ratio(runs, 'pssh', 'facts'),
    clushOver: ratio(runs, 'clush', 'facts'),
    roundTrips:
      details === undefined
        ? null
        : { facts: details.roundTrips.facts, others: details.roundTrips.all - details.roundTrips.facts },
    clientMemoryMb: facts.length === 0 ? null : Math.max(...facts.map((run) => run.memoryMb)),
    clients: Object.fromEntries(
      Object.entries(runs).map(([name, all]) => [
        name,
        {
          wallMs: spreadOf(all.map((run) => run.wallMs)).median,
          cpuMs: spreadOf(all.map((run) => run.cpuMs)).median,
          memoryMb: Math.max(...all.map((run) => run.memoryMb)),
          rounds: all.map((run) => run.wallMs),
        },
      ]),
    ),
  };
}

/** Time against machines, from the smallest size to the largest: `time` not above `machines` is linear or better. */
function growth(first: SizeReport, last: SizeReport): Growth | null {
  const [from, to] = [first.clients.facts, last.clients.facts];
  if (from === undefined || to === undefined) return null;
  return { machines: rounded(last.machines / first.machines), time: rounded(to.wallMs / from.wallMs) };
}

function versions(clients: readonly string[]): Readonly<Record<string, string>> {
  const packages = {
    'ansible-core': clients.some((name) => name.startsWith('ansible-')),
    pssh: clients.includes('pssh'),
    clustershell: clients.includes('clush'),
    'openssh-server': true,
  };
  return Object.fromEntries(
    Object.entries(packages).flatMap(([name, used]) =>
      used
        ? [[name, execFileSync('dpkg-query', ['-W', '-f', '${Version}', name], { encoding: 'utf8' })]]
        : [],
    ),
  );
}

function rounded(number: number): number {
  return Math.round(number * 100) / 100;
}
