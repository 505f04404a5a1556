import type { MachineMetrics, RoomMetrics } from './room-metrics.js';
import { temperatureOf, type Temperature } from './sensors.js';

/** `before` the load starts, `load` while it runs and its trace is still in the window of the rate, `after` that. */
export type WatchPhase = 'before' | 'load' | 'after';

/** Values of one machine; absent: never seen. */
export interface StressValues {
  readonly cpuPercent?: number;
  readonly memoryPercent?: number;
  readonly temperature?: Temperature;
}

export interface StressRow {
  readonly machine: string;
  /** The last values before the load. */
  readonly before: StressValues;
  /** The highest of each value during the load, not all of one moment. */
  readonly peak: StressValues;
  /** The last values seen after the load. */
  readonly after: StressValues;
}

/** What was seen so far; made by `startWatch`, never changed. */
export interface StressWatch {
  readonly rows: readonly StressRow[];
}

export function startWatch(children: readonly string[]): StressWatch {
  return { rows: children.map((machine) => ({ machine, before: {}, peak: {}, after: {} })) };
}

/**
 * The watch with one more look at the room. A machine that does not answer in this look keeps what is known of it: a lost machine must not
 * lose its peak.
 */
export function watchMore(watch: StressWatch, phase: WatchPhase, room: RoomMetrics): StressWatch {
  return {
    rows: watch.rows.map((row) => {
      const seen = valuesOf(room.get(row.machine));
      switch (phase) {
        case 'before':
          return { ...row, before: { ...row.before, ...seen } };
        case 'load':
          return { ...row, peak: highest(row.peak, seen) };
        case 'after':
          return { ...row, after: { ...row.after, ...seen } };
      }
    }),
  };
}

/** Whether any value was ever seen. */
export function isMeasured({ rows }: StressWatch): boolean {
  return rows.some((row) => [row.before, row.peak, row.after].some((seen) => Object.keys(seen).length > 0));
}

function valuesOf(metrics: MachineMetrics | undefined): StressValues {
  const temperature = temperatureOf(metrics);
  return {
    ...(metrics?.cpuPercent === undefined ? {} : { cpuPercent: metrics.cpuPercent }),
    ...(metrics?.memoryPercent === undefined ? {} : { memoryPercent: metrics.memoryPercent }),
    ...(temperature === undefined ? {} : { temperature }),
  };
}

function highest(a: StressValues, b: StressValues): StressValues {
  const cpuPercent = higher(a.cpuPercent, b.cpuPercent);
  const memoryPercent = higher(a.memoryPercent, b.memoryPercent);
  const temperature = hotter(a.temperature, b.temperature);
  return {
    ...(cpuPercent === undefined ? {} : { cpuPercent }),
    ...(memoryPercent === undefined ? {} : { memoryPercent }),
    ...(temperature === undefined ? {} : { temperature }),
  };
}

function higher(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined ? b : b === undefined ? a : Math.max(a, b);
}

function hotter(a: Temperature | undefined, b: Temperature | undefined): Temperature | undefined {
  if (typeof a === 'number') return typeof b === 'number' ? Math.max(a, b) : a;
  // A sensor that lied once is there.
  return a === 'sensor lies' && b === 'no sensor' ? a : (b ?? a);
}
