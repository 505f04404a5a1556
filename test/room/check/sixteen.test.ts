import { mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CheckResult } from '../../../src/findings/result/result.js';
import { checked } from '../../support/checked.js';
import { makeLab } from '../../support/lab.js';
import type { TestLab } from '../../support/lab.js';
import { makeRoom } from '../cli/room.js';
import { smallBundle } from '../cli/small-bundle.js';

const MACHINES = 16;

describe('a room of sixteen machines', () => {
  let made: TestLab | undefined;
  let result: CheckResult;
  let seconds: number;
  beforeAll(async () => {
    const lab = await makeLab({ children: MACHINES - 1 });
    made = lab;
    const room = makeRoom(lab, (file) => {
      file.bundle = smallBundle(mkdtempSync(join(lab.dir, 'bundle-')));
    });
    const began = performance.now();
    const ended = await room.run('check', '--json');
    seconds = (performance.now() - began) / 1000;
    result = checked(ended);
  });
  afterAll(async () => {
    await made?.down();
  });

  it('is checked in full in under twenty seconds', () => {
    expect(result.machines.filter((m) => m.reached)).toHaveLength(MACHINES);
    expect(seconds).toBeLessThan(20);
  });

  it('has every pair tried in both directions, by TCP and by UDP', () => {
    const ways = result.machines.flatMap(({ name: from }) =>
      result.machines.filter((m) => m.name !== from).map(({ name: to }) => `${from} -> ${to}`),
    );
    const tried = (trials: readonly { readonly from: string; readonly to: string }[] = []): Set<string> =>
      new Set(trials.filter((t) => t.from !== t.to).map((t) => `${t.from} -> ${t.to}`));
    expect([...tried(result.network?.ports)].sort()).toEqual(ways.toSorted());
    expect([...tried(result.network?.echoes)].sort()).toEqual(ways.toSorted());
    expect(result.network?.speeds.length).toBeGreaterThanOrEqual(2 * (MACHINES - 1));
    expect(result.network?.untried).toEqual([]);
  });

  it('has nothing in the way', () => {
    expect(result.findings).toEqual([]);
  });
});
