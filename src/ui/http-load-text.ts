import type { LoadRow } from '../apps/http-load/load-rows.js';
import { harmlessLine } from './harmless.js';
import { tableText } from './table.js';
import type { Column } from './table.js';
import { plainTheme } from './theme.js';
import type { Theme } from './theme.js';

/** From here on the generator's own processors are what the numbers are about. */
const GENERATOR_BUSY_PERCENT = 90;

const right = (title: string): Column => ({ title, align: 'right' });

const ASKED: readonly Column[] = ['connections', 'answers/s', 'p50 ms', 'p95 ms', 'p99 ms', 'errors'].map(
  right,
);
const SEEN: readonly Column[] = [right('replicas'), right('pods CPU'), { title: 'busiest machine' }];

/** Kinds of error that are told behind the table; the rest is in the JSON. */
const MOST_KINDS = 5;

/** The table of a load, a row a step, and behind it what errors there were and what makes the numbers worth less. */
export function httpLoadText(rows: readonly LoadRow[], theme: Theme = plainTheme): string {
  const scaled = rows.some((row) => row.autoscaler !== null);
  const columns = [...ASKED, ...SEEN, ...(scaled ? [{ title: 'autoscaler' }] : [])];
  const table = tableText(
    columns,
    rows.map((row) => [
      row.connections,
      row.answersPerSecond === null ? undefined : rate(row.answersPerSecond),
      ...[row.p50Ms, row.p95Ms, row.p99Ms].map((ms) => (ms === null ? undefined : milliseconds(ms))),
      row.errors ?? undefined,
      replicasText(row),
      row.podsCores === null ? undefined : row.podsCores.toFixed(2),
      row.busiest === null ? undefined : `${row.busiest.machine} ${Math.round(row.busiest.cpuPercent)} %`,
      ...(scaled ? [autoscalerText(row)] : []),
    ]),
    theme,
  );
  return [table, ...errorLines(rows), ...generatorLines(rows)].join('\n');
}

/** "1→3→4", and "1→3 of 4" where not all are ready at the end. */
function replicasText({ replicas, replicasWanted }: LoadRow): string | undefined {
  if (replicas.length === 0) return undefined;
  const [first = 0, last = 0] = [replicas[0], replicas.at(-1)];
  // Of a long way the ends and the height.
  const way = replicas.length > 4 ? [first, Math.max(...replicas), last] : replicas;
  const missing = replicasWanted !== null && replicasWanted !== last ? ` of ${replicasWanted}` : '';
  return `${way.join('→')}${missing}`;
}

function autoscalerText({ autoscaler }: LoadRow): string | undefined {
  if (autoscaler === null) return undefined;
  const { wants, most, metrics } = autoscaler;
  return `wants ${wants} of at most ${most}: ${metrics.join(', ')}`;
}

function errorLines(rows: readonly LoadRow[]): readonly string[] {
  return rows.flatMap(({ connections, errorsBy }) => {
    if (errorsBy.length === 0) return [];
    const some = errorsBy.slice(0, MOST_KINDS).map(({ because, count }) => `${because} (${count})`);
    const more = errorsBy.length > some.length ? ', …' : '';
    return [harmlessLine(`errors with ${connections}: ${some.join(', ')}${more}`)];
  });
}

function generatorLines(rows: readonly LoadRow[]): readonly string[] {
  const limited = rows.filter(({ generatorPercent }) => (generatorPercent ?? 0) >= GENERATOR_BUSY_PERCENT);
  if (limited.length === 0) return [];
  const which = limited.map(({ connections }) => connections).join(', ');
  return [
    `with ${which} the machine that asks was at its own limit: the application may give more than the table says`,
  ];
}

function rate(perSecond: number): string {
  return perSecond >= 100 ? String(Math.round(perSecond)) : perSecond.toFixed(1);
}

function milliseconds(ms: number): string {
  return ms >= 100 ? String(Math.round(ms)) : ms.toFixed(1);
}
