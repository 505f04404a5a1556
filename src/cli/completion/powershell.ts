import { flagsOf } from './places.js';
import type { Place } from './places.js';

/**
 * Completion for PowerShell 5.1 and newer: flags and commands with what they are for. Where a file, a folder or a free word stands behind a
 * flag it offers nothing: PowerShell completes files by itself then.
 */
export function powershellCompletion(places: readonly Place[]): string {
  return `# Completion of kmon for PowerShell, written by: kmon completion powershell
Register-ArgumentCompleter -Native -CommandName kmon -ScriptBlock {
  param($wordToComplete, $commandAst, $cursorPosition)
  $offers = @{
${places.map((p) => `    ${quoted(p.words.join(' '))} = ${table(offersAt(p))}`).join('\n')}
  }
  $values = @{
${places.flatMap(valuesAt).join('\n')}
  }
  $words = @($commandAst.CommandElements | Select-Object -Skip 1 |
    Where-Object { $_.Extent.EndOffset -lt $cursorPosition } | ForEach-Object { "$_" })
  $place = ''
  foreach ($word in $words) {
    $further = "$place $word".Trim()
    if (-not $offers.ContainsKey($further)) { break }
    $place = $further
  }
  $found = $offers[$place]
  $flag = "\${place}:" + ($words | Select-Object -Last 1)
  if ($values.ContainsKey($flag) -and $wordToComplete -notlike '-*') { $found = $values[$flag] }
  $found.GetEnumerator() | Where-Object { $_.Key -like "$wordToComplete*" } | ForEach-Object {
    [System.Management.Automation.CompletionResult]::new($_.Key, $_.Key, 'ParameterValue', $_.Value)
  }
}
`;
}

type Offer = readonly [word: string, help: string];

function offersAt({ next, arguments: args, options }: Place): readonly Offer[] {
  return [
    ...next.map(({ word, help }): Offer => [word, help]),
    ...args.flatMap(({ words = [], help }) => words.map((word): Offer => [word, help])),
    ...options.flatMap((option) => flagsOf(option).map((flag): Offer => [flag, option.help])),
  ];
}

function valuesAt({ words, options }: Place): readonly string[] {
  return options.flatMap((option) => {
    const { operand } = option;
    if (operand === undefined) return [];
    const offered = typeof operand.completes === 'object' ? operand.completes : [];
    const offers = offered.map((word): Offer => [word, option.help]);
    return flagsOf(option).map((flag) => `    ${quoted(`${words.join(' ')}:${flag}`)} = ${table(offers)}`);
  });
}

function table(offers: readonly Offer[]): string {
  return `[ordered]@{ ${offers.map(([word, help]) => `${quoted(word)} = ${quoted(help)}`).join('; ')} }`;
}

/** As PowerShell reads it: within single quotes only `'` means something. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
