import { describe, expect, it } from 'vitest';
import { difficultiesIn, isOpen } from '../../../src/lesson/difficulties.js';
import { parseTranscript } from '../../../src/lesson/told-run.js';
import type { ToldFailure, ToldResult, ToldRun } from '../../../src/lesson/told-run.js';
import { at } from '../../support/sample-lesson.js';

const TAKEN: ToldFailure = { code: 'precondition', reason: 'the port is taken', hint: 'free it' };
const LATE: ToldFailure = { code: 'timeout', reason: 'not ready in time' };

type Row = readonly [stage: string, machine: string, outcome: string | ToldFailure];

function run(time: string, command: string, rows: readonly Row[], more: Partial<ToldRun> = {}): ToldRun {
  const results = rows.map(([stage, machine, outcome]): ToldResult => {
    const place = { at: at(time), stage, title: `Do ${stage}`, machine, dryRun: more.dryRun ?? false };
    return typeof outcome === 'string'
      ? { ...place, outcome }
      : { ...place, outcome: 'failed', failure: outcome };
  });
  return {
    file: `${time}.jsonl`,
    command,
    at: at(time),
    endedAt: at(time),
    dryRun: false,
    machines: [],
    results,
    failures: [],
    facts: [],
    brokenLines: 0,
    ...more,
  };
}

const solvedIn = (runs: readonly ToldRun[]): readonly (string | null)[] =>
  difficultiesIn(runs).map(
    ({ machine, reason, solved }) => `${machine ?? '-'} ${reason}: ${solved?.command ?? 'open'}`,
  );

describe('difficulties', () => {
  it('are solved by the first later run of the same stage on that machine that went well', () => {
    expect(
      difficultiesIn([
        run('08:00:00', 'up', [['check', 'pc-11', TAKEN]]),
        run('08:01:00', 'join-child', [
          ['check', 'pc-12', 'unchanged'],
          ['join-child', 'pc-11', 'changed'],
        ]),
        run('08:02:00', 'join-child', [['check', 'pc-11', 'unchanged']]),
        run('08:03:00', 'up', [['check', 'pc-11', 'unchanged']]),
      ]),
    ).toEqual([
      {
        machine: 'pc-11',
        stage: 'check',
        title: 'Do check',
        command: 'up',
        firstAt: '2026-11-30T08:00:00.000Z',
        lastAt: '2026-11-30T08:00:00.000Z',
        times: 1,
        code: 'precondition',
        reason: 'the port is taken',
        evidence: null,
        hint: 'free it',
        aboutAsked: false,
        solved: { at: '2026-11-30T08:02:00.000Z', command: 'join-child' },
      },
    ]);
  });

  it.each([
    ['a stage that was not reached', 'not-reached', false],
    ['a word of a newer kmon', 'blessed', false],
    ['what was planned', 'planned', true],
  ])('are not solved by %s', (_, outcome, dryRun) => {
    const runs = [
      run('08:00:00', 'up', [['check', 'pc-11', TAKEN]]),
      run('08:01:00', 'up', [['check', 'pc-11', outcome]], { dryRun }),
    ];
    expect(solvedIn(runs)).toEqual(['pc-11 the port is taken: open']);
  });

  it('of a dry run are solved by another dry run', () => {
    const dryRun = true;
    const runs = [
      run('08:00:00', 'up', [['check', 'pc-11', TAKEN]], { dryRun }),
      run('08:01:00', 'up', [['check', 'pc-11', 'planned']], { dryRun }),
    ];
    expect(solvedIn(runs)).toEqual(['pc-11 the port is taken: up']);
  });

  it('that come again for the same reason are one, and for another reason another', () => {
    const found = difficultiesIn([
      run('08:00:00', 'up', [
        ['join', 'pc-11', TAKEN],
        ['join', 'pc-12', TAKEN],
      ]),
      run('08:01:00', 'join-child', [['join', 'pc-11', TAKEN]]),
      run('08:02:00', 'join-child', [['join', 'pc-11', LATE]]),
      run('08:03:00', 'join-child', [['join', 'pc-11', 'changed']]),
      run('08:04:00', 'join-child', [['join', 'pc-11', TAKEN]]),
    ]);
    expect(
      found.map(({ machine, reason, times, solved }) => [machine, reason, times, solved !== null]),
    ).toEqual([
      ['pc-11', 'the port is taken', 2, true],
      ['pc-12', 'the port is taken', 1, false],
      ['pc-11', 'not ready in time', 1, true],
      ['pc-11', 'the port is taken', 1, false],
    ]);
  });

  it('that are told three times in a run are met once', () => {
    const failures = [{ at: at('08:00:01'), stage: 'check', machine: 'pc-11', ...TAKEN }];
    const rows: readonly Row[] = [
      ['check', 'pc-11', TAKEN],
      ['check', 'pc-11', TAKEN],
    ];
    expect(difficultiesIn([run('08:00:00', 'up', rows, { failures })])).toMatchObject([{ times: 1 }]);
  });

  it('of no machine are over when the command went well', () => {
    const failures = [{ at: at('08:00:00'), code: 'config', reason: 'kmon.yaml is wrong' }];
    const runs = [
      run('08:00:00', 'up', [], { failures, exitCode: 3 }),
      run('08:01:00', 'check', [], { exitCode: 0 }),
      run('08:02:00', 'up', [], { exitCode: 0 }),
    ];
    expect(solvedIn(runs.slice(0, 2))).toEqual(['- kmon.yaml is wrong: open']);
    expect(solvedIn(runs)).toEqual(['- kmon.yaml is wrong: up']);
  });

  it('are not solved by the run in which they were met', () => {
    const failures = [{ at: at('08:00:00'), code: 'usage', reason: 'no such team' }];
    const lines = [
      { type: 'transcript', command: 'up' },
      { type: 'run-started', machines: ['pc-10'], dryRun: false },
      { type: 'report', exitCode: 0 },
      { type: 'error', code: failures[0]?.code, message: failures[0]?.reason },
    ];
    const text = (more: readonly object[]): string =>
      [...lines, ...more].map((l) => JSON.stringify({ at: '2026-11-30T08:00:00Z', ...l })).join('\n');
    for (const more of [[], [{ type: 'ended', exitCode: 2 }]]) {
      const told = parseTranscript('x.jsonl', text(more));
      expect(told?.exitCode).toBe(2);
      expect(difficultiesIn(told === undefined ? [] : [told])).toMatchObject([{ solved: null }]);
    }
  });

  it.each([
    ['load', 'http-target'],
    ['load', 'http-load'],
    ['stress', 'load-fits'],
    ['stress', 'stress'],
    ['teams remove', 'remove-teams'],
    ['watch-app', 'watch-app'],
    ['check', 'fix'],
    ['check', 'static-address'],
  ])('of what was asked for are met, and never solved by another (%s, %s)', (command, stage) => {
    const runs = [
      run('08:00:00', command, [[stage, 'pc-11', TAKEN]]),
      run('08:01:00', command, [[stage, 'pc-11', 'unchanged']], { exitCode: 0 }),
    ];
    const [met] = difficultiesIn(runs);
    expect(met).toMatchObject({ aboutAsked: true, solved: null });
    expect(met !== undefined && isOpen(met)).toBe(false);
  });

  it.each([
    ['load', true],
    ['teams card', true],
    ['addon add', true],
    ['watch-app', true],
    ['up', false],
    ['teams', false],
  ])('of kmon %s before any stage: about what was asked for is %s', (command, aboutAsked) => {
    const failures = [{ at: at('08:00:00'), code: 'usage', reason: 'no' }];
    const runs = [
      run('08:00:00', command, [], { failures, exitCode: 2 }),
      run('08:01:00', command, [], { exitCode: 0 }),
    ];
    expect(difficultiesIn(runs)).toMatchObject([{ aboutAsked, solved: aboutAsked ? null : { command } }]);
  });

  it('of one command are not solved by another of the same group', () => {
    const failures = [{ at: at('08:00:00'), code: 'config', reason: 'kmon.yaml is wrong' }];
    const runs = [
      run('08:00:00', 'teams', [], { failures, exitCode: 3 }),
      run('08:01:00', 'teams list', [], { exitCode: 0 }),
    ];
    expect(solvedIn(runs)).toEqual(['- kmon.yaml is wrong: open']);
  });

  it('are not solved by a rehearsal in a command that then changes something', () => {
    const rehearsed = run('08:01:00', 'up', [['check', 'pc-11', 'planned']]);
    const results = rehearsed.results.map((result) => ({ ...result, dryRun: true }));
    const runs = [run('08:00:00', 'up', [['check', 'pc-11', TAKEN]]), { ...rehearsed, results }];
    expect(solvedIn(runs)).toEqual(['pc-11 the port is taken: open']);
  });

  it('are none of a person who pressed Ctrl-C, and none of the report itself', () => {
    const stopped = { code: 'interrupted', reason: 'stopped by Ctrl-C' };
    expect(
      difficultiesIn([
        run('08:00:00', 'up', [['join', 'pc-11', stopped]], { failures: [{ at: 1, ...stopped }] }),
        run('08:01:00', 'report', [['cluster-there', 'pc-10', TAKEN]]),
      ]),
    ).toEqual([]);
  });
});
