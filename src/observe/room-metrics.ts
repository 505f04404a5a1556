import {
  activeTargets,
  instant,
  type PrometheusAnswer,
  type PrometheusQuestion,
  type Sample,
} from '../tools/prometheus.js';
import { QUERY_LABEL, rateWindow, together, type QueryName } from './queries.js';

/** What Prometheus knows of one machine at one moment. What is absent is not known (yet). */
export interface MachineMetrics {
  readonly up: boolean;
  readonly cpuPercent?: number;
  readonly memoryPercent?: number;
  readonly load1?: number;
  readonly celsius?: number;
  /** Why its exporter does not answer, in Prometheus' words. */
  readonly lastError?: string;
}

/** By name, observed computers included. A machine that Prometheus was not told of, or has not asked yet, is absent. */
export type RoomMetrics = ReadonlyMap<string, MachineMetrics>;

/** Prometheus answers with the room, or does not: then the reason. */
export type RoomAnswer =
  | { readonly kind: 'metrics'; readonly metrics: RoomMetrics }
  | { readonly kind: 'silent'; readonly because: string };

const ASKED = ['up', 'cpu', 'memory', 'load1', 'temperature'] as const satisfies readonly QueryName[];
const ASKED_OF_OBSERVED = [
  'observedUp',
  'observedCpu',
  'observedMemory',
] as const satisfies readonly QueryName[];

/**
 * What to ask by `askPrometheus` in order to know the room; answered by `readRoom`.
 *
 * @param of.observed the room has computers that are only observed
 */
export function roomQuestions(of: {
  readonly scrapeIntervalSeconds: number;
  readonly observed?: boolean;
}): readonly PrometheusQuestion[] {
  const asked = of.observed === true ? [...ASKED, ...ASKED_OF_OBSERVED] : ASKED;
  return [instant(together(asked, { window: rateWindow(of.scrapeIntervalSeconds) })), activeTargets];
}

const UP: readonly (string | undefined)[] = ['up', 'observedUp'] satisfies readonly QueryName[];
const JOBS: readonly (string | undefined)[] = ['node-exporter', 'observed'];

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
    if (known !== undefined) metrics.set(node, { ...known, ...measured(sample) });
  }
  for (const { labels, health, lastError } of targets?.kind === 'targets' ? targets.targets : []) {
    const node = labels['node'] ?? '';
    const known = metrics.get(node);
    if (JOBS.includes(labels['job']) && health === 'down' && known !== undefined && lastError !== '')
      metrics.set(node, { ...known, lastError: shortened(lastError) });
  }
  return { kind: 'metrics', metrics };
}

function measured({ labels, value }: Sample): Partial<MachineMetrics> {
  // A rate over a single sample is absent, 0/0 is NaN: neither is a value.
  if (!Number.isFinite(value)) return {};
  switch (labels[QUERY_LABEL]) {
    case 'cpu':
    case 'observedCpu':
      // Counters of several cores are read one after the other: sums may be out by a hair.
      return { cpuPercent: Math.min(100, Math.max(0, value)) };
    case 'memory':
    case 'observedMemory':
      return { memoryPercent: value };
    case 'load1':
      return { load1: value };
    case 'temperature':
      return { celsius: value };
    case undefined:
    default:
      return {};
  }
}

/** `Get "http://10.0.0.1:9100/metrics": dial tcp 10.0.0.1:9100: connect: connection refused` → the part after the address twice. */
function shortened(error: string): string {
  return error.replace(/^Get "[^"]*": /, '').replace(/^dial tcp [^ ]+: (connect: )?/, '');
}
