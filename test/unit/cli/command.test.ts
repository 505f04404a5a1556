import { describe, expect, expectTypeOf, it } from 'vitest';
import { oneOf, word } from '../../../src/cli/argument.js';
import { defineCommand } from '../../../src/cli/command.js';
import type { Words } from '../../../src/cli/command.js';
import {
  anyOrAll,
  asWritten,
  flag,
  list,
  notWith,
  onlyWith,
  termOf,
  unless,
  value,
} from '../../../src/cli/option.js';
import { parsePercent } from '../../../src/cli/values.js';
import { FakeIo } from './fake-io.js';

const text = { operand: 'text', parse: asWritten, help: 'a text' };
const given: unknown[] = [];
const paint = defineCommand({
  name: 'paint',
  summary: 'paint it',
  description: 'With a brush.',
  arguments: {
    what: word({ name: 'what', help: 'a thing' }),
    colour: oneOf(['red', 'blue'], { help: 'its colour' }),
  },
  options: {
    wet: flag({ flag: '--wet', short: '-w', help: 'while it is wet' }),
    frame: unless({ flag: '--no-frame', help: 'leave the frame' }),
    title: value({ ...text, flag: '--title' }),
    share: value({ ...text, flag: '--share', parse: parsePercent, standard: 80 }),
    parts: list({ ...text, flag: '--parts', parse: parsePercent }),
    spots: anyOrAll({ ...text, flag: '--spots' }),
    size: onlyWith('--spots', value({ ...text, flag: '--size' })),
    dry: notWith('--wet', flag({ flag: '--dry', help: 'when it is dry' })),
  },
  // @ts-expect-error: the second one says that `wet` is a text
  examples: [
    { line: 'kmon paint door red', does: 'a red door', means: { what: 'door', colour: 'red' } },
    { line: 'kmon paint door red --wet', does: 'a wet one', means: { wet: 'very' } },
  ],
  exitCodes: ['interrupted', 'config'],
  run: async (_, values) => {
    expectTypeOf(values).branded.toEqualTypeOf<{
      what: string;
      colour: 'red' | 'blue';
      wet: boolean;
      frame: boolean;
      title: string | undefined;
      share: number;
      parts: readonly number[];
      spots: readonly string[] | undefined;
      size: string | undefined;
      dry: boolean;
    }>();
    given.push(values);
    return 3;
  },
});

const bare = {
  what: 'door',
  colour: 'red',
  wet: false,
  frame: true,
  title: undefined,
  share: 80,
  parts: [],
  spots: undefined,
  size: undefined,
  dry: false,
};
const words = (options: Words['options'], ...others: readonly string[]): Words => ({
  options,
  arguments: others.length === 0 ? ['door', 'red'] : others,
});

describe('a command', () => {
  it('gets a value for every option and argument, given or not', async () => {
    const { values, run } = paint.understand(words({}));
    expect(values).toStrictEqual(bare);
    expect(await run(new FakeIo(), [])).toBe(3);
    expect(given).toEqual([bare]);
  });

  it('gets what was parsed', () => {
    const options = {
      wet: true,
      frame: false,
      title: 't',
      share: '7%',
      parts: ['1', '2'],
      spots: ['x'],
      size: 's',
    };
    expect(paint.understand(words(options, 'wall', 'blue')).values).toStrictEqual({
      ...bare,
      ...options,
      share: 7,
      parts: [1, 2],
      what: 'wall',
      colour: 'blue',
    });
    expect(paint.understand(words({ spots: true })).values).toStrictEqual({ ...bare, spots: [] });
  });

  it.each<[string, Words, string]>([
    [
      'a value',
      words({ share: '0' }),
      "option '--share <text>' argument '0' is invalid. give a percentage from 1 to 100.",
    ],
    [
      'one of several values',
      words({ parts: ['1', 'x'] }),
      "option '--parts <text...>' argument 'x' is invalid.",
    ],
    [
      'a word',
      words({}, 'door', 'green'),
      "argument 'green' is invalid for <red|blue>. give one of red, blue.",
    ],
    [
      'a flag that goes with another',
      words({ size: 's' }),
      '--size goes with --spots: leave it out, or add --spots',
    ],
    ['a flag beside another', words({ dry: true, wet: true }), '--dry goes without --wet: leave it out'],
  ])('refuses %s', (_, wrong, message) => {
    expect(() => paint.understand(wrong)).toThrow(message);
  });

  it('tells its options by their names, and every way in which it may end', () => {
    expect(paint.options.map((o) => [o.name, termOf(o)])).toEqual([
      ['wet', '-w, --wet'],
      ['frame', '--no-frame'],
      ['title', '--title <text>'],
      ['share', '--share <text>'],
      ['parts', '--parts <text...>'],
      ['spots', '--spots [text...]'],
      ['size', '--size <text>'],
      ['dry', '--dry'],
    ]);
    expect(paint.exitCodes).toEqual(['usage', 'config', 'bug', 'interrupted']);
  });
});
