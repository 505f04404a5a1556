import { allComputers } from '../room/room.js';
import type { Room } from '../room/room.js';
import type { Role } from '../room/machine.js';
import type { PrometheusAnswer, Sample } from '../tools/prometheus.js';
import { plausible } from './plausible.js';
import { QUERY_LABEL } from './queries.js';
import { readRoom } from './room-metrics.js';
import type { MachineMetrics, RoomMetrics } from './room-metrics.js';
import { liesText, temperatureOf } from './sensors.js';
import type { Temperature } from './sensors.js';
import { LAST_ANSWER } from './top-queries.js';

/** One machine at one moment, also as JSON: null is "not known". */
export interface TopRow {
  readonly machine: string;
  readonly role: Role | 'observed';
  readonly team: string | null;
  /** `not asked`: Prometheus was not told of it, or has not asked it yet. */
  readonly state: 'answers' | 'silent' | 'not asked';
  /** When a silent machine was last heard, by the clock of Prometheus (RFC 3339); null: not for as long as was looked back, or it is not silent. */
  readonly silentSince: string | null;
  /** Why it is silent, or which of its readings cannot be. */
  readonly because: string | null;
  readonly cpuPercent: number | null;
  readonly memoryPercent: number | null;
  readonly temperature: Temperature | null;
  readonly load1: number | null;
  readonly receivedBitsPerSecond: number | null;
  readonly sentBitsPerSecond: number | null;
  /** That run on it, by the API of Kubernetes. */
  readonly pods: number | null;
}

/** What came of one question for everything. */
export type TopAnswer =
  | {
      readonly kind: 'room';
      /** Of Prometheus' clock, in seconds since the epoch. */
      readonly at: number;
      readonly metrics: RoomMetrics;
      readonly traffic: ReadonlyMap<string, Traffic>;
      /** When each was last heard, as far as it was asked for. */
      readonly heard: ReadonlyMap<string, number>;
    }
  | { readonly kind: 'silent'; readonly because: string };

interface Traffic {
  readonly received?: number;
  readonly sent?: number;
}

/** @param targets why those that are silent do not answer; absent: not asked for. */
export function readTop(values: PrometheusAnswer | undefined, targets?: PrometheusAnswer): TopAnswer {
  const answers = [values, targets].flatMap((answer) => answer ?? []);
  const room = readRoom(answers);
  if (room.kind === 'silent' || values?.kind !== 'vector')
    return { kind: 'silent', because: room.kind === 'silent' ? room.because : 'an unexpected answer' };
  const traffic = new Map<string, Traffic>();
  const heard = new Map<string, number>();
  for (const { labels, value } of values.samples) {
    const node = labels['node'] ?? '';
    const query = labels[QUERY_LABEL];
    if (query === LAST_ANSWER) heard.set(node, value);
    else if (query === 'received' || query === 'sent') {
      const bits = plausible('bitsPerSecond', value);
      if (bits !== undefined) traffic.set(node, { ...traffic.get(node), [query]: bits });
    }
  }
  return { kind: 'room', at: latest(values.samples), metrics: room.metrics, traffic, heard };
}

function latest(samples: readonly Sample[]): number {
  return samples.reduce((at, sample) => Math.max(at, sample.at), 0);
}

/**
 * The room in its own order, observed computers last.
 *
 * @param heard When each silent machine was last heard, as far as that is known.
 * @param pods How many run on each node; absent: not known.
 */
export function topRows(
  room: Room,
  answer: Extract<TopAnswer, { kind: 'room' }>,
  heard: ReadonlyMap<string, number>,
  pods: ReadonlyMap<string, number> | undefined,
): readonly TopRow[] {
  return allComputers(room).map((computer): TopRow => {
    const metrics = answer.metrics.get(computer.name);
    const silent = metrics?.up === false;
    // A rate still has a value for as long as its window: it is none of now.
    const values = silent ? undefined : metrics;
    const traffic = silent ? undefined : answer.traffic.get(computer.name);
    const since = silent ? heard.get(computer.name) : undefined;
    const role = 'role' in computer ? computer.role : 'observed';
    return {
      machine: computer.name,
      role,
      team: computer.team ?? null,
      state: metrics === undefined ? 'not asked' : silent ? 'silent' : 'answers',
      silentSince: since === undefined ? null : new Date(since * 1000).toISOString(),
      because: becauseOf(metrics),
      cpuPercent: values?.cpuPercent ?? null,
      memoryPercent: values?.memoryPercent ?? null,
      // Its exporter may know no temperature: "not known", and never "no sensor".
      temperature: role === 'observed' ? null : (temperatureOf(metrics) ?? null),
      load1: values?.load1 ?? null,
      receivedBitsPerSecond: traffic?.received ?? null,
      sentBitsPerSecond: traffic?.sent ?? null,
      pods: role === 'observed' || pods === undefined ? null : (pods.get(computer.name) ?? 0),
    };
  });
}

function becauseOf(metrics: MachineMetrics | undefined): string | null {
  if (metrics === undefined) return 'Prometheus has not asked it yet';
  if (!metrics.up) return metrics.lastError ?? null;
  const lies = liesText(metrics.lies);
  return lies.length === 0 ? null : lies.join(', ');
}

/** What the rows may be ordered by. */
export const TOP_ORDERS = ['machine', 'cpu', 'memory', 'temperature', 'load', 'network', 'pods'] as const;
export type TopOrder = (typeof TOP_ORDERS)[number];

/** The highest first, those without that value last; `machine`: the room's own order. Rows that are alike stay in the room's order. */
export function inOrder(rows: readonly TopRow[], order: TopOrder): readonly TopRow[] {
  if (order === 'machine') return rows;
  const of = (row: TopRow): number => valueOf(row, order) ?? -Infinity;
  // The difference of two infinities is no number.
  return rows.toSorted((a, b) => (of(a) === of(b) ? 0 : of(b) - of(a)));
}

function valueOf(row: TopRow, order: Exclude<TopOrder, 'machine'>): number | null {
  switch (order) {
    case 'cpu':
      return row.cpuPercent;
    case 'memory':
      return row.memoryPercent;
    case 'temperature':
      return typeof row.temperature === 'number' ? row.temperature : null;
    case 'load':
      return row.load1;
    case 'network':
      return row.receivedBitsPerSecond === null && row.sentBitsPerSecond === null
        ? null
        : (row.receivedBitsPerSecond ?? 0) + (row.sentBitsPerSecond ?? 0);
    case 'pods':
      return row.pods;
  }
}
