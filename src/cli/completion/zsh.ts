import { quote } from '../../shell/quote.js';
import type { Operand, Option } from '../option.js';
import { flagsOf } from './places.js';
import type { Place } from './places.js';

/** Completion for zsh 5: flags and commands with what they are for, files and folders. It may be sourced, or lie in $fpath as `_kmon`. */
export function zshCompletion(places: readonly Place[]): string {
  return `#compdef kmon
# Completion of kmon for zsh, written by: kmon completion zsh
_kmon() {
  local place=
  local -i depth=1
  local -a offers
  while (( depth + 1 < CURRENT )); do
    case "$place:\${words[depth + 1]}" in
${places
  .filter(({ words }) => words.length > 0)
  .map(
    ({ words }) =>
      `    (${quote(`${words.slice(0, -1).join(' ')}:${words.at(-1) ?? ''}`)}) place=${quote(words.join(' '))} ;;`,
  )
  .join('\n')}
    (*) break ;;
    esac
    (( depth += 1 ))
  done
  # What follows the words of the command is completed as if it stood behind one word.
  shift $(( depth - 1 )) words
  (( CURRENT -= depth - 1 ))
  case $place in
${places.flatMap(section).join('\n')}
  esac
}
if [[ \${funcstack[1]} == _kmon ]]; then
  _kmon "$@"
else
  (( \${+functions[compdef]} )) || { autoload -Uz compinit && compinit; }
  compdef _kmon kmon
fi
`;
}

function section({ words, next, arguments: args, options }: Place): readonly string[] {
  const specs = [
    ...options.flatMap(optionSpecs),
    ...args.map(
      (a, i) => `${i + 1}:${escaped(a.name)}:${a.words === undefined ? ' ' : `(${a.words.join(' ')})`}`,
    ),
  ];
  const offers = next.map(({ word, help }) => `${escaped(word)}:${help}`);
  return [
    `  (${quote(words.join(' '))})`,
    ...(offers.length === 0
      ? []
      : [
          '    if (( CURRENT == 2 )) && [[ $PREFIX != -* ]]; then',
          `      offers=(${offers.map(quote).join(' ')})`,
          '      _describe -t commands command offers',
          '      return',
          '    fi',
        ]),
    `    _arguments ${specs.map(quote).join(' ')}`,
    '    ;;',
  ];
}

/** As `_arguments` wants it: one for each flag, and each of them once on a line, but for what may be repeated. */
function optionSpecs(option: Option): readonly string[] {
  const { help, operand } = option;
  const flags = flagsOf(option);
  const once = operand?.repeated === true ? '*' : `(${flags.join(' ')})`;
  return flags.map((flag) => {
    const takes =
      operand === undefined
        ? ''
        : `:${operand.optional ? ':' : ''}${escaped(operand.name)}:${actionOf(operand)}`;
    const form = operand !== undefined && flag.startsWith('--') && !operand.optional ? `${flag}=` : flag;
    return `${once}${form}[${help.replaceAll(/[[\]\\]/g, '\\$&')}]${takes}`;
  });
}

function actionOf({ completes }: Operand): string {
  if (completes === 'files') return '_files';
  if (completes === 'folders') return '_files -/';
  return completes === undefined ? ' ' : `(${completes.join(' ')})`;
}

function escaped(text: string): string {
  return text.replaceAll(/[:\\]/g, '\\$&');
}
