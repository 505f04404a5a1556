import { describe, expect, it } from 'vitest';
import type { MachineMetrics, RoomMetrics } from '../../../src/observe/room-metrics.js';
import { startWatch, watchMore, type WatchPhase } from '../../../src/observe/stress-watch.js';

function watch(children: readonly string[], ...looks: readonly (readonly [WatchPhase, RoomMetrics])[]) {
  return looks.reduce((now, [phase, room]) => watchMore(now, phase, room), startWatch(children)).rows;
}
const room = (machines: Readonly<Record<string, MachineMetrics>>): RoomMetrics =>
  new Map(Object.entries(machines));
const one = (cpuPercent: number, memoryPercent: number, celsius?: number): RoomMetrics =>
  room({ a: { up: true, cpuPercent, memoryPercent, ...(celsius === undefined ? {} : { celsius }) } });

describe('the watch over a stress', () => {
  it('keeps the last before, the highest of each during, and the last after', () => {
    expect(
      watch(
        ['a'],
        ['before', one(1, 10, 40)],
        ['before', one(2, 11, 41)],
        ['load', one(90, 12, 50)],
        ['load', one(80, 14, 70)],
        ['load', one(85, 13, 60)],
        ['after', one(40, 12, 65)],
        ['after', one(3, 11, 45)],
      ),
    ).toEqual([
      {
        machine: 'a',
        before: { cpuPercent: 2, memoryPercent: 11, temperature: 41 },
        peak: { cpuPercent: 90, memoryPercent: 14, temperature: 70 },
        after: { cpuPercent: 3, memoryPercent: 11, temperature: 45 },
      },
    ]);
  });

  it('does not lose what it knows of a machine that stops answering', () => {
    const lost = room({ a: { up: false } });
    const [row] = watch(
      ['a'],
      ['before', one(1, 10)],
      ['before', lost],
      ['load', one(90, 12)],
      ['load', lost],
      ['after', lost],
    );
    expect(row?.before).toEqual({ cpuPercent: 1, memoryPercent: 10, temperature: 'no sensor' });
    expect(row?.peak).toEqual({ cpuPercent: 90, memoryPercent: 12, temperature: 'no sensor' });
    expect(row?.after).toEqual({});
  });

  it('has an empty row for a machine never seen, and none for one not asked for', () => {
    expect(watch(['b'], ['load', one(1, 2)])).toEqual([{ machine: 'b', before: {}, peak: {}, after: {} }]);
  });

  it('prefers a temperature to its absence', () => {
    const [row] = watch(['a'], ['load', one(1, 1, 50)], ['load', one(1, 1)]);
    expect(row?.peak.temperature).toBe(50);
  });

  it('says of a sensor that it lies only where it never told a temperature', () => {
    const lies = room({ a: { up: true, lies: { celsius: -263 } } });
    const none = room({ a: { up: true } });
    expect(watch(['a'], ['load', lies], ['load', none])[0]?.peak.temperature).toBe('sensor lies');
    expect(watch(['a'], ['load', none], ['load', lies])[0]?.peak.temperature).toBe('sensor lies');
    expect(watch(['a'], ['load', lies], ['load', one(1, 1, 50)], ['load', lies])[0]?.peak.temperature).toBe(
      50,
    );
  });

  it('does not change the watch it is given', () => {
    const before = startWatch(['a']);
    watchMore(before, 'load', one(1, 2));
    expect(before).toEqual(startWatch(['a']));
  });
});
