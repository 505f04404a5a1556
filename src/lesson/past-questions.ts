import { ROOM_QUERIES } from '../observe/room-queries.js';
import { rateWindow, together } from '../observe/queries.js';
import type { QueryName } from '../observe/queries.js';
import { activeAlerts, instant } from '../tools/prometheus.js';
import type { PrometheusQuestion } from '../tools/prometheus.js';

/** Over what Prometheus is asked. */
export interface PastScope {
  readonly scrapeIntervalSeconds: number;
  /** The room has computers that are only observed. */
  readonly observed: boolean;
  /** Until now. */
  readonly seconds: number;
}

/** A line on a telephone has no room for more. */
const POINTS = 240;
/** How finely is seen when an alert began and ended; each costs a look at every alert. */
const ALERT_POINTS = 720;

/** What a report draws of each machine. */
export type Drawn = 'cpuPercent' | 'memoryPercent' | 'celsius';

/** The queries, and what of a machine each tells. */
export const DRAWN_BY: Readonly<Partial<Record<string, Drawn>>> = {
  cpu: 'cpuPercent',
  observedCpu: 'cpuPercent',
  memory: 'memoryPercent',
  observedMemory: 'memoryPercent',
  temperature: 'celsius',
} satisfies Readonly<Partial<Record<QueryName, Drawn>>>;

const OF_NODES = ['cpu', 'memory', 'temperature'] as const satisfies readonly QueryName[];
const OF_OBSERVED = ['observedCpu', 'observedMemory'] as const satisfies readonly QueryName[];

/** Between two points of a line: no finer than Prometheus asks. */
export function curveStepSeconds({ scrapeIntervalSeconds, seconds }: PastScope): number {
  return Math.max(scrapeIntervalSeconds, Math.ceil(seconds / POINTS));
}

export function alertStepSeconds({ scrapeIntervalSeconds, seconds }: PastScope): number {
  return Math.max(scrapeIntervalSeconds, Math.ceil(seconds / ALERT_POINTS));
}

/**
 * Everything that a report asks of Prometheus, in this order: what fires now, what time it is there, what fired, and how each machine went. What is
 * asked of the past are subqueries of now, and no ranges: their end is the now of Prometheus, whatever the clock of this computer says.
 */
export function pastQuestions(of: PastScope): readonly PrometheusQuestion[] {
  const names = of.observed ? [...OF_NODES, ...OF_OBSERVED] : OF_NODES;
  const window = rateWindow(of.scrapeIntervalSeconds);
  return [
    activeAlerts,
    instant('vector(time())'),
    instant(over(ROOM_QUERIES.firing(), of.seconds, alertStepSeconds(of))),
    instant(over(together(names, { window }), of.seconds, curveStepSeconds(of))),
  ];
}

function over(expr: string, seconds: number, stepSeconds: number): string {
  return `(${expr})[${Math.max(stepSeconds, Math.ceil(seconds))}s:${stepSeconds}s]`;
}
