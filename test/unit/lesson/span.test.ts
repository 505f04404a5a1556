import { describe, expect, it } from 'vitest';
import { lastLesson } from '../../../src/lesson/span.js';
import type { ToldRun } from '../../../src/lesson/told-run.js';
import { at } from '../../support/sample-lesson.js';

function run(time: string, command: string, more: Partial<ToldRun> = {}): ToldRun {
  const began = at(`${time}:00`);
  return {
    file: time,
    command,
    at: began,
    endedAt: began + 30_000,
    dryRun: false,
    machines: [],
    results: [],
    failures: [],
    facts: [],
    brokenLines: 0,
    ...more,
  };
}

const given = (outcome: string, dryRun = false): Pick<ToldRun, 'results'> => ({
  results: [{ at: 0, stage: 'give-back-parent', title: '', machine: 'pc-10', outcome, dryRun }],
});

const gaveBack = (time: string, more: Partial<ToldRun> = {}): ToldRun =>
  run(time, 'teardown', { exitCode: 0, ...given('changed'), ...more });

const NOW = at('12:00:00');
const of = (runs: readonly ToldRun[], sinceMs?: number): string =>
  lastLesson(runs, NOW, sinceMs)
    .runs.map(({ file }) => file)
    .join(' ');

describe('the last lesson', () => {
  it('is everything, until now, in a room that was never given back', () => {
    const runs = [run('08:00', 'check'), run('08:10', 'up')];
    expect(lastLesson(runs, NOW)).toEqual({
      runs,
      span: { from: at('08:00:00'), until: NOW, isOver: false },
    });
  });

  it('ends with the teardown, and has the looks behind it', () => {
    const runs = [
      run('08:00', 'up'),
      gaveBack('09:00'),
      run('09:10', 'status'),
      gaveBack('09:20', { results: [] }),
    ];
    expect(lastLesson(runs, NOW)).toEqual({
      runs,
      span: { from: at('08:00:00'), until: at('09:00:30'), isOver: true },
    });
  });

  it('begins behind the teardown of the one before, with the looks in front of it', () => {
    const runs = [run('08:00', 'up'), gaveBack('09:00'), run('10:00', 'check'), run('10:10', 'up')];
    expect(of(runs)).toBe('10:00 10:10');
    expect(of([...runs, gaveBack('11:00')])).toBe('10:00 10:10 11:00');
  });

  it.each([
    ['a dry run', { dryRun: true, ...given('changed', true) }],
    ['one that only planned it', { dryRun: true, ...given('planned', true) }],
    ['one that failed', { exitCode: 23, ...given('failed') }],
    ['one of a child alone', { results: [] }],
  ])('is not ended by a teardown that is %s', (_, more) => {
    const runs = [run('08:00', 'up'), gaveBack('09:00', more), run('10:00', 'up')];
    expect(of(runs)).toBe('08:00 09:00 10:00');
  });

  it.each([
    ['one child was away', { exitCode: 24 }],
    ['a child is not as it was found', { exitCode: 23 }],
    ['it was stopped behind the parent', { exitCode: 130 }],
  ])('is ended by a teardown that gave the parent back, though %s', (_, more) => {
    const runs = [run('08:00', 'up'), gaveBack('09:00', more), run('10:00', 'up')];
    expect(of(runs)).toBe('10:00');
    expect(lastLesson(runs.slice(0, 2), NOW).span).toMatchObject({ until: at('09:00:30'), isOver: true });
  });

  it('has the teardown of the child that was away at its end', () => {
    const runs = [
      run('08:00', 'up'),
      gaveBack('09:00', { exitCode: 24 }),
      gaveBack('09:30', given('unchanged')),
    ];
    expect(of(runs)).toBe('08:00 09:00 09:30');
    expect(of([...runs, run('10:00', 'teams list'), run('10:10', 'up')])).toBe('10:00 10:10');
  });

  it('is as long as it is asked for', () => {
    const runs = [run('08:00', 'up'), run('11:30', 'stress')];
    expect(of(runs, 3_600_000)).toBe('11:30');
    expect(lastLesson(runs, NOW, 3_600_000).span.from).toBe(at('11:00:00'));
  });

  it('is taken for four hours where nobody knows of it', () => {
    expect(lastLesson([], NOW).span).toEqual({ from: at('08:00:00'), until: NOW, isOver: false });
  });
});
