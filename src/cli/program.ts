import { Argument, Command, CommanderError, Option } from 'commander';
import { TESTED_WITH } from '../here/tested-with.js';
import { ERROR_CODES, EXIT_CODES, EXIT_MEANING } from '../errors/exit-codes.js';
import type { ErrorCode } from '../errors/exit-codes.js';
import { COMMANDS, WORKSHOP } from './commands/index.js';
import { GROUPS } from './groups.js';
import type { Command as CommandData, Words } from './command.js';
import type { Io } from './io.js';
import { standardText, termOf } from './option.js';
import type { Given, Option as OptionData } from './option.js';
import { nearestCommands, nearestFlags } from './suggest-command.js';
import { WrongUse } from './wrong-use.js';

/** argv to exit code. Never rejects: what reaches this place unforeseen is reported as a bug, 70. */
export async function runProgram(
  argv: readonly string[],
  io: Io,
  commands: readonly CommandData[] = COMMANDS,
): Promise<number> {
  let exitCode = 0;
  const program = new Command('kmon')
    .description(
      'Turns a room of borrowed computers into a monitored Kubernetes cluster, and gives them back as it found them.',
    )
    .version(`${io.version}\n${TESTED_WITH}`, '-V, --version', 'the version, and what it was tested with')
    // What stands behind the word of a command is that one's own: else `kmon teams` would take the --dry-run of `kmon teams remove`.
    .enablePositionalOptions()
    .showHelpAfterError('(kmon --help tells the workshop)')
    .helpCommand(false)
    .showSuggestionAfterError(false)
    .configureOutput({
      writeOut: (s) => void io.stdout.write(s),
      writeErr: (s) => void io.stderr.write(s),
      outputError: (text, write) => {
        write(`${text}${suggestion(text, argv, program)}`);
      },
    })
    .configureHelp({ subcommandTerm: (c) => c.name() })
    .addHelpText('after', epilogue())
    .exitOverride();
  for (const data of commands) {
    add(program, data, async (words) => {
      exitCode = await data.understand(words).run(io, commands);
    });
  }
  try {
    await program.parseAsync(asFlag(argv, program), { from: 'user' });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : EXIT_CODES.usage;
    const { errorText } = await import('../ui/error-text.js');
    io.stderr.write(`${errorText(error, { version: io.version })}\n`);
    return EXIT_CODES.bug;
  }
}

/** `kmon help check` is `kmon check --help`. A word that is no command is left to be refused as one. */
function asFlag(argv: readonly string[], program: Command): string[] {
  const [first, ...others] = argv;
  if (first === undefined) return ['--help'];
  if (first !== 'help') return [...argv];
  const path: string[] = [];
  let at = program;
  for (const word of others) {
    if (at.commands.length === 0) break;
    const next = at.commands.find((c) => c.name() === word);
    if (next === undefined) return [...path, word];
    path.push(word);
    at = next;
  }
  return [...path, '--help'];
}

/** What was probably meant by a word that commander refuses, as a line; empty when nothing is near. */
function suggestion(error: string, argv: readonly string[], program: Command): string {
  const [first = '', second = ''] = argv;
  const called = program.commands.find((c) => c.name() === first);
  const [, kind, word = ''] =
    /^error: unknown (command|option) '(.*)'$/m.exec(error) ??
    // A command with others behind it, of which the word is none.
    (error.startsWith('error: too many arguments') && called?.commands.length !== 0
      ? [error, 'command', second]
      : []);
  if (kind === undefined) return '';
  const own = called?.commands.find((c) => c.name() === second) ?? called ?? program;
  const near =
    kind === 'option'
      ? nearestFlags(
          word,
          own.options.flatMap(({ long }) => long ?? []),
        )
      : nearestCommands(
          word,
          (called ?? program).commands.map((c) => c.name()),
          called?.name(),
        );
  if (near.length === 0) return '';
  return `(Did you mean ${near.length === 1 ? '' : 'one of '}${near.join(', ')}?)\n`;
}

/** Puts a command where its words lead. `run` may throw WrongUse. */
function add(program: Command, data: CommandData, run: (words: Words) => Promise<void>): void {
  const words = data.name.split(' ');
  const parent = words.length === 1 ? program : groupIn(program, words[0] ?? '');
  const command = parent
    .command(words.at(-1) ?? '')
    .summary(data.summary)
    .description(`${data.summary[0]?.toUpperCase() ?? ''}${data.summary.slice(1)}.\n\n${data.description}`)
    .addHelpText('after', `\n${examplesText(data)}\n\n${exitCodesText(data.exitCodes)}`)
    .showHelpAfterError(`(kmon ${data.name} --help shows its flags)`)
    .enablePositionalOptions()
    .exitOverride();
  for (const { name, help, optional } of data.arguments)
    command.addArgument(new Argument(optional === true ? `[${name}]` : `<${name}>`, help));
  const options = data.options.map((o) => [o.name, optionOf(o)] as const);
  for (const [, option] of options) command.addOption(option);
  command.action(async () => {
    // What commander holds for an option that was not given is for its help alone.
    const isGiven = (option: Option): boolean =>
      command.getOptionValueSource(option.attributeName()) === 'cli';
    const given = options
      .filter(([, option]) => isGiven(option))
      .map(([name, option]) => [name, givenIn(command.getOptionValue(option.attributeName()))] as const);
    try {
      refuseBefore(command, program);
      await run({ options: Object.fromEntries(given), arguments: command.args });
    } catch (error) {
      if (error instanceof WrongUse) command.error(`error: ${error.message}`);
      throw error;
    }
  });
}

/** @throws WrongUse for flags between the words of a command: they are none of its own, and would be passed over. */
function refuseBefore(command: Command, program: Command): void {
  for (let above = command.parent; above !== null && above !== program; above = above.parent) {
    const one = above;
    const stray = one.options.find((o) => one.getOptionValueSource(o.attributeName()) === 'cli');
    if (stray !== undefined)
      throw new WrongUse(`${stray.long ?? stray.flags} stands before '${command.name()}': put it behind`);
  }
}

/** The command that stands before others. */
function groupIn(program: Command, name: string): Command {
  const known = program.commands.find((c) => c.name() === name);
  return (
    known ??
    program
      .command(name)
      .description(GROUPS[name] ?? '')
      .helpCommand(false)
      .exitOverride()
  );
}

function optionOf(data: OptionData): Option {
  const option = new Option(termOf(data), data.help);
  if (data.standard !== undefined) option.default(data.standard, standardText(data.standard));
  if (data.goesWith !== undefined) option.helpGroup(`Options with ${data.goesWith}:`);
  return option;
}

/** What commander took down, as what it is. */
function givenIn(taken: unknown): Given {
  if (typeof taken === 'boolean' || typeof taken === 'string') return taken;
  if (Array.isArray(taken)) return taken.map(String);
  throw new TypeError(`an option was read as ${typeof taken}`);
}

function epilogue(): string {
  const examples = WORKSHOP.map(({ examples: [first] }) => `  ${first.line}`).join('\n');
  return `\nExamples, in the order of the workshop:\n${examples}\n\n${exitCodesText(ERROR_CODES)}`;
}

function examplesText({ examples }: CommandData): string {
  const lines = examples.map(({ line, does }) => `  ${line}\n    ${does}`);
  return [examples.length === 1 ? 'Example:' : 'Examples:', ...lines].join('\n');
}

function exitCodesText(codes: readonly ErrorCode[]): string {
  const lines = codes.map((code) => `  ${String(EXIT_CODES[code]).padStart(3)}  ${EXIT_MEANING[code]}`);
  return ['Exit codes:', '    0  done', ...lines].join('\n');
}
