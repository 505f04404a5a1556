import { present } from '../config/optional-key.js';
import { instant } from '../tools/prometheus.js';
import type { PrometheusQuestion } from '../tools/prometheus.js';
import { QUERY_LABEL, rateWindow, together } from './queries.js';
import type { QueryName, ReadingName, Scope } from './queries.js';
import { EXPORTER_JOB, OBSERVED_JOB } from './exporter-job.js';
import { roomQueries } from './room-metrics.js';

/** Of whom the room is made, for Prometheus. */
export interface TopScope {
  readonly scrapeIntervalSeconds: number;
  /** The room has computers that are only observed. */
  readonly observed: boolean;
  /** Under which job it has the machines; absent: `EXPORTER_JOB`. */
  readonly job?: string;
}

function scopeOf({ scrapeIntervalSeconds, job }: TopScope): Scope {
  return { window: rateWindow(scrapeIntervalSeconds), ...present('job', job) };
}

/** Bits per second beside what every look at the room asks for. */
const TRAFFIC = ['received', 'sent'] as const satisfies readonly QueryName[];

/** What is drawn as it went. */
const DRAWN = ['cpu', 'temperature', 'received', 'sent'] as const satisfies readonly QueryName[];

/** The name of the answer to when a silent machine was last heard. */
export const LAST_ANSWER = 'lastAnswer';

/** How far back is looked for the last answer of a silent machine. */
export const LOOKED_BACK_SECONDS = 7200;

/**
 * Everything that a refresh shows, as one expression of one moment.
 *
 * @param silent also when each machine was last heard: for those that are silent, and costly, so it is asked for once and not at every refresh
 */
export function topQuestion(of: TopScope, silent: boolean): PrometheusQuestion {
  const names: readonly (QueryName | ReadingName)[] = [...roomQueries(of.observed), ...TRAFFIC];
  const now = together(names, scopeOf(of));
  return instant(silent ? `${now} or ${lastAnswer(of)}` : now);
}

/** Seconds since the epoch, of each machine's last answer, by the clock of Prometheus. */
function lastAnswer({ scrapeIntervalSeconds, job = EXPORTER_JOB }: TopScope): string {
  const up = `up{job=~"${job}|${OBSERVED_JOB}"}`;
  // Finer than it is asked nothing is known, and each step costs Prometheus a look at every machine.
  const step = Math.max(5, scrapeIntervalSeconds);
  const heard = `(timestamp(${up}) and ${up} == 1)[${LOOKED_BACK_SECONDS}s:${step}s]`;
  return `label_replace(max by (node) (max_over_time(${heard})), "${QUERY_LABEL}", "${LAST_ANSWER}", "", "")`;
}

/**
 * How it went until now, for the lines that are drawn: `points` values of each machine. A subquery of an instant query, and no range: its end is the
 * now of Prometheus, whatever the clock of this computer says.
 */
export function pastQuestion(
  of: TopScope,
  { points, stepSeconds }: { readonly points: number; readonly stepSeconds: number },
): PrometheusQuestion {
  const names = of.observed ? [...DRAWN, 'observedCpu' as const] : DRAWN;
  const drawn = together(names, scopeOf(of));
  return instant(`(${drawn})[${points * stepSeconds}s:${stepSeconds}s]`);
}
