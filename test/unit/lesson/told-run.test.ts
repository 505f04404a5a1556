import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { parseTranscript } from '../../../src/lesson/told-run.js';
import { at, finished, stage, started, tellRun } from '../../support/sample-lesson.js';

const FILE = '2026-11-30T08-00-00.000Z-join-child.jsonl';

function toldText(): string {
  const folder = mkdtempSync(join(tmpdir(), 'kmon-test-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const broken = new KmonError('config', 'two mistakes', {
    mistakes: [{ text: 'first' }, { text: 'second' }],
    hint: 'mend them',
  });
  const path = tellRun(folder, 'join-child', [
    ['08:00:00', started(['pc-11'])],
    ['08:00:01', stage('check', 'Check the machine')],
    ['08:00:02', finished('check', 'pc-11', 'failed', broken)],
    ['08:00:03', { type: 'ends', failure: broken.at({ stage: 'check', machine: 'pc-11' }) }],
  ]);
  return readFileSync(path, 'utf8');
}

describe('a transcript', () => {
  it('is read as kmon wrote it', () => {
    const failure = { code: 'config', reason: 'first; second', hint: 'mend them' };
    expect(parseTranscript(FILE, toldText())).toEqual({
      file: FILE,
      command: 'join-child',
      at: at('08:00:00'),
      endedAt: at('08:00:03'),
      dryRun: false,
      exitCode: 3,
      machines: ['pc-11'],
      results: [
        {
          at: at('08:00:02'),
          stage: 'check',
          title: 'Check the machine',
          machine: 'pc-11',
          outcome: 'failed',
          dryRun: false,
          failure,
        },
      ],
      failures: [{ at: at('08:00:03'), stage: 'check', machine: 'pc-11', ...failure }],
      facts: [
        {
          machine: 'pc-10',
          model: 'ThinkPad X270',
          cpus: 4,
          memoryBytes: 8 * 1024 ** 3,
          system: 'Debian GNU/Linux 13 (trixie)',
          architecture: 'amd64',
        },
        expect.objectContaining({ machine: 'pc-11', model: 'OptiPlex 7050' }),
      ],
      brokenLines: 0,
    });
  });

  it('that ends in the middle of a line keeps the lines before it', () => {
    const whole = toldText();
    const read = parseTranscript(FILE, whole.slice(0, whole.indexOf('"type":"report"') + 30));
    expect(read).toMatchObject({ command: 'join-child', brokenLines: 1, results: [{ stage: 'check' }] });
    expect(read?.exitCode).toBeUndefined();
  });

  it.each([
    ['is empty', ''],
    ['is no JSON', '%PDF-1.7\n\u0000\u0001'],
    ['has no time', '{"type":"transcript","command":"up"}\n'],
    ['has a time that is none', '{"at":"yesterday","type":"transcript","command":"up"}\n'],
    ['is a list', '[1,2,3]\nnull\n42\n"x"\n'],
  ])('that %s is none', (_, text) => {
    expect(parseTranscript('x.jsonl', text)).toBeUndefined();
  });

  const linesOf = (...lines: readonly object[]): string =>
    lines.map((line, i) => JSON.stringify({ at: `2026-11-30T08:00:0${i}Z`, ...line })).join('\n');
  const REPORT = { type: 'report', exitCode: 0 };

  it.each<[string, readonly object[], number | undefined]>([
    ['as it says', [REPORT, { type: 'error', code: 'usage' }, { type: 'ended', exitCode: 2 }], 2],
    ['as it says, though no run failed', [REPORT, { type: 'ended', exitCode: 23 }], 23],
    ['as it says, without a run', [{ type: 'ended', exitCode: 0 }], 0],
    ['before that was kept, as its last run did', [{ ...REPORT, exitCode: 24 }], 24],
    [
      'before that was kept, by what was thrown behind its run',
      [REPORT, { type: 'error', code: 'usage' }],
      2,
    ],
    ['before that was kept, by what is not known', [REPORT, { type: 'error', code: 'blessed' }], undefined],
    ['before that was kept, by several', [REPORT, { type: 'error', code: 'several' }], undefined],
    ['without a word', [{ type: 'run-started' }], undefined],
  ])('ends %s', (_, lines, exitCode) => {
    expect(parseTranscript(FILE, linesOf(...lines))?.exitCode).toBe(exitCode);
  });

  it('keeps rehearsals apart from what was done', () => {
    const done = { type: 'machine-finished', stage: 'fix', machine: 'pc-11' };
    const text = linesOf(
      { type: 'run-started', dryRun: true },
      { ...done, outcome: 'planned' },
      { type: 'run-started', dryRun: false },
      { ...done, outcome: 'changed' },
    );
    expect(parseTranscript(FILE, text)).toMatchObject({
      dryRun: false,
      results: [
        { outcome: 'planned', dryRun: true },
        { outcome: 'changed', dryRun: false },
      ],
    });
    expect(parseTranscript(FILE, text.split('\n').slice(0, 2).join('\n'))).toMatchObject({ dryRun: true });
    expect(parseTranscript(FILE, linesOf(REPORT))).toMatchObject({ dryRun: false });
  });

  it('tells of a stage that was begun and of which nothing more is said', () => {
    const begun = { type: 'machine-started', stage: 'join-child' };
    const text = linesOf(
      { type: 'run-started', dryRun: false },
      { ...begun, machine: 'pc-11' },
      { ...begun, machine: 'pc-12' },
      { ...begun, type: 'machine-finished', machine: 'pc-11', outcome: 'changed' },
    );
    expect(parseTranscript(FILE, text)?.results).toMatchObject([
      { machine: 'pc-11', outcome: 'changed' },
      { machine: 'pc-12', outcome: 'cut-off', at: at('08:00:02') },
    ]);
  });

  it('keeps for itself what is behind the question mark of an URL', () => {
    const url = 'http://web.red/?token=hunter2';
    const text = linesOf({ type: 'error', code: 'command', message: url, hint: url, evidence: url });
    const kept = 'http://web.red/?…';
    expect(parseTranscript(FILE, text)?.failures).toMatchObject([
      { reason: kept, hint: kept, evidence: kept },
    ]);
  });

  it('of another version, or whose first line is lost, gives what is understood', () => {
    const lines = [
      { at: '2026-11-30T08:00:00Z', type: 'from-the-future', stage: 7, machine: { a: 1 } },
      {
        at: '2026-11-30T08:00:01Z',
        type: 'machine-finished',
        stage: 'check',
        machine: 'pc-11',
        outcome: 'blessed',
      },
      { at: '2026-11-30T08:00:01Z', type: 'machine-finished', stage: 'check', machine: 5, outcome: 'failed' },
      {
        at: '2026-11-30T08:00:02Z',
        type: 'facts',
        machine: 'pc-11',
        cpus: 'many',
        memoryBytes: -4,
        model: null,
      },
      {
        at: '2026-11-30T08:00:03Z',
        type: 'error',
        errors: [{ code: 'new-kind' }, { message: 'b', mistakes: 'x' }],
      },
      { at: '2026-11-30T08:00:04Z', type: 'report', exitCode: 'zero', failure: 'x' },
    ];
    expect(parseTranscript(FILE, lines.map((line) => JSON.stringify(line)).join('\r\n'))).toMatchObject({
      command: 'join-child',
      results: [{ outcome: 'blessed', title: 'check' }],
      facts: [{ machine: 'pc-11', cpus: 0, memoryBytes: 0, model: '' }],
      failures: [
        { code: 'new-kind', reason: '' },
        { code: 'unknown', reason: 'b' },
        { code: 'unknown', reason: '' },
      ],
      brokenLines: 0,
    });
  });
});
