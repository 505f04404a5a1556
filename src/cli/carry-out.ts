import type { Supply } from '../artifacts/supply.js';
import type { ClusterRunner } from '../cluster/cluster-runner.js';
import { throughParent } from '../cluster/through-parent.js';
import type { Config } from '../config/config.js';
import { keepRoomId } from '../config/room-id.js';
import { systemClock } from '../engine/clock.js';
import type { EngineDeps } from '../engine/deps.js';
import type { EngineEvent } from '../engine/events.js';
import type { Plan } from '../engine/plan.js';
import { exitCodeOf } from '../engine/report.js';
import type { RunReport } from '../engine/report.js';
import { runStages } from '../engine/run.js';
import { readFacts } from '../facts/read.js';
import { dryRunner } from '../runner/dry.js';
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
  /** As in a command with `--dry-run`: looks, and stops before the first change. */
  readonly dryRun?: boolean;
  /** Hears everything that happens in this run. */
  readonly onEvent?: (event: EngineEvent) => void;
}

/** What every run of a command is carried out with. */
export interface RunParts {
  /** Its name, for whoever finds the room in use. */
  readonly command: string;
  readonly config: Config;
  readonly supply: Supply;
  /** The run is about this cluster, which is no room's; see `EngineDeps.cluster`. */
  readonly cluster: ClusterRunner | undefined;
  readonly machines: OpenMachines;
  readonly telling: Telling;
  readonly view: View;
  readonly signal: AbortSignal;
  /** The command is asked to change nothing, whatever the run says. */
  readonly dryRun: boolean;
  /** Whoever else holds the room is dead. */
  readonly breakLock: boolean;
  /** The machine is this computer: its own ledger is given back without a room, so no id of one is kept. */
  readonly local: boolean;
}

/** Carries a plan out and shows its end; see `runStages` for the guarantees. */
export async function carryOut(parts: RunParts, plan: Plan, options: RunOptions): Promise<RunReport> {
  // Questions (passwords) come before the live view; what fails here fails again, with its place, in the run.
  await Promise.allSettled(plan.connected.map((m) => parts.machines.open(m)));
  const report = await runStages(plan, depsOf(parts, options));
  parts.telling.finish(report);
  if (!isQuiet(report, options)) await parts.view.finish(report);
  return report;
}

function depsOf(parts: RunParts, options: RunOptions): EngineDeps {
  const { config, supply, cluster, machines, signal } = parts;
  const dryRun = parts.dryRun || options.dryRun === true;
  const emit = (event: EngineEvent): void => {
    parts.telling.tell(event);
    options.onEvent?.(event);
  };
  return {
    config,
    supply,
    clusterThrough: (parent) => throughParent(parent, supply),
    ...(cluster === undefined ? {} : { cluster }),
    connect: async (machine) => {
      const run = await machines.open(machine);
      return dryRun && !run.dryRun ? dryRunner(run, emit) : run;
    },
    redial: (machine) => machines.redial(machine),
    facts: (run) => readFacts(run, config.room.parent.address),
    clock: systemClock,
    signal,
    emit,
    dryRun,
    concurrency: CONCURRENCY,
    lock: lockHere(parts.command, parts.breakLock),
    keepRoomId: async (id) => {
      if (!parts.local) await keepRoomId(config.stateDir, id);
    },
    ...(options.parentMayFail === undefined ? {} : { parentMayFail: options.parentMayFail }),
    ...(options.leavesNothing === undefined ? {} : { leavesNothing: options.leavesNothing }),
  };
}

function isQuiet(report: RunReport, { quiet = false }: RunOptions): boolean {
  return typeof quiet === 'function' ? quiet(report) : quiet && exitCodeOf(report) === 0;
}
