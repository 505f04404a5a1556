import { readFileSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';
import { join } from 'node:path';
import { readBundle } from '../bundle/read.js';
import { verifyBundle } from '../bundle/verify.js';
import type { Bundle } from '../bundle/bundle.js';
import type { Config } from '../config/config.js';
import { loadConfig } from '../config/load.js';
import { keepRoomId } from '../config/room-id.js';
import { findMinor } from '../config/versions.js';
import { systemClock } from '../engine/clock.js';
import type { EngineEvent } from '../engine/events.js';
import { BEAT_MS } from '../engine/lock.js';
import type { LockOwner } from '../engine/lock.js';
import type { Plan } from '../engine/plan.js';
import { exitCodeOf } from '../engine/report.js';
import type { RunReport } from '../engine/report.js';
import { runStages } from '../engine/run.js';
import { KmonError } from '../errors/kmon-error.js';
import { exitCodeOfError } from '../errors/exit-code-of-error.js';
import { dryRunner } from '../runner/dry.js';
import { factsCommand } from '../facts/script.js';
import type { Observed } from '../room/machine.js';
import { readFacts } from '../facts/read.js';
import type { OtherRunner } from '../runner/open-other.js';
import type { Secret } from '../shell/secret.js';
import { createPrompter } from '../ui/prompter.js';
import type { Prompter } from '../ui/prompter.js';
import { Transcript } from '../ui/transcript.js';
import type { View } from '../ui/view.js';
import type { Io } from './io.js';
import { openMachines } from './machines.js';
import type { OpenMachines } from './machines.js';
import { openView } from './with-view.js';
import type { ShowOptions } from './with-view.js';

/** Handshakes and commands under way at once: a class is served together without drowning one Wi-Fi. */
const CONCURRENCY = 30;

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
  readonly bundle: Bundle | undefined;
  readonly view: View;
  readonly prompter: Prompter | undefined;
  /** Where the transcript of this command is written. */
  readonly transcript: string;
  /** See `OpenMachines.other`. */
  other(computer: Observed, how: 'asking' | 'silent'): Promise<OtherRunner | undefined>;
  /** For what happens outside of a run: shown, and kept in the transcript. */
  tell(event: EngineEvent): void;
  /** Carries a plan out and shows its end; see `runStages` for the guarantees. */
  run(plan: Plan, options?: RunOptions): Promise<RunReport>;
}

export interface RunOptions {
  readonly parentMayFail?: boolean;
  /** What follows is the result; the end of the run is shown only when it failed, or only when this says so. */
  readonly quiet?: boolean | ((report: RunReport) => boolean);
  /** As in a command with `--dry-run`: looks, and stops before the first change. */
  readonly dryRun?: boolean;
  /** Hears everything that happens in this run. */
  readonly onEvent?: (event: EngineEvent) => void;
}

/** For commands that are not about a kmon.yaml. */
export interface Setup {
  readonly load?: () => Promise<Config>;
  /** The command may send parts of the bundle: it is proven first. */
  readonly installs?: boolean;
  /** The machine is this computer: no SSH. */
  readonly local?: boolean;
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
  let exitCode = 0;
  let transcript: Transcript | undefined;
  let machines: OpenMachines | undefined;
  try {
    const config = await (setup.load?.() ?? loadConfig(options.config, io.cwd));
    const bundle = setup.installs === true ? await provenBundle(config, io.signal) : undefined;
    transcript = Transcript.open({
      folder: join(config.stateDir, 'transcripts'),
      command,
      version: io.version,
    });
    const record = transcript;
    const secrets: Secret[] = [];
    const emit = (event: EngineEvent): void => {
      const full = event.type === 'run-started' ? { ...event, transcript: record.path } : event;
      record.handle(full);
      view.handle(full);
    };
    io.signal.addEventListener('abort', () => {
      emit({ type: 'note', text: 'stopping after the running command; press Ctrl-C again to leave now' });
    });
    const prompter = createPrompter({ stdin: io.stdin, stderr: io.stderr, signal: io.signal });
    const open = openMachines({
      config,
      prompter,
      emit,
      signal: io.signal,
      dryRun: options.dryRun === true,
      local: setup.local === true,
      along: factsCommand(config.room.parent.address),
      onSecret: (secret) => {
        secrets.push(secret);
        record.redact(secrets);
      },
    });
    machines = open;
    exitCode = await work({
      config,
      bundle,
      view,
      prompter,
      transcript: record.path,
      other: (computer, how) => open.other(computer, how),
      tell: emit,
      run: async (plan, runOptions = {}) => {
        const { quiet = false, onEvent } = runOptions;
        const dryRun = options.dryRun === true || runOptions.dryRun === true;
        const tell = (event: EngineEvent): void => {
          emit(event);
          onEvent?.(event);
        };
        // Questions (passwords) come before the live view; what fails here fails again, with its place, in the run.
        await Promise.allSettled(plan.connected.map((m) => open.open(m)));
        const report = await runStages(plan, {
          config,
          ...(bundle === undefined ? {} : { bundle }),
          connect: async (machine) => {
            const run = await open.open(machine);
            return dryRun && !run.dryRun ? dryRunner(run, tell) : run;
          },
          redial: (machine) => open.redial(machine),
          facts: (run) => readFacts(run, config.room.parent.address),
          clock: systemClock,
          signal: io.signal,
          emit: tell,
          dryRun,
          concurrency: CONCURRENCY,
          lock: { owner: owner(command), force: options.breakLock === true, isDead: diedHere, beating },
          // This computer's own ledger is given back without a room.
          keepRoomId: async (id) => {
            if (setup.local !== true) await keepRoomId(config.stateDir, id);
          },
          ...(runOptions.parentMayFail === undefined ? {} : { parentMayFail: runOptions.parentMayFail }),
        });
        record.finish(report);
        const isQuiet = typeof quiet === 'function' ? quiet(report) : quiet && exitCodeOf(report) === 0;
        if (!isQuiet) await view.finish(report);
        return report;
      },
    });
  } catch (error) {
    transcript?.fail(error);
    view.fail(error);
    exitCode = exitCodeOfError(error);
  } finally {
    await machines?.close();
    if (transcript?.problem !== undefined) {
      view.handle({ type: 'note', text: `the transcript is not complete: ${transcript.problem}` });
    }
    transcript?.close();
    await view.close(exitCode);
  }
  return exitCode;
}

/** The usual command: one plan, carried out. */
export async function runPlan(
  io: Io,
  command: string,
  options: AppOptions,
  plan: (app: App) => Plan,
): Promise<number> {
  const work = async (app: App): Promise<number> => exitCodeOf(await app.run(plan(app)));
  return withApp(io, command, options, work, { installs: true });
}

async function provenBundle(config: Config, signal: AbortSignal): Promise<Bundle | undefined> {
  if (config.bundle === undefined) return undefined;
  const bundle = await readBundle(config.bundle);
  const { version } = config.kubernetes;
  if (findMinor(bundle.kubernetes)?.version !== version) {
    throw new KmonError(
      'config',
      `kmon.yaml asks for Kubernetes ${version}, the bundle has ${bundle.kubernetes}`,
      {
        hint: 'change kubernetes.version or bundle in kmon.yaml',
      },
    );
  }
  await verifyBundle(bundle, join(config.stateDir, 'bundle-proven.json'), signal);
  return bundle;
}

function owner(command: string): Omit<LockOwner, 'run'> {
  return {
    command,
    who: `${userInfo().username}@${hostname()}`,
    computer: hostname(),
    ...bootOf(),
    pid: process.pid,
    since: new Date().toISOString(),
  };
}

/** Linux has a number of its own for every start; elsewhere the name of the computer has to do. */
function bootOf(): { readonly boot?: string } {
  try {
    return { boot: readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim() };
  } catch {
    return {};
  }
}

function beating(beat: () => Promise<void>): () => void {
  const timer = setInterval(() => void beat(), BEAT_MS);
  timer.unref();
  return () => {
    clearInterval(timer);
  };
}

/** The holder ran on this computer and is no more. */
function diedHere(holder: LockOwner): boolean {
  const { boot } = bootOf();
  const here = holder.computer === hostname() && (boot === undefined || holder.boot === boot);
  if (!here || holder.pid === process.pid) return false;
  try {
    process.kill(holder.pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}
