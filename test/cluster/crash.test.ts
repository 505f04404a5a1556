import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CrashRoom } from '../support/crash/crash-room.js';
import { cycle } from '../support/crash/cycle.js';
import type { Row } from '../support/crash/cycle.js';
import { LANDING } from '../support/crash/landing.js';
import type { Point } from '../support/crash/point.js';
import { faultsText } from '../support/crash/table.js';

/**
 * kmon is killed again and again on its way from a room as found to a cluster and back, and each run goes on where the one before was
 * killed. Some of the places; `scripts/faults crash` has them all, each by itself too.
 */
const BUNDLE = process.env['KMON_BUNDLE'];

describe.runIf(BUNDLE !== undefined || process.env['CI'] === 'true')('a kmon that is killed', () => {
  let room: CrashRoom;

  beforeAll(async () => {
    room = await CrashRoom.open({
      project: join(import.meta.dirname, '../..'),
      bundle: BUNDLE ?? '',
      lab: `k${process.pid}`,
      limitMs: 400_000,
      signal: new AbortController().signal,
    });
  });
  afterAll(() => room.close());

  it('goes on from anywhere, loses no entry of a ledger, and gives every machine back', async () => {
    const said: string[] = [];
    const rows: Row[] = [];
    const through = (points: readonly Point[]): Promise<readonly Point[]> =>
      cycle({ room, rows, points, shape: undefined, say: (text) => said.push(text) });
    // Much goes on at once: a run that is struck at one point may have been at another as well, which goes on to its end by itself and is not come to
    // again. Such a one gets a way of its own from the room as found to the cluster and back.
    const passed = await through(LANDING);
    const missed = passed.length === 0 ? [] : await through(passed);
    expect(faultsText(rows), said.join('\n')).toBe('');
    expect(missed.map((point) => `${point.command} ${point.name}`)).toEqual([]);
    expect(rows).toHaveLength(LANDING.length);
  });
});
