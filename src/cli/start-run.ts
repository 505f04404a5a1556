import { systemClock } from '../engine/clock.js';
import { ledgersIn } from '../engine/file-ledger.js';
import type { EngineDeps } from '../engine/deps.js';
import type { EngineEvent } from '../engine/events.js';
import type { Plan } from '../engine/plan.js';
import { exitCodeOf } from '../engine/report.js';
import type { RunReport } from '../engine/report.js';
import { runStages } from '../engine/run.js';
import { inShort } from '../facts/in-short.js';
import { readFacts } from '../facts/read.js';
import type { Observed } from '../room/machine.js';
import type { KnownRoom } from '../room/room.js';
import type { OtherRunner } from '../runner/open-other.js';
import { dryOther, dryRunner } from '../runner/dry.js';
import type { View } from '../ui/view.js';
import { lockHere } from './lock-here.js';
import type { OpenMachines } from './machines.js';
import type { Telling } from './telling.js';

/** Handshakes and commands under way at once: a class is served together without drowning one Wi-Fi. */
const CONCURRENCY = 30;

export interface RunOptions {
  readonly parentMayFail?: boolean;
  readonly leavesNothing?: boolean;
  /** What follows is the result; the end of the run is shown only when it failed, or only when this says so. */
  readonly quiet?: boolean | ((report: RunReport) => boolean);
  /** Observed computers that will surely be changed: what a login or sudo there wants is asked before. Of the others nobody is asked anything. */
  readonly asking?: readonly Observed[];
  /** As in a command with `--dry-run`: looks, and stops before the first change. */
  readonly dryRun?: boolean;
  /** Hears everything that happens in this run. */
  readonly onEvent?: (event: EngineEvent) => void;
}

/** What is known of the room, and of what belongs to it. */
export interface Known<C extends KnownRoom> extends Pick<
  EngineDeps<C>,
  'config' | 'supply' | 'clusterThrough' | 'keepRoomId'
> {
  /** Where the transcripts lie, and the ledgers of computers that are only observed. */
  readonly stateDir: string;
}

/** What every run of a command is carried out with. */
export interface RunParts<C extends KnownRoom> extends Known<C>, Pick<EngineDeps<C>, 'cluster' | 'relay'> {
  /** Its name, for whoever finds the room in use. */
  readonly command: string;
  readonly machines: OpenMachines;
  readonly telling: Telling;
  readonly view: View;
  readonly signal: AbortSignal;
  /** The command is asked to change nothing, whatever the run says. */
  readonly dryRun: boolean;
  /** Whoever else holds the room is dead. */
  readonly breakLock: boolean;
}

/** Carries a plan out and shows its end; see `runStages` for the guarantees. */
export async function startRun<C extends KnownRoom>(
  parts: RunParts<C>,
  plan: Plan<C>,
  options: RunOptions,
): Promise<RunReport> {
  // Questions (passwords) come before the live view; what fails here fails again, with its place, in the run.
  const asked = new Map(
    (options.asking ?? []).map((computer) => [computer.name, parts.machines.other(computer, 'asking')]),
  );
  await Promise.allSettled([...plan.connected.map((m) => parts.machines.open(m)), ...asked.values()]);
  const report = await runStages(plan, depsOf(parts, options, asked));
  parts.telling.finish(report);
  if (!isQuiet(report, options)) await parts.view.finish(report);
  return report;
}

function depsOf<C extends KnownRoom>(
  parts: RunParts<C>,
  options: RunOptions,
  asked: ReadonlyMap<string, Promise<OtherRunner | undefined>>,
): EngineDeps<C> {
  const { config, supply, clusterThrough, cluster, relay, machines, signal, keepRoomId } = parts;
  const dryRun = parts.dryRun || options.dryRun === true;
  const emit = (event: EngineEvent): void => {
    parts.telling.tell(event);
    options.onEvent?.(event);
  };
  return {
    config,
    supply,
    clusterThrough,
    ...(cluster === undefined ? {} : { cluster }),
    ...(relay === undefined ? {} : { relay }),
    computers: {
      reach: async (computer) => {
        const other = await (asked.get(computer.name) ?? machines.other(computer, 'silent'));
        return dryRun && other !== undefined ? dryOther(other, emit) : other;
      },
      ledger: ledgersIn(parts.stateDir),
    },
    connect: async (machine) => {
      const run = await machines.open(machine);
      return dryRun && !run.dryRun ? dryRunner(run, emit) : run;
    },
    redial: (machine) => machines.redial(machine),
    facts: async (run) => {
      const facts = await readFacts(run, config.room.parent.address);
      parts.telling.machine(run.machine, inShort(facts));
      return facts;
    },
    clock: systemClock,
    signal,
    emit,
    dryRun,
    concurrency: CONCURRENCY,
    lock: lockHere(parts.command, parts.breakLock),
    keepRoomId,
    ...(options.parentMayFail === undefined ? {} : { parentMayFail: options.parentMayFail }),
    ...(options.leavesNothing === undefined ? {} : { leavesNothing: options.leavesNothing }),
  };
}

function isQuiet(report: RunReport, { quiet = false }: RunOptions): boolean {
  return typeof quiet === 'function' ? quiet(report) : quiet && exitCodeOf(report) === 0;
}
