import { present } from '../config/optional-key.js';
import {
  activeTargets,
  instant,
  type PrometheusAnswer,
  type PrometheusQuestion,
  type Sample,
} from '../tools/prometheus.js';
import { plausible, type Gauge } from './plausible.js';
import { QUERY_LABEL, rateWindow, together, type QueryName, type ReadingName } from './queries.js';
import { EXPORTER_JOB, JOB_AMONG_OTHERS, OBSERVED_JOB } from './exporter-job.js';
import type { Lies } from './sensors.js';

/** What Prometheus knows of one machine at one moment. What is absent is not known (yet). */
export interface MachineMetrics {
  readonly up: boolean;
  readonly cpuPercent?: number;
  readonly memoryPercent?: number;
  readonly load1?: number;
  readonly celsius?: number;
  /** What it says that cannot be: then the value itself is absent. */
  readonly lies?: Lies;
  /** Why its exporter does not answer, in Prometheus' words. */
  readonly lastError?: string;
}

/** By name, observed computers included. A machine that Prometheus was not told of, or has not asked yet, is absent. */
export type RoomMetrics = ReadonlyMap<string, MachineMetrics>;

/** Prometheus answers with the room, or does not: then the reason. */
export type RoomAnswer =
  | { readonly kind: 'metrics'; readonly metrics: RoomMetrics }
  | { readonly kind: 'silent'; readonly because: string };

/**
 * Readings are asked for as they are, so that one that cannot be is told from one that is not there. The temperature is asked for twice:
 * of several sensors the sane ones count.
 */
const ASKED = [
  'up',
  'cpuRead',
  'memoryRead',
  'load1Read',
  'temperature',
  'temperatureRead',
] as const satisfies readonly (QueryName | ReadingName)[];
const ASKED_OF_OBSERVED = [
  'observedUp',
  'observedCpuRead',
  'observedMemoryRead',
] as const satisfies readonly (QueryName | ReadingName)[];

/**
 * What to ask by `askPrometheus` in order to know the room; answered by `readRoom`.
 *
 * @param of.observed the room has computers that are only observed
 * @param of.job under which Prometheus has the machines; absent: `EXPORTER_JOB`
 */
export function roomQuestions(of: {
  readonly scrapeIntervalSeconds: number;
  readonly observed?: boolean;
  readonly job?: string;
}): readonly PrometheusQuestion[] {
  const asked = roomQueries(of.observed === true);
  const scope = { window: rateWindow(of.scrapeIntervalSeconds), ...present('job', of.job) };
  return [instant(together(asked, scope)), activeTargets];
}

/** What `readRoom` reads out of one answer: whoever asks for more at the same moment puts it behind these. */
export function roomQueries(observed: boolean): readonly (QueryName | ReadingName)[] {
  return observed ? [...ASKED, ...ASKED_OF_OBSERVED] : ASKED;
}

const UP: readonly (string | undefined)[] = ['up', 'observedUp'] satisfies readonly QueryName[];
const JOBS: readonly (string | undefined)[] = [EXPORTER_JOB, JOB_AMONG_OTHERS, OBSERVED_JOB];

export function readRoom(answers: readonly PrometheusAnswer[]): RoomAnswer {
  const [values, targets] = answers;
  if (values?.kind !== 'vector')
    return { kind: 'silent', because: values?.kind === 'error' ? values.message : 'an unexpected answer' };
  const metrics = new Map<string, MachineMetrics>();
  for (const { labels, value } of values.samples) {
    if (UP.includes(labels[QUERY_LABEL]) && labels['node'] !== undefined)
      metrics.set(labels['node'], { up: value === 1 });
  }
  for (const sample of values.samples) {
    const node = sample.labels['node'] ?? '';
    const known = metrics.get(node);
    if (known !== undefined) metrics.set(node, withReading(known, sample));
  }
  for (const { labels, health, lastError } of targets?.kind === 'targets' ? targets.targets : []) {
    const node = labels['node'] ?? '';
    const known = metrics.get(node);
    if (JOBS.includes(labels['job']) && health === 'down' && known !== undefined && lastError !== '')
      metrics.set(node, { ...known, lastError: shortened(lastError) });
  }
  return { kind: 'metrics', metrics };
}

type Value = keyof Lies;

const VALUES: Readonly<Partial<Record<string, readonly [value: Value, gauge: Gauge]>>> = {
  cpuRead: ['cpuPercent', 'percentOfTime'],
  observedCpuRead: ['cpuPercent', 'percentOfTime'],
  memoryRead: ['memoryPercent', 'percent'],
  observedMemoryRead: ['memoryPercent', 'percent'],
  load1Read: ['load1', 'load'],
  temperature: ['celsius', 'celsius'],
  temperatureRead: ['celsius', 'celsius'],
} satisfies Readonly<Partial<Record<QueryName | ReadingName, readonly [Value, Gauge]>>>;

/** The machine with one reading more. One that cannot be is a lie, unless another tells the same value. */
function withReading(known: MachineMetrics, { labels, value: read }: Sample): MachineMetrics {
  const [value, gauge] = VALUES[labels[QUERY_LABEL] ?? ''] ?? [];
  if (value === undefined || gauge === undefined || known[value] !== undefined) return known;
  const { lies = {}, ...rest } = known;
  const counts = plausible(gauge, read);
  if (counts === undefined) return { ...rest, lies: { ...lies, [value]: read } };
  const others = Object.entries(lies).filter(([key]) => key !== value);
  return {
    ...rest,
    [value]: counts,
    ...(others.length === 0 ? {} : { lies: Object.fromEntries(others) }),
  };
}

/** `Get "http://10.0.0.1:9100/metrics": dial tcp 10.0.0.1:9100: connect: connection refused` → the part after the address twice. */
function shortened(error: string): string {
  return error.replace(/^Get "[^"]*": /, '').replace(/^dial tcp [^ ]+: (connect: )?/, '');
}
