import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { COMMANDS, WORKSHOP } from '../../../src/cli/commands/index.js';
import { GROUPS } from '../../../src/cli/groups.js';
import { termOf } from '../../../src/cli/option.js';
import { runProgram } from '../../../src/cli/program.js';
import { EXIT_CODES, EXIT_MEANING } from '../../../src/errors/exit-codes.js';
import type { ErrorCode } from '../../../src/errors/exit-codes.js';
import { FakeIo } from './fake-io.js';

const ALL: readonly (readonly string[])[] = [
  [],
  ...Object.keys(GROUPS).map((group) => [group]),
  ...COMMANDS.map(({ name }) => name.split(' ')),
];

/** What `--help` of a command prints; of kmon itself without a command. */
async function helpOf(command: readonly string[] = []): Promise<string> {
  const io = new FakeIo();
  expect(await runProgram([...command, '--help'], io)).toBe(0);
  return io.out.raw;
}

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
    const story = [
      'new',
      'enrol',
      'check',
      'init-parent',
      'join-child',
      'deploy-monitoring',
      'up',
      'verify',
      'status',
      'top',
      'alerts',
      'open',
      'test-app',
      'watch-app',
      'stress',
      'load',
      'report',
      'teardown',
    ];
    expect(WORKSHOP.map((c) => c.name)).toEqual(story);
    const examples = [...(await helpOf()).matchAll(/^ {2}kmon ([a-z-]+)/gm)].map((m) => m[1]);
    expect(examples).toEqual(story);
  });

  it('tells every option, argument, example and exit code of a command', async () => {
    for (const command of COMMANDS) {
      const help = await helpOf(command.name.split(' '));
      for (const line of help.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
      for (const option of command.options) expect(help).toContain(`  ${termOf(option)}`);
      for (const argument of command.arguments) expect(help).toContain(`  ${argument.name}`);
      for (const { line, does } of command.examples) {
        expect(help).toContain(`  ${line}\n    ${does}\n`);
      }
      for (const code of command.exitCodes) expect(help).toContain(`  ${EXIT_MEANING[code]}\n`);
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
