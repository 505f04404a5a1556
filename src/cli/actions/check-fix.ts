import type { FindingCode, FixableCode } from '../../findings/index.js';
import { planFor } from '../../engine/plan.js';
import type { Plan } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import { KmonError } from '../../errors/kmon-error.js';
import { networkFor } from '../../findings/sight/room-network.js';
import { roomClockMs } from '../../findings/clock/clock.js';
import { presentIn } from '../../findings/sight/sight.js';
import type { Machine, Observed } from '../../room/machine.js';
import { openExporter } from '../../stages/computer/open-exporter.js';
import { fix } from '../../stages/machine/fix.js';
import type { ToFix } from '../../stages/machine/fix.js';
import { staticAddressStage } from '../../stages/machine/static-address.js';
import { whose } from '../../stages/machine/whose.js';
import { fixPlanText } from '../../ui/fix-text.js';
import type { PlannedChange } from '../../ui/story.js';
import type { App } from '../app.js';
import type { Io } from '../io.js';
import { checkPass } from './check-pass.js';
import type { Pass } from './check-pass.js';
import { exitCodeOfPass, passText, showPass } from './check-report.js';

export interface FixOptions {
  readonly codes: readonly FixableCode[];
  readonly dryRun: boolean;
  readonly yes: boolean;
  /** One result only: what is left in the end. */
  readonly json: boolean;
  /** For K-LEASE. */
  readonly gateway?: string;
}

/**
 * Shows what was found and what would be changed, asks, puts it right, and looks again: that second look is the result. Nothing is
 * changed before somebody has agreed. Resolves to the exit code: of the fix when it failed, else of what is left.
 */
export async function fixFindings(
  io: Io,
  app: App,
  pass: Pass,
  targets: readonly Machine[],
  observed: readonly Observed[],
  options: FixOptions,
): Promise<number> {
  const todo = toFix(pass, options.codes);
  for (const machine of ofOthers(pass.findings, pass.sight.config.room.parent)) {
    app.tell({
      type: 'note',
      machine,
      text: "nothing is put right here before what is somebody else's is settled",
    });
  }
  const machines = targets.filter((m) => todo.has(m.name));
  const closed = observed.filter((o) => todo.has(o.name));
  const plan = fixPlan(app, pass, todo, machines, closed, options);
  const planned = machines.length + closed.length === 0 ? [] : await rehearse(app, plan);
  if (typeof planned === 'number') {
    // Without the parent nothing is changed, but what was found is still worth knowing.
    showPass(io, app, pass, options.codes);
    return planned;
  }
  if (options.dryRun || planned.length === 0) {
    showPass(io, app, pass, options.codes);
    const text = fixPlanText(planned, app.config.room) ?? nothingText([...todo.keys()]);
    if (!options.json) app.view.result(options.dryRun ? `${text}\nnothing was changed: --dry-run` : text);
    return exitCodeOfPass(pass, targets);
  }
  if (!options.json) {
    app.view.result(passText(io, app, pass, options.codes));
    app.view.result(fixPlanText(planned, app.config.room) ?? '');
  }
  await confirm(app, [...machines, ...closed], options);
  const report = await app.run(plan, { asking: closed });
  if (report.failure?.code === 'interrupted') return exitCodeOf(report);
  const after = await checkPass(app, targets, observed);
  if (typeof after === 'number') return after;
  showPass(io, app, after, options.codes);
  return exitCodeOf(report) === 0 ? exitCodeOfPass(after, targets) : exitCodeOf(report);
}

/** A finding may be there although everything that kmon would set is set: what drops is then somewhere that kmon does not reach. */
function nothingText(found: readonly string[]): string {
  return found.length === 0
    ? 'nothing was found that kmon could put right'
    : `no rule or setting is in sight that could be changed on ${found.join(', ')}: follow the remedies above by hand`;
}

/**
 * Machines on which something of somebody else's stands in the way: nothing is put right there before that is settled. Nor anywhere while
 * it is the parent's: the room's lock would lie there.
 */
function ofOthers(findings: Pass['findings'], parent: Machine): readonly string[] {
  const codes: readonly FindingCode[] = ['K-LEFTOVER', 'K-OTHER-ROOM', 'K-OTHER-KUBERNETES'];
  const theirs = findings.filter((f) => f.severity === 'stops' && codes.includes(f.code));
  const machines = theirs.some((f) => f.machine === parent.name) ? findings : theirs;
  return [...new Set(machines.flatMap((f) => f.machine ?? []))];
}

/** By machine, what was found there, was asked for, and can be put right as it was found. */
function toFix({ findings, sight }: Pass, codes: readonly FixableCode[]): ToFix {
  const { parent } = sight.config.room;
  const todo = new Map<string, readonly FixableCode[]>();
  const others = ofOthers(findings, parent);
  for (const { code, machine, fixable } of findings.filter((f) => !others.includes(f.machine ?? ''))) {
    const asked = codes.find((c) => c === code);
    if (!fixable || asked === undefined || machine === undefined) continue;
    todo.set(machine, [...new Set([...(todo.get(machine) ?? []), asked])]);
  }
  return todo;
}

function fixPlan(
  app: App,
  { sight }: Pass,
  todo: ToFix,
  machines: readonly Machine[],
  closed: readonly Observed[],
  { gateway }: FixOptions,
): Plan {
  const clockMs = roomClockMs(presentIn(sight));
  const leased = machines.map((m) => m.name).filter((name) => todo.get(name)?.includes('K-LEASE'));
  const options = gateway === undefined ? {} : { gateway };
  const stages = [
    whose,
    fix(todo, { clockMs }),
    ...(leased.length === 0 ? [] : [staticAddressStage(leased, options)]),
    ...(closed.length === 0 ? [] : [openExporter((computer) => networkFor(sight, computer))]),
  ];
  return planFor('check', app.config.room, stages, machines, machines, closed);
}

/** What would be changed, in order; the exit code when it cannot even be planned, which the view has told then. */
async function rehearse(app: App, plan: Plan): Promise<readonly PlannedChange[] | number> {
  const planned: PlannedChange[] = [];
  const report = await app.run(plan, {
    dryRun: true,
    quiet: true,
    onEvent: (event) => {
      if (event.type === 'planned') planned.push(event);
    },
  });
  return exitCodeOf(report) === 0 ? planned : exitCodeOf(report);
}

/** @throws KmonError `usage` unless somebody agreed, at the terminal or by `--yes`. */
async function confirm(
  app: App,
  machines: readonly (Machine | Observed)[],
  { yes }: FixOptions,
): Promise<void> {
  if (yes) return;
  const names = machines.map((m) => m.name).join(', ');
  if (app.prompter === undefined) {
    throw new KmonError('usage', `what --fix changes on ${names} needs to be confirmed`, {
      hint: 'to do it without a terminal, add --yes; --dry-run shows what it would be',
    });
  }
  await app.view.settled();
  const sure = await app.prompter.confirm(`Change this on ${names}? kmon teardown gives it back.`);
  if (!sure) throw new KmonError('usage', 'not confirmed; nothing was changed');
}
