import type { TopRow } from '../observe/room-top.js';
import { temperatureText } from '../observe/sensors.js';
import { tableText } from './table.js';
import { bitsText, silenceText } from './top-frame.js';

const COLUMNS = [
  { title: 'machine' },
  { title: 'team' },
  ...['cpu', 'memory', 'temperature', 'load', 'in', 'out', 'pods'].map((title) => ({
    title,
    align: 'right' as const,
  })),
];

/**
 * The room as a table without bars, and below it, in words, who is silent and which readings cannot be.
 *
 * @param at of Prometheus' clock, in seconds since the epoch
 */
export function topTable(rows: readonly TopRow[], at: number): string {
  const percent = (value: number | null): string | undefined =>
    value === null ? undefined : `${Math.round(value)} %`;
  const bits = (value: number | null): string | undefined => (value === null ? undefined : bitsText(value));
  const cells = rows.map((row) => [
    row.machine,
    row.team ?? undefined,
    ...(row.state === 'answers'
      ? [
          percent(row.cpuPercent),
          percent(row.memoryPercent),
          temperatureText(row.temperature ?? undefined),
          row.load1?.toFixed(2),
          bits(row.receivedBitsPerSecond),
          bits(row.sentBitsPerSecond),
          row.pods?.toString(),
        ]
      : [row.state]),
  ]);
  const told = rows.flatMap((row) => {
    if (row.state !== 'answers') return [`${row.machine}: ${silenceText(row, at)}`];
    return row.because === null ? [] : [`${row.machine}: ${row.because}`];
  });
  return [tableText(COLUMNS, cells), ...told].join('\n');
}
