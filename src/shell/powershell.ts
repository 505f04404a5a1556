import type { Effect } from './command.js';

/**
 * A script for Windows PowerShell as a value. A type of its own, so that no runner takes it for one of `sh`. `text` is exactly what
 * PowerShell reads and what people are shown.
 */
export interface PowerShell<E extends Effect = Effect> {
  readonly effect: E;
  readonly language: 'powershell';
  readonly text: string;
}

/** What may stand in `${}`: text is quoted, a number is put in as it is, a list becomes quoted words with commas between. */
export type PowerShellValue = string | number | readonly string[];

type Tag<E extends Effect> = (
  strings: TemplateStringsArray,
  ...values: readonly PowerShellValue[]
) => PowerShell<E>;

/** A script that leaves the computer as it is. */
export const psReads: Tag<'reads'> = (strings, ...values) => ({
  effect: 'reads',
  language: 'powershell',
  text: weave(strings, values),
});

/** A script that changes the computer. */
export const psChanges: Tag<'changes'> = (strings, ...values) => ({
  effect: 'changes',
  language: 'powershell',
  text: weave(strings, values),
});

/**
 * A literal string of PowerShell: whatever the value holds, it is read back as exactly this. Between single quotes nothing is expanded;
 * the four typographic single quotes end such a string too, and each is written twice (about_Quoting_Rules, CharExtensions.IsSingleQuote).
 * A NUL is refused: no argument of a program can hold one.
 */
export function psQuote(value: string): string {
  if (value.includes('\0')) throw new TypeError('a word of PowerShell cannot hold a NUL');
  return `'${value.replaceAll(/['\u2018-\u201b]/g, '$&$&')}'`;
}

/** cmd.exe takes no longer line (8191 characters); it is the login shell that OpenSSH for Windows starts unless told otherwise. */
const LONGEST_LINE = 8191;

/**
 * A command line that runs the script whatever the login shell is: cmd.exe, PowerShell 5 or 7, or a Bash on Windows. All of it is
 * letters, digits and `+/=-`, to which none of them gives a meaning. Progress would be written to stderr as XML; output is UTF-8.
 *
 * @throws TypeError when the script is too long for one line.
 */
export function powershellLine(script: PowerShell): string {
  const whole = `$ProgressPreference='SilentlyContinue'
try{[Console]::OutputEncoding=New-Object Text.UTF8Encoding $false}catch{}
${script.text}`;
  const line = `powershell -NoLogo -NoProfile -NonInteractive -EncodedCommand ${Buffer.from(whole, 'utf16le').toString('base64')}`;
  if (line.length > LONGEST_LINE) throw new TypeError('the script is too long for a line of cmd.exe');
  return line;
}

function weave(strings: TemplateStringsArray, values: readonly PowerShellValue[]): string {
  let out = strings.raw[0] ?? '';
  values.forEach((value, i) => {
    out += asPowerShell(value) + (strings.raw[i + 1] ?? '');
  });
  return out;
}

function asPowerShell(value: PowerShellValue): string {
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? psQuote(value) : value.map(psQuote).join(',');
}
