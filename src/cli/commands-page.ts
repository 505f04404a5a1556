import { ERROR_CODES, EXIT_CODES, EXIT_MEANING } from '../errors/exit-codes.js';
import { COMMANDS, WORKSHOP } from './commands/index.js';
import type { Command } from './command.js';
import { standardText, termOf } from './option.js';

/** docs/commands.md: every command with its options, examples and exit codes. Ends with a line break. */
export function commandsPage(): string {
  const others = COMMANDS.filter((c) => !WORKSHOP.includes(c));
  return `${[
    '# Commands',
    '[All pages](README.md)',
    `Every command of kmon, made from src/cli/commands/ by scripts/docs. \`--help\` behind a command tells the same. Results go to stdout, progress to
stderr. A flag that takes several words takes all up to the next flag.`,
    '## The workshop, in order',
    list(WORKSHOP),
    '## Beside it',
    list(others),
    ...COMMANDS.flatMap(section),
    '## Exit codes',
    'Scripts may rely on these numbers: they are only ever added to.',
    exitCodeTable(),
  ].join('\n\n')}\n`;
}

function list(commands: readonly Command[]): string {
  return table(
    ['Command', 'What it does'],
    commands.map(({ name, summary }) => [`[\`kmon ${name}\`](#kmon-${name.replace(' ', '-')})`, summary]),
  );
}

function section(command: Command): readonly string[] {
  const { name, summary, description, options, examples } = command;
  return [
    `## kmon ${name}`,
    `${summary[0]?.toUpperCase() ?? ''}${summary.slice(1)}. ${description}`,
    ['```sh', ...examples.flatMap(({ line, does }) => [`# ${does}`, line]), '```'].join('\n'),
    ...(command.arguments.length === 0
      ? []
      : [
          table(
            ['Argument', 'What it is'],
            command.arguments.map((a) => [`\`${a.name}\``, a.help]),
          ),
        ]),
    ...(options.length === 0 ? [] : [optionTable(options)]),
    `Exit codes: 0, ${command.exitCodes.map((c) => `${EXIT_CODES[c]} \`${c}\``).join(', ')}.`,
  ];
}

function optionTable(options: Command['options']): string {
  return table(
    ['Flag', 'What it does'],
    options.map((option) => {
      const { standard, goesWith, notWith } = option;
      const more = [
        ...(standard === undefined ? [] : [`default: ${standardText(standard)}`]),
        ...(goesWith === undefined ? [] : [`only with \`${goesWith}\``]),
        ...(notWith === undefined ? [] : [`not with \`${notWith}\``]),
      ];
      return [`\`${termOf(option)}\``, `${option.help}${more.length === 0 ? '' : ` (${more.join(', ')})`}`];
    }),
  );
}

function exitCodeTable(): string {
  const rows = ERROR_CODES.map((code) => [String(EXIT_CODES[code]), `\`${code}\``, EXIT_MEANING[code]]);
  return table(['Code', 'Name', 'Meaning'], [['0', '`done`', 'done'], ...rows]);
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((c) => c.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}
