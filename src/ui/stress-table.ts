import { temperatureText } from '../observe/sensors.js';
import type { StressRow, StressValues } from '../observe/stress-watch.js';
import { tableText } from './table.js';

/** What `kmon stress` tells of a child. */
export interface StressResult extends StressRow {
  /** Why the load ended. */
  readonly end: string;
}

const COLUMNS = [
  { title: 'child' },
  ...['cpu before', 'peak', 'after', 'memory before', 'peak', 'after', 'temperature peak'].map((title) => ({
    title,
    align: 'right' as const,
  })),
  { title: 'ended' },
];

/** Each child's values before, at their peak and after, and why its load ended. */
export function stressTable(rows: readonly StressResult[]): string {
  return tableText(COLUMNS, rows.map(cells));
}

function cells({ machine, before, peak, after, end }: StressResult): readonly (string | undefined)[] {
  const cpu = (v: StressValues): string | undefined => percent(v.cpuPercent);
  const memory = (v: StressValues): string | undefined => percent(v.memoryPercent);
  return [
    machine,
    ...[before, peak, after].map(cpu),
    ...[before, peak, after].map(memory),
    temperatureText(peak.temperature),
    end,
  ];
}

function percent(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${Math.round(value)} %`;
}
