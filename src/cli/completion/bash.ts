import { quote } from '../../shell/quote.js';
import { flagsOf } from './places.js';
import type { Place } from './places.js';

/**
 * Completion for bash from 3.2 on, which macOS still has: flags, commands, files and folders. It finds the place by the first words, then
 * follows flags and their values up to the word that is asked about.
 */
export function bashCompletion(places: readonly Place[]): string {
  return `# Completion of kmon for bash, written by: kmon completion bash
_kmon() {
  local current=\${COMP_WORDS[COMP_CWORD]} place= word offers= takes=no completes= i count=0
  [[ $current == = ]] && current=
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    case $word in
    =) continue ;;
    -*)
      takes=no completes=
      case $place:$word in
${places.flatMap(takingValues).join('\n')}
      esac
      ;;
    *)
      if [[ $takes == one ]]; then takes=no
      elif [[ $takes == no ]]; then
        case $place:$word in
${places
  .filter(({ words }) => words.length > 0)
  .map(
    ({ words }) =>
      `        ${quote(`${words.slice(0, -1).join(' ')}:${words.at(-1) ?? ''}`)}) place=${quote(words.join(' '))} ;;`,
  )
  .join('\n')}
        *) count=$((count + 1)) ;;
        esac
      fi
      ;;
    esac
  done
  if [[ $takes != no && $current != -* ]]; then
    case $completes in
    files) compopt -o filenames 2>/dev/null; offers=$(compgen -f -- "$current") ;;
    folders) compopt -o filenames 2>/dev/null; offers=$(compgen -d -- "$current") ;;
    *) offers=$(compgen -W "$completes" -- "$current") ;;
    esac
  else
    case $place:$count in
${places.flatMap(words).join('\n')}
    esac
    if [[ $current == -* || ( -z $offers && $count == 0 ) ]]; then
      case $place in
${places.map((p) => `      ${quote(p.words.join(' '))}) offers=${quote(p.options.flatMap(flagsOf).join(' '))} ;;`).join('\n')}
      esac
    fi
    offers=$(compgen -W "$offers" -- "$current")
  fi
  while IFS= read -r word; do
    [[ -z $word ]] || COMPREPLY+=("$word")
  done <<<"$offers"
}
complete -F _kmon kmon
`;
}

function takingValues({ words, options }: Place): readonly string[] {
  return options.flatMap((option) => {
    const { operand } = option;
    if (operand === undefined) return [];
    const patterns = flagsOf(option).map((f) => quote(`${words.join(' ')}:${f}`));
    const completes = typeof operand.completes === 'object' ? operand.completes.join(' ') : operand.completes;
    const takes = operand.repeated ? 'many' : 'one';
    return [`      ${patterns.join(' | ')}) takes=${takes} completes=${quote(completes ?? '')} ;;`];
  });
}

/** The words that may stand at a place without a flag, by how many stood there already. */
function words({ words: at, next, arguments: args }: Place): readonly string[] {
  const offers = next.length > 0 ? [next.map((n) => n.word)] : args.map((a) => a.words ?? []);
  return offers.flatMap((offer, count) =>
    offer.length === 0
      ? []
      : [`    ${quote(`${at.join(' ')}:${count}`)}) offers=${quote(offer.join(' '))} ;;`],
  );
}
