import { describe, expect, it } from 'vitest';
import { ledgerFaults, readLedgerText } from '../../support/crash/ledger.js';
import { ROUNDS, chance, pointNamed, round, stepReader, stepsOf } from '../../support/crash/point.js';
import type { Line, TimedStep } from '../../support/crash/point.js';

const begins = (machine: string, intent: string, stage?: string): Line => ({
  type: 'command-started',
  machine,
  stage,
  intent,
});
const ended = (machine: string, intent: string, durationMs: number, stage?: string): Line => ({
  type: 'command',
  machine,
  stage,
  verb: 'mutate',
  intent,
  durationMs,
});

describe('the steps of a run', () => {
  it('are its changes, each by stage, machine and intent', () => {
    const steps = stepsOf('up', [
      begins('parent', "take the room's lock"),
      ended('parent', "take the room's lock", 9),
      { type: 'command', machine: 'parent', verb: 'query', durationMs: 5 },
      ended('parent', "keep the room's lock", 8),
      begins('parent', 'copy it', 'tools'),
      ended('parent', 'copy it', 10, 'system'),
      ended('parent', 'copy it', 900, 'tools'),
      ended('child-1', 'copy it', 800, 'tools'),
    ]);
    expect(steps.map((s) => [s.stage, s.machine, s.intent, s.ms])).toEqual([
      ['', 'parent', "take the room's lock", 9],
      ['system', 'parent', 'copy it', 10],
      ['tools', 'parent', 'copy it', 900],
      ['tools', 'child-1', 'copy it', 800],
    ]);
  });

  it('are the same in another lab, and after a child has joined anew', () => {
    const read = stepReader('up');
    const [one, other] = ['route 10.244.1.0/24 by 10.77.2.11', 'route 10.244.3.0/24 by 10.77.0.11'].map(
      (intent) => read(begins('parent', intent))?.step,
    );
    expect(one).toEqual(other);
    expect(one).not.toEqual(read(begins('parent', 'route 10.244.0.0/16 by 10.77.2.11'))?.step);
  });

  it('are each struck in all their places when all rounds are over', () => {
    const steps = Array.from({ length: 7 }, (_, i): TimedStep => {
      const ms = i % 2 === 0 ? 40 : 4000;
      return { command: 'up', stage: 's', machine: 'parent', intent: `change ${i}`, ms };
    });
    const points = Array.from({ length: ROUNDS }, (_, i) => round(steps, i)).flat();
    for (const step of steps) {
      const places = points.filter((p) => p.matches(step)).map((p) => p.when);
      const all = step.ms < 300 ? ['begins', 'ends'] : ['begins', { afterMs: 2000 }, 'ends'];
      expect(places).toHaveLength(all.length);
      expect(places).toEqual(expect.arrayContaining(all));
    }
  });

  it('are found by name before any run was seen', () => {
    const where = { command: 'up', stage: 'images', machine: 'parent' } as const;
    const point = pointNamed({ ...where, intent: /^load/ }, 'begins');
    const read = stepReader('up');
    const seen = [begins('parent', 'load it', 'tools'), begins('child-1', 'load it', 'images')];
    expect(seen.map(read).map((s) => s !== undefined && point.matches(s.step))).toEqual([false, false]);
    expect(read(begins('parent', 'load it', 'images'))).toMatchObject({ is: 'begin', step: where });
    expect(point.matches({ ...where, intent: 'load it' })).toBe(true);
  });
});

describe('a ledger between two runs', () => {
  const entry = (seq: number, found: string): string =>
    `${JSON.stringify({ seq, at: 'now', run: 'r', stage: 's', id: `thing ${seq}`, kind: 'k', params: {}, found })}\n`;
  const before = readLedgerText(entry(1, 'a') + entry(2, 'b'));

  it.each([
    ['grows while machines are changed', 'up', entry(1, 'a') + entry(2, 'b') + entry(3, 'c'), []],
    ['must not lose an entry then', 'up', entry(1, 'a'), [/^entry 2 is lost/]],
    ['loses them while machines are given back', 'teardown', entry(2, 'b'), []],
    ['is gone when all is given back', 'teardown', '', []],
    [
      'must not forget how a thing was found',
      'teardown',
      entry(1, 'changed'),
      [/^entry 1 is another one now/],
    ],
    [
      'must not end in half an entry',
      'teardown',
      entry(1, 'a') + entry(2, 'b').slice(0, 20),
      [/does not end/],
    ],
    ['must not hold half an entry', 'teardown', `{"seq":1,\n${entry(2, 'b')}`, [/^line 1 is no entry/]],
    [
      'must not give a number twice',
      'teardown',
      entry(1, 'a') + entry(1, 'a'),
      [/^two entries have the number 1/],
    ],
  ] as const)('%s', (_, command, text, faults) => {
    expect(ledgerFaults(before, readLedgerText(text), command)).toEqual(
      faults.map((f) => expect.stringMatching(f) as string),
    );
  });
});

it('has the same chance for the same seed', () => {
  const draw = (seed: number): readonly number[] => Array.from({ length: 4 }, chance(seed));
  expect(draw(7)).toEqual(draw(7));
  expect(draw(7)).not.toEqual(draw(8));
  expect(draw(7).every((x) => x >= 0 && x < 1)).toBe(true);
});
