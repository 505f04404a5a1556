import type { Outcome, RunReport } from '../engine/report.js';
import { errorText } from './error-text.js';
import type { ErrorTextContext } from './error-text.js';
import { harmlessLine } from './harmless.js';
import type { PlannedChange } from './story.js';
import { plainTheme } from './theme.js';
import type { Theme } from './theme.js';

export interface ReportTextContext extends ErrorTextContext {
  /** Everything the run said it would change, in the order it was said. */
  readonly planned?: readonly PlannedChange[];
  /** Titles of the stages, by id. */
  readonly titles?: ReadonlyMap<string, string>;
}

const OUTCOMES: readonly (readonly [Outcome, string])[] = [
  ['changed', 'changed'],
  ['planned', 'planned'],
  ['unchanged', 'unchanged'],
  ['failed', 'failed'],
  ['not-reached', 'not reached'],
];

/** What a run that found nothing to do says; commands that do not bring a room to what kmon.yaml says have words of their own. */
const NOTHING_TO_DO: Readonly<Record<string, string>> = {
  check: 'nothing that kmon could change',
  teardown: 'nothing to give back: every machine is as it was found',
};

/** Counts of the rows, those that are none left out: "changed 5, unchanged 12". */
export function countsText(outcomes: readonly Outcome[]): string {
  return OUTCOMES.map(([outcome, word]) => ({ word, n: outcomes.filter((o) => o === outcome).length }))
    .filter(({ n }) => n > 0)
    .map(({ word, n }) => `${word} ${n}`)
    .join(', ');
}

/**
 * The failures of a run for people: each child that was set aside with cause and remedy, then what stopped the run, then the
 * transcript. `undefined` when nothing failed. A failure that is a child's own is not said twice.
 */
export function failuresText(report: RunReport, context: ReportTextContext = {}): string | undefined {
  const errors: unknown[] = report.setAside.map((s) => s.error);
  if (report.failure !== undefined && !errors.includes(report.failure)) errors.push(report.failure);
  return errors.length === 0 ? undefined : errorText(new AggregateError(errors), context);
}

/** The end of a run for people: the plan of a dry run, who was set aside, and what it all came to. Ends without a line break. */
export function summaryText(report: RunReport, context: ReportTextContext = {}): string {
  const theme = context.theme ?? plainTheme;
  const plan = report.dryRun ? planText(report, context, theme) : undefined;
  const aside = report.setAside.map((s) => harmlessLine(s.machine)).join(', ');
  return [
    ...(plan === undefined ? [] : [plan, '']),
    ...(aside === '' ? [] : [theme.warn(`set aside: ${aside}`)]),
    verdict(report, theme),
    ...(report.dryRun ? ['nothing was changed: --dry-run'] : []),
  ].join('\n');
}

function verdict(report: RunReport, theme: Theme): string {
  const outcomes = report.rows.map((row) => row.outcome);
  const failed = report.failure !== undefined || report.setAside.length > 0;
  if (!failed && outcomes.every((o) => o === 'unchanged')) {
    return theme.good(NOTHING_TO_DO[report.command] ?? 'nothing to change: everything is as kmon.yaml says');
  }
  const counts = countsText(outcomes);
  const end = `kmon ${report.command}: ${report.failure === undefined ? '' : 'stopped; '}${counts === '' ? 'nothing was done' : counts}`;
  if (report.failure !== undefined) return theme.bad(end);
  return failed ? theme.warn(end) : theme.good(end);
}

/** By stage and machine; machines with the same changes share one list, so that a class of thirty is as short as a class of one. */
function planText(report: RunReport, context: ReportTextContext, theme: Theme): string | undefined {
  const rows = report.rows.filter((row) => row.outcome === 'planned');
  if (rows.length === 0) return undefined;
  const lines = [theme.strong('plan:')];
  for (const stage of new Set(rows.map((row) => row.stage))) {
    const title = context.titles?.get(stage);
    lines.push(`  ${theme.strong(stage)}${title === undefined ? '' : `: ${harmlessLine(title)}`}`);
    const groups = new Map<string, string[]>();
    for (const row of rows.filter((r) => r.stage === stage)) {
      const said = (context.planned ?? [])
        .filter((p) => p.stage === stage && p.machine === row.machine)
        .map((p) => harmlessLine(p.change));
      const changes = said.length > 0 ? said : [harmlessLine(row.because ?? 'to be done')];
      const key = changes.map((change) => `      ${change}`).join('\n');
      groups.set(key, [...(groups.get(key) ?? []), harmlessLine(row.machine)]);
    }
    for (const [changes, machines] of groups) {
      const count = machines.length > 3 ? `${machines.length} machines: ` : '';
      lines.push(`    ${count}${machines.join(', ')}`, changes);
    }
  }
  return lines.join('\n');
}
