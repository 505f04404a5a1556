import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { nothingToDo, teardownResult } from '../../../src/cli/actions/teardown-result.js';
import { runProgram } from '../../../src/cli/program.js';
import { ledgersIn } from '../../../src/engine/file-ledger.js';
import type { Outcome, RunReport } from '../../../src/engine/report.js';
import { SeenByStage } from '../../../src/engine/results.js';
import { CHILD, PARENT } from '../../support/sample-room.js';
import { FakeIo } from './fake-io.js';

const MAC = { name: 'teacher-mac', address: '192.0.2.20', exporterPort: 9100 };
const PC = { name: 'pc-win', address: '192.0.2.21', exporterPort: 9182 };

const ROOM = `room: atelier-1
parent: { name: ${PARENT.name}, address: ${PARENT.address} }
children:
  - { name: ${CHILD.name}, address: ${CHILD.address} }
  - { name: ${MAC.name}, address: ${MAC.address}, kind: observed, exporter: 9100 }
  - { name: ${PC.name}, address: ${PC.address}, kind: observed, exporter: ${PC.exporterPort} }
`;

describe('kmon teardown that nobody has confirmed', () => {
  /** A room in which kmon has opened something on the Windows computer. */
  async function asked(...flags: readonly string[]): Promise<string> {
    const cwd = mkdtempSync(join(tmpdir(), 'kmon-test-'));
    onTestFinished(() => {
      rmSync(cwd, { recursive: true });
    });
    writeFileSync(join(cwd, 'kmon.yaml'), ROOM);
    await ledgersIn(join(cwd, '.kmon'))(PC).append([
      {
        seq: 1,
        at: '2026-11-29T08:00:00.000Z',
        run: 'r',
        stage: 'open-exporter',
        id: 'opening of port 9182',
        kind: 'windows-exporter-opening',
        params: { port: 9182 },
        found: { open: false, ours: 0 },
      },
    ]);
    const io = new FakeIo(cwd);
    expect(await runProgram(['teardown', '--plain', ...flags], io)).toBe(2);
    return io.err.raw;
  }

  it('names the machines, and the observed computers that have something to give back', async () => {
    expect(await asked()).toContain(
      'teardown of pc-10 (192.0.2.10), pc-11 (192.0.2.11), pc-win (192.0.2.21) needs to be confirmed',
    );
  });

  it('names no observed computer where none has a part', async () => {
    expect(await asked('--only', 'pc-11')).toContain('teardown of pc-11 (192.0.2.11) needs to be confirmed');
  });
});

describe('the result of a teardown', () => {
  const reported = (...rows: readonly (readonly [string, string, Outcome])[]): RunReport => ({
    command: 'teardown',
    dryRun: false,
    rows: rows.map(([stage, machine, outcome]) => ({ stage, machine, outcome })),
    seen: new SeenByStage(),
    setAside: [],
  });

  it('counts machines, and observed computers that had something to give back', () => {
    const report = reported(
      ['leave-cluster', CHILD.name, 'changed'],
      ['give-back-observed', MAC.name, 'changed'],
      ['give-back-observed', PC.name, 'failed'],
      ['give-back-children', CHILD.name, 'failed'],
      ['give-back-parent', PARENT.name, 'unchanged'],
    );
    expect(teardownResult(report, { machines: [PARENT, CHILD], observed: [MAC, PC] })).toEqual({
      text: 'machines as found: 1/2\nobserved computers as found: 1/2',
      data: {
        asFound: [PARENT.name, MAC.name],
        of: [PARENT.name, CHILD.name, MAC.name, PC.name],
        left: [],
      },
    });
  });

  it('counts those that were given back before, whom nobody can ask any more', () => {
    const report = reported(['give-back-parent', PARENT.name, 'changed']);
    expect(teardownResult(report, { machines: [PARENT], observed: [], gone: [CHILD] })).toEqual({
      text: 'machines as found: 2/2',
      data: { asFound: [PARENT.name, CHILD.name], of: [PARENT.name, CHILD.name], left: [] },
    });
    expect(nothingToDo([CHILD])).toEqual({
      text: 'machines as found: 1/1',
      data: { asFound: [CHILD.name], of: [CHILD.name], left: [] },
    });
  });

  it('says nothing of computers that had nothing to give back', () => {
    const report = reported(
      ['give-back-observed', MAC.name, 'unchanged'],
      ['give-back-parent', PARENT.name, 'changed'],
    );
    expect(teardownResult(report, { machines: [PARENT], observed: [] })).toEqual({
      text: 'machines as found: 1/1',
      data: { asFound: [PARENT.name], of: [PARENT.name], left: [] },
    });
  });
});
