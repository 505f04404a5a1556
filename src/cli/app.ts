import { join } from 'node:path';
import { supplyFor } from '../artifacts/supply-for.js';
import type { Supply } from '../artifacts/supply.js';
import { throughContext } from '../cluster/through-context.js';
import type { Config } from '../config/config.js';
import { loadConfig } from '../config/load.js';
import type { EngineEvent } from '../engine/events.js';
import type { Plan } from '../engine/plan.js';
import type { RunReport } from '../engine/report.js';
import { exitCodeOfError } from '../errors/exit-code-of-error.js';
import { factsCommand } from '../facts/script.js';
import type { Observed } from '../room/machine.js';
import type { OtherRunner } from '../runner/open-other.js';
import { createPrompter } from '../ui/prompter.js';
import type { Prompter } from '../ui/prompter.js';
import type { View } from '../ui/view.js';
import { carryOut } from './carry-out.js';
import type { RunOptions } from './carry-out.js';
import type { Io } from './io.js';
import { openMachines } from './machines.js';
import type { OpenMachines } from './machines.js';
import { provenBundle } from './proven-bundle.js';
import { openTelling } from './telling.js';
import type { Telling } from './telling.js';
import { openView } from './with-view.js';
import type { ShowOptions } from './with-view.js';

/** How a command is asked to go about its work. */
export interface AppOptions extends ShowOptions {
  /** The file; `undefined`: kmon.yaml in this folder. */
  readonly config?: string | undefined;
  readonly dryRun?: boolean;
  readonly breakLock?: boolean;
}

/** The same about some machines of the room; all when none is named. */
export interface RoomOptions extends AppOptions {
  readonly only: readonly string[];
}

/** What a command works with. */
export interface App {
  readonly config: Config;
  readonly supply: Supply;
  readonly view: View;
  readonly prompter: Prompter | undefined;
  /** Where the transcript of this command is written. */
  readonly transcript: string;
  /** See `OpenMachines.other`. */
  other(computer: Observed, how: 'asking' | 'silent'): Promise<OtherRunner | undefined>;
  /** For what happens outside of a run: shown, and kept in the transcript. */
  tell(event: EngineEvent): void;
  /** See `carryOut`. */
  run(plan: Plan, options?: RunOptions): Promise<RunReport>;
}

/** For commands that are not about a kmon.yaml. */
export interface Setup {
  readonly load?: () => Promise<Config>;
  /** The command may send parts of the bundle: it is proven first. */
  readonly installs?: boolean;
  /** The machine is this computer: no SSH. */
  readonly local?: boolean;
  /** The command is about the cluster that this kubeconfig context leads to, and about no room. */
  readonly context?: string;
}

/** What is to be closed again, as far as it was opened. */
interface Opened {
  telling?: Telling;
  machines?: OpenMachines;
}

/**
 * Opens what a command needs (configuration, view, transcript, machines), gives it to `work`, and closes everything whatever happens.
 * Resolves to the exit code; failures are shown here and nowhere else.
 */
export async function withApp(
  io: Io,
  command: string,
  options: AppOptions,
  work: (app: App) => Promise<number>,
  setup: Setup = {},
): Promise<number> {
  const view = await openView(io, options);
  const opened: Opened = {};
  let exitCode = 0;
  try {
    exitCode = await work(await openApp(io, command, options, setup, view, opened));
  } catch (error) {
    opened.telling?.fail(error);
    view.fail(error);
    exitCode = exitCodeOfError(error);
  } finally {
    await opened.machines?.close();
    opened.telling?.close();
    await view.close(exitCode);
  }
  return exitCode;
}

async function openApp(
  io: Io,
  command: string,
  options: AppOptions,
  setup: Setup,
  view: View,
  opened: Opened,
): Promise<App> {
  const { stdin, stderr, signal, version } = io;
  const local = setup.local === true;
  const dryRun = options.dryRun === true;
  const config = await (setup.load?.() ?? loadConfig(options.config, io.cwd));
  const supply = supplyFor(config, setup.installs === true ? await provenBundle(config, signal) : undefined);
  const telling = openTelling(view, { folder: join(config.stateDir, 'transcripts'), command, version });
  opened.telling = telling;
  signal.addEventListener('abort', () => {
    telling.tell({
      type: 'note',
      text: 'stopping after the running command; press Ctrl-C again to leave now',
    });
  });
  const prompter = createPrompter({ stdin, stderr, signal });
  const machines = openMachines({
    config,
    prompter,
    emit: telling.tell,
    signal,
    dryRun,
    local,
    along: factsCommand(config.room.parent.address),
    onSecret: telling.mask,
  });
  opened.machines = machines;
  const breakLock = options.breakLock === true;
  const cluster =
    setup.context === undefined
      ? undefined
      : throughContext({ context: setup.context, dryRun, trace: telling.tell });
  const parts = {
    command,
    config,
    supply,
    cluster,
    machines,
    telling,
    view,
    signal,
    dryRun,
    local,
    breakLock,
  };
  return {
    config,
    supply,
    view,
    prompter,
    transcript: telling.path,
    other: (computer, how) => machines.other(computer, how),
    tell: telling.tell,
    run: (plan, runOptions = {}) => carryOut(parts, plan, runOptions),
  };
}
