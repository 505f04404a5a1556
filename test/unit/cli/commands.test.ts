import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { commandsPage } from '../../../src/cli/commands-page.js';
import { COMMANDS } from '../../../src/cli/commands/index.js';
import { GROUPS } from '../../../src/cli/groups.js';
import { runProgram } from '../../../src/cli/program.js';
import { EXIT_CODES } from '../../../src/errors/exit-codes.js';
import { mistakesIn } from '../../support/command-lines.js';
import { FakeIo } from './fake-io.js';
import { recorded } from './recorded.js';

/** What a command is given by a line; the work is not done. */
async function valuesOf(line: string): Promise<object> {
  const found: object[] = [];
  const told = recorded((_, values) => {
    found.push(values);
    return 0;
  });
  const io = new FakeIo();
  expect(await runProgram(line.split(' ').slice(1), io, told), io.err.raw).toBe(0);
  expect(found).toHaveLength(1);
  return found[0] ?? {};
}

const camelCase = (flag: string): string =>
  flag.replace(/^--(no-)?/, '').replaceAll(/-(.)/g, (_, letter: string) => letter.toUpperCase());

describe('the commands', () => {
  it('have names of their own, of one word or of a group', () => {
    const names = COMMANDS.map((c) => c.name);
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[a-z-]+( [a-z-]+)?$/);
    const heads = names.filter((name) => name.includes(' ')).map((name) => name.replace(/ .*/, ''));
    // Some commands have others behind them: those are no groups, and come first.
    const groups = heads.filter((head) => !names.includes(head));
    for (const [i, name] of names.entries()) {
      const head = names.indexOf(name.replace(/ .*/, ''));
      expect(head, name).toBeLessThanOrEqual(i);
    }
    expect([...new Set(groups)]).toEqual(Object.keys(GROUPS));
  });

  // Loads the work of each of them, which is the whole program: on a busy computer that takes its time.
  it('that have kmon.yaml to read say when there is none', { timeout: 180_000 }, async () => {
    // One writes it, and one needs none: where there is one it says which monitoring.
    const others = ['new', 'solo'];
    const reading = COMMANDS.filter(
      (c) => !others.includes(c.name) && c.options.some((o) => o.flag === '--config'),
    );
    expect(reading).toHaveLength(31);
    for (const { name, arguments: words } of reading) {
      const io = new FakeIo();
      const typed = [
        ...name.split(' '),
        ...words.flatMap((a) =>
          a.optional === true ? [] : (a.words?.[0] ?? (a.name === 'url' ? 'http://web.red/' : 'x')),
        ),
      ];
      expect(await runProgram(typed, io), name).toBe(3);
      expect(io.err.raw).toContain('there is no kmon.yaml in this folder');
    }
  });

  it('may all together end with every exit code', () => {
    const codes = new Set(COMMANDS.flatMap((c) => c.exitCodes));
    expect([...codes].toSorted()).toEqual(Object.keys(EXIT_CODES).toSorted());
  });
});

describe('docs/commands.md', () => {
  const page = readFileSync(new URL('../../../docs/commands.md', import.meta.url), 'utf8');

  it('is what the code makes: run scripts/docs', () => {
    expect(page).toBe(commandsPage());
  });

  it('has a section for every command, to which its first lines lead', () => {
    for (const { name, options } of COMMANDS) {
      const [, section] = page.split(`\n## kmon ${name}\n`);
      expect(page).toContain(`(#kmon-${name.replace(' ', '-')})`);
      for (const { flag } of options) expect(section?.split('\n## ')[0]).toContain(flag);
    }
  });

  it('has the exit codes of the program', () => {
    for (const [code, number] of Object.entries(EXIT_CODES))
      expect(page).toContain(`\n| ${number} | \`${code}\` | `);
  });
});

describe.each(COMMANDS.map((c) => [c.name, c] as const))('kmon %s', (name, command) => {
  it('has options that are found by their flags', () => {
    const { options } = command;
    for (const option of options) {
      expect(option.flag).toMatch(/^--[a-z][a-z-]*$/);
      expect(option.name).toBe(camelCase(option.flag));
      if (option.short !== undefined) expect(option.short).toMatch(/^-[a-z]$/);
    }
    const flags = options.flatMap((o) => [o.flag, ...(o.short === undefined ? [] : [o.short])]);
    expect(new Set(flags).size).toBe(flags.length);
    for (const other of options.flatMap((o) => [o.goesWith ?? [], o.notWith ?? []].flat()))
      expect(flags).toContain(other);
  });

  it('says in clauses what it does, and in sentences what one should know', () => {
    expect(command.summary).toMatch(/^[a-z].*[^.]$/);
    expect(command.description).toMatch(/^[\w].*\.$/);
    const texts = [
      ...command.options.map((o) => o.help),
      ...command.arguments.map((a) => a.help),
      ...command.examples.map((e) => e.does),
    ];
    for (const text of texts) expect(text).toMatch(/^[A-Za-z].*[^.]$/);
  });

  it('has examples that mean what they say', async () => {
    const bare = command.arguments.length > 0 ? {} : await valuesOf(`kmon ${name}`);
    for (const { line, means = {} } of command.examples) {
      expect(line.startsWith(`kmon ${name}`)).toBe(true);
      expect(mistakesIn(line)).toEqual([]);
      const values = await valuesOf(line);
      if (command.arguments.length > 0) expect(values).toMatchObject(means);
      else expect(values).toEqual({ ...bare, ...means });
    }
  });

  it('tells its exit codes in order, each once', () => {
    const numbers = command.exitCodes.map((code) => EXIT_CODES[code]);
    expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
    expect(command.exitCodes).toEqual(expect.arrayContaining(['usage', 'bug']));
  });
});
