import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import os, { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { keepRun } from '../../../src/cli/keep-run.js';
import { loadOutcomes } from '../../../src/cli/load-outcomes.js';
import type { EngineEvent } from '../../../src/engine/events.js';
import type { RunReport } from '../../../src/engine/report.js';
import { SeenByStage } from '../../../src/engine/results.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { parseRecord } from '../../../src/loads/run-record.js';
import { stressStages } from '../../../src/stages/index.js';
import { constantLoad } from '../../support/sample-load.js';
import { CHILD, OTHER, sampleConfig } from '../../support/sample-room.js';

/** As where the number of the user has no name: in a container, often. */
function hasNoName(): void {
  const asked = vi.spyOn(os, 'userInfo').mockImplementation(() => {
    throw new Error('uv_os_get_passwd returned ENOENT');
  });
  syncBuiltinESMExports();
  onTestFinished(() => {
    asked.mockRestore();
    syncBuiltinESMExports();
  });
}

const load = constantLoad(80, 60);
const phases = load.phases.map(({ seconds, cpuPercent = 0 }) => ({ seconds, cpuPercent }));
const run = stressStages({ load });
const BEGAN = Date.UTC(2026, 10, 30, 14, 5, 6, 7);

const watched = {
  rows: [{ machine: CHILD.name, before: { cpuPercent: 4.04 }, peak: { cpuPercent: 81 }, after: {} }],
};

function reportWith(of: Partial<RunReport>): RunReport {
  return { command: 'stress', dryRun: false, rows: [], seen: new SeenByStage(), setAside: [], ...of };
}

describe('how the load of a child ended', () => {
  const moments = { before: BEGAN - 20_000, begins: BEGAN, ends: BEGAN + 9000 };
  const seenAs = (as: object): SeenByStage => {
    const seen = new SeenByStage();
    seen.keep(run.fitting, CHILD.name, phases);
    seen.keep(run.loading, CHILD.name, { over: false, phases, watched, moments, ...as });
    return seen;
  };
  const lost = new KmonError('connection-lost', 'gone');
  const stopped = new KmonError('interrupted', 'stopped by Ctrl-C');

  it.each<[string, Partial<RunReport>, object]>([
    ['as it was to', { seen: seenAs({ over: true }) }, { end: 'over', why: 'as planned' }],
    ['at its limit', { seen: seenAs({ over: true, cutOff: 'too hot' }) }, { end: 'cut-off', why: 'too hot' }],
    ['by a failure', { seen: seenAs({ failed: lost }) }, { end: 'failed', why: 'gone' }],
    ['by Ctrl-C', { seen: seenAs({ failed: stopped }) }, { end: 'interrupted', why: 'stopped by Ctrl-C' }],
    ['before it began, by Ctrl-C', { failure: stopped }, { end: 'interrupted', why: 'stopped by Ctrl-C' }],
    [
      'before it began',
      { setAside: [{ machine: CHILD.name, error: lost }] },
      { end: 'refused', why: 'gone', moments: {} },
    ],
    [
      'when it was to start',
      {
        seen: seenAs({ moments: { before: 1 } }),
        setAside: [{ machine: CHILD.name, error: lost }],
      },
      { end: 'failed', why: 'gone' },
    ],
  ])('%s', (_, of, expected) => {
    expect(loadOutcomes([CHILD], reportWith(of), run)).toMatchObject([{ machine: CHILD.name, ...expected }]);
  });
});

describe('the record of a load', () => {
  let folder: string;
  const told: EngineEvent[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmon-runs-'));
    told.length = 0;
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const keep = (): Promise<void> =>
    keepRun(
      { config: sampleConfig({ stateDir: join(folder, '.kmon') }), tell: (event) => void told.push(event) },
      {
        began: new Date(BEGAN),
        load,
        limit: { celsius: 85 },
        exitCode: 24,
        outcomes: [
          {
            machine: CHILD.name,
            phases,
            watched,
            moments: { before: 1, begins: BEGAN, ends: BEGAN + 9000 },
            end: 'cut-off',
            why: 'at 85 °C',
          },
          { machine: OTHER.name, moments: {}, end: 'refused', why: 'unreachable' },
        ],
      },
    );

  it('lies beside kmon.yaml, whole, and for its owner alone', async () => {
    await keep();
    const runs = join(folder, '.kmon/runs');
    const [name = ''] = readdirSync(runs);
    expect(readdirSync(runs)).toEqual(['2026-11-30T14-05-06.007Z-stress.json']);
    expect(statSync(join(runs, name)).mode & 0o777).toBe(0o600);
    expect(statSync(runs).mode & 0o777).toBe(0o700);
    expect(parseRecord(readFileSync(join(runs, name), 'utf8'), name)).toMatchObject({
      room: 'atelier-1',
      exitCode: 24,
      load: { model: 'constant', cpuPercent: 80, seconds: 60, maxCelsius: 85 },
      children: [
        {
          machine: CHILD.name,
          phases,
          began: '2026-11-30T14:05:06.007Z',
          ended: '2026-11-30T14:05:15.007Z',
          before: { cpuPercent: 4 },
          peak: { cpuPercent: 81 },
          end: 'cut-off',
          why: 'at 85 °C',
        },
        { machine: OTHER.name, before: {}, end: 'refused', why: 'unreachable' },
      ],
    });
    expect(told).toEqual([]);
  });

  it('of a user without a name is told not to be kept, and fails nothing', async () => {
    hasNoName();
    await keep();
    expect(told).toMatchObject([
      { type: 'note', text: 'no record of this load was kept: uv_os_get_passwd returned ENOENT' },
    ]);
  });

  it('that cannot be written is named, and fails nothing', async () => {
    writeFileSync(join(folder, '.kmon'), 'a file where a folder belongs');
    await keep();
    expect(told).toMatchObject([
      { type: 'note', text: expect.stringMatching(/^no record of this load was kept: /) as string },
    ]);
  });
});
