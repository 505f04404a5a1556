import type { ToldFailure, ToldRun } from './told-run.js';

/** Something that did not go well, and what became of it; also as JSON: null is "none". */
export interface Difficulty {
  /** `null`: it was about no machine. */
  readonly machine: string | null;
  /** Id of the stage that failed; `null`: it failed before any. */
  readonly stage: string | null;
  /** As people read it. */
  readonly title: string | null;
  /** The first command that met it. */
  readonly command: string;
  /** When it was met first and last, RFC 3339. */
  readonly firstAt: string;
  readonly lastAt: string;
  /** How often it was met. */
  readonly times: number;
  /** Kind of failure; see the exit codes. */
  readonly code: string;
  readonly reason: string;
  readonly evidence: string | null;
  /** What was advised. */
  readonly hint: string | null;
  /** It was about what was asked for then (an address, a model, a team): that something else went well later does not solve it. */
  readonly aboutAsked: boolean;
  /** The first later run in which the same went well; `null`: none did, or nobody can say. */
  readonly solved: { readonly at: string; readonly command: string } | null;
}

/** What is nobody's difficulty: somebody pressed Ctrl-C. */
const NONE = ['interrupted'];

/** Planned: a dry run found nothing in the way. */
const WELL = ['changed', 'unchanged', 'planned'];

/** The report itself looks at a room that may be gone. */
const UNTOLD = ['report'];

/** Of these stages a later one on the same machine may be about something else; transcripts do not say what was asked for. */
const STAGES_ASKED = [
  'fix',
  'forget-team-keys',
  'http-load',
  'http-target',
  'load-fits',
  'remove-addons',
  'remove-team-accounts',
  'remove-teams',
  'static-address',
  'stress',
  'unwatch-app',
  'watch-app',
];

/** The same of what failed before any stage. */
const COMMANDS_ASKED = [
  'addon add',
  'addon remove',
  'addon verify',
  'load',
  'stress',
  'teams card',
  'teams remove',
  'watch-app',
];

interface Met {
  readonly failure: ToldFailure;
  readonly machine: string | null;
  readonly stage: string | null;
  readonly title: string | null;
  readonly command: string;
  readonly dryRun: boolean;
  readonly firstAt: number;
  lastAt: number;
  times: number;
  solved: { readonly at: number; readonly command: string } | null;
}

/**
 * What failed on which machine, in the order in which it was met, and which later run of the same stage on that machine went well. What failed
 * again for the same reason is one difficulty.
 *
 * @param runs In the order of time.
 */
export function difficultiesIn(runs: readonly ToldRun[]): readonly Difficulty[] {
  const all: Met[] = [];
  for (const run of runs) {
    if (UNTOLD.includes(run.command)) continue;
    const told = new Set<string>();
    for (const { at, machine, stage, title, outcome, dryRun, failure } of run.results) {
      if (WELL.includes(outcome))
        solve(all, { ...run, dryRun }, at, (m) => m.machine === machine && m.stage === stage);
      else if (outcome === 'failed' && failure !== undefined)
        meet(all, told, { ...run, dryRun }, { at, machine, stage, title, failure });
    }
    for (const { at, machine = null, stage = null, ...failure } of run.failures) {
      // A failure that has a place was told by its stage.
      if (stage === null || !run.results.some((r) => r.stage === stage && r.outcome === 'failed'))
        meet(all, told, run, { at, machine, stage, title: stage, failure });
    }
    if (run.exitCode === 0) {
      const { command, endedAt } = run;
      solve(all, run, endedAt, (m) => m.stage === null && m.command === command);
    }
  }
  return all.map(shown);
}

/** Nothing that came later is known to have solved it, and something could have. */
export function isOpen({ solved, aboutAsked }: Difficulty): boolean {
  return solved === null && !aboutAsked;
}

function solve(all: readonly Met[], run: ToldRun, at: number, isIt: (met: Met) => boolean): void {
  for (const met of all)
    // Dry runs prove nothing to those that were none.
    if (met.solved === null && !isAboutAsked(met) && isIt(met) && (!run.dryRun || met.dryRun))
      met.solved = { at, command: run.command };
}

function isAboutAsked({ stage, command }: Met): boolean {
  return stage === null ? COMMANDS_ASKED.includes(command) : STAGES_ASKED.includes(stage);
}

function meet(
  all: Met[],
  told: Set<string>,
  { command, dryRun }: ToldRun,
  {
    at,
    failure,
    ...place
  }: Pick<Met, 'machine' | 'stage' | 'title'> & { readonly at: number; readonly failure: ToldFailure },
): void {
  if (NONE.includes(failure.code)) return;
  // It is told when it happens, when the machine is set aside, and at the end of the run.
  const once = JSON.stringify([place.machine, place.stage, failure.reason]);
  if (told.has(once)) return;
  told.add(once);
  const known = all.find(
    (m) =>
      m.solved === null &&
      m.machine === place.machine &&
      m.stage === place.stage &&
      m.failure.reason === failure.reason,
  );
  if (known === undefined)
    all.push({ ...place, failure, command, dryRun, firstAt: at, lastAt: at, times: 1, solved: null });
  else {
    known.lastAt = at;
    known.times += 1;
  }
}

function shown(met: Met): Difficulty {
  const { failure, firstAt, lastAt, solved } = met;
  const { code, reason, evidence = null, hint = null } = failure;
  return {
    machine: met.machine,
    stage: met.stage,
    title: met.title,
    command: met.command,
    times: met.times,
    firstAt: new Date(firstAt).toISOString(),
    lastAt: new Date(lastAt).toISOString(),
    code,
    reason,
    evidence,
    hint,
    aboutAsked: isAboutAsked(met),
    solved: solved === null ? null : { ...solved, at: new Date(solved.at).toISOString() },
  };
}
