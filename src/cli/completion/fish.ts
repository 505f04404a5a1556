import type { Operand, Option } from '../option.js';
import type { Place } from './places.js';

/** Completion for fish from 3.0 on: flags and commands with what they are for, files and folders. */
export function fishCompletion(places: readonly Place[]): string {
  return `# Completion of kmon for fish, written by: kmon completion fish
function __kmon_at --description 'Whether the command line is at a place of kmon, and so many words further'
    set -l words (commandline -opc)[2..-1]
    set -l further $argv[1]
    set -l place $argv[2..-1]
    set -l size (count $place)
    if test $size -gt 0
        test (count $words) -ge $size; or return 1
        test "$words[1..$size]" = "$place"; or return 1
        set -e words[1..$size]
    end
    test "$further" = any; and return 0
    test (count (string match -v -- '-*' $words)) -eq $further
end
function __kmon_behind --description 'Whether the last flag is this one, at a place of kmon'
    set -l flags (string match -- '-*' (commandline -opc))
    test "$flags[-1]" = "$argv[1]"; and __kmon_at any $argv[2..-1]
end
complete -c kmon -e
complete -c kmon -f
${places.flatMap((place) => [...wordLines(place), ...place.options.flatMap((o) => optionLines(place, o))]).join('\n')}
`;
}

function wordLines({ words, next, arguments: args }: Place): readonly string[] {
  return [
    ...next.map(({ word, help }) => `${at(words, '0')} -a ${quoted(word)} -d ${quoted(help)}`),
    ...args.flatMap(({ words: offered, help }, place) =>
      offered === undefined
        ? []
        : [`${at(words, String(place))} -a ${quoted(offered.join(' '))} -d ${quoted(help)}`],
    ),
  ];
}

function optionLines({ words }: Place, { flag, short, help, operand }: Option): readonly string[] {
  // Outside of every command a flag stands alone.
  const where = at(words, words.length === 0 ? '0' : 'any');
  const flags = `${where} ${short === undefined ? '' : `-s ${short.slice(1)} `}-l ${flag.slice(2)}`;
  if (operand === undefined) return [`${flags} -d ${quoted(help)}`];
  const { completes, optional } = operand;
  if (!optional) return [`${flags} ${valueOf(completes)} -d ${quoted(help)}`];
  const behind = `complete -c kmon -n ${quoted(['__kmon_behind', flag, ...words].join(' '))}`;
  return [`${flags} -d ${quoted(help)}`, `${behind} ${valueOf(completes)}`];
}

/** What stands behind a flag. */
function valueOf(completes: Operand['completes']): string {
  if (completes === 'files') return '-r -F';
  if (completes === 'folders') return "-x -a '(__fish_complete_directories (commandline -ct))'";
  return completes === undefined ? '-x' : `-x -a ${quoted(completes.join(' '))}`;
}

function at(words: readonly string[], further: string): string {
  return `complete -c kmon -n ${quoted(['__kmon_at', further, ...words].join(' '))}`;
}

/** As fish reads it: within single quotes only `\` and `'` mean something. */
function quoted(text: string): string {
  return `'${text.replaceAll(/[\\']/g, '\\$&')}'`;
}
