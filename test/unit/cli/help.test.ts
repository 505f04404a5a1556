import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runProgram } from '../../../src/cli/program.js';
import { EXIT_CODES, EXIT_MEANING } from '../../../src/errors/exit-codes.js';
import type { ErrorCode } from '../../../src/errors/exit-codes.js';
import { allCommands, flagsOf, GROUPS, helpOf } from './commands-and-flags.js';
import { FakeIo } from './fake-io.js';

const COMMANDS = await allCommands();
const ALL: readonly (readonly string[])[] = [[], ...GROUPS.map((g) => [g]), ...COMMANDS];
const fileOf = (command: readonly string[]): string => `${['kmon', ...command].join('-')}.txt`;

describe('help', () => {
  it.each(ALL.map((c) => [['kmon', ...c].join(' '), c] as const))(
    'of %s is as written down',
    async (_, command) => {
      await expect(await helpOf(command)).toMatchFileSnapshot(`__golden__/${fileOf(command)}`);
    },
  );

  it.each(ALL.map((c) => [['kmon', 'help', ...c].join(' '), c] as const))(
    'is told by %s as well',
    async (_, command) => {
      const io = new FakeIo();
      expect(await runProgram(['help', ...command], io)).toBe(0);
      expect(io.out.raw).toBe(await helpOf(command));
    },
  );

  it('is refused for a command that is none', async () => {
    const io = new FakeIo();
    expect(await runProgram(['help', 'chek'], io)).toBe(2);
    expect(io.err.raw).toContain("unknown command 'chek'");
    expect(io.out.raw).toBe('');
    expect(await runProgram(['help', 'lab', 'stat'], new FakeIo())).toBe(2);
  });

  it('is written down for every command, and no other', () => {
    const files = readdirSync(new URL('__golden__', import.meta.url)).toSorted();
    expect(files).toEqual(ALL.map(fileOf).toSorted());
  });

  it('tells the workshop in order, each command with an example', async () => {
    const help = await helpOf();
    const story = [
      'new',
      'check',
      'init-parent',
      'join-child',
      'deploy-monitoring',
      'up',
      'status',
      'stress',
      'teardown',
    ];
    expect(COMMANDS.map((c) => c.join(' ')).slice(0, story.length)).toEqual(story);
    const examples = [...help.matchAll(/^ {2}kmon ([a-z-]+)/gm)].map((m) => m[1]);
    expect(examples).toEqual(story);
  });

  it('has examples that the command line takes', async () => {
    for (const command of COMMANDS) {
      const example = /Example:\n {2}kmon (.*)/.exec(await helpOf(command))?.[1] ?? '';
      const words = example.split(' ');
      expect(words.slice(0, command.length)).toEqual(command);
      const known = await flagsOf(command);
      for (const word of words.filter((w) => w.startsWith('--'))) expect(known).toContain(word);
    }
  });

  it('explains every exit code', async () => {
    const help = await helpOf();
    for (const [code, exitCode] of Object.entries(EXIT_CODES)) {
      expect(help).toContain(`${String(exitCode).padStart(5)}  ${EXIT_MEANING[code as ErrorCode]}\n`);
    }
  });

  it('is what kmon without a word prints', async () => {
    const io = new FakeIo();
    expect(await runProgram([], io)).toBe(0);
    expect(io.out.raw).toBe(await helpOf());
    expect(io.err.raw).toBe('');
  });
});

it('has the flags of every command that the workshop promises', async () => {
  // What is not about a room that is there.
  const others = [...GROUPS, 'new'];
  for (const command of COMMANDS.filter(([first = '']) => !others.includes(first))) {
    const promised = [
      '--dry-run',
      '--only',
      '--json',
      '--plain',
      '--yes',
      '--config',
      '--break-lock',
      '--help',
    ];
    expect(await flagsOf(command)).toEqual(expect.arrayContaining(promised));
  }
});
