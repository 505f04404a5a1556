import { quote } from './quote.js';
import type { Secret } from './secret.js';

/**
 * Whether a command only looks, changes the machine, or tries something out there that ends by itself (a listener with a deadline). Declared
 * once, by the builder that knows the tool.
 */
export type Effect = 'reads' | 'changes' | 'tries';

/** A file of this computer whose bytes go to a command's stdin; streamed, never held in memory whole. */
export interface StdinFile {
  readonly file: string;
}

export type Stdin = string | Buffer | Secret | StdinFile;

/**
 * A POSIX `sh` script as a value: nothing runs until a runner is given it. `script` is exactly what the machine's `sh` reads and
 * what people are shown: it never holds a secret, since secrets travel by `stdin` only (the tag does not take them).
 */
export interface Command<E extends Effect = Effect> {
  readonly effect: E;
  readonly script: string;
  readonly stdin?: Stdin;
  /** Longest time the command may take, in milliseconds; the runner has a default. */
  readonly timeoutMs?: number;
  /** Exit codes that are no failure; `[0]` when absent. `'any'`: the caller judges. */
  readonly ok?: readonly number[] | 'any';
  /**
   * Of a change that fetches something and may take minutes: asked meanwhile, beside it, how far it is. Prints "BYTES TOTAL WHAT" of what comes
   * now, "-" for a total that is not known, or nothing.
   */
  readonly watch?: Command<'reads'>;
}

/** What may stand in `${}`: text is quoted, a list becomes quoted words, a command of the same tag is put in as it is. */
export type ShellValue = string | number | Command | readonly (string | number)[];

type Tag<E extends Effect> = (strings: TemplateStringsArray, ...values: readonly ShellValue[]) => Command<E>;

/** A command that leaves the machine as it is. May hold other reading commands only. */
export const reads: Tag<'reads'> = (strings, ...values) => {
  for (const value of values) {
    if (isCommand(value) && value.effect !== 'reads')
      throw new TypeError('a reading command cannot hold a changing one');
  }
  return { effect: 'reads', script: weave(strings, values) };
};

/** A command that starts something which ends by itself, however long it is left alone. */
export const tries: Tag<'tries'> = (strings, ...values) => ({
  effect: 'tries',
  script: weave(strings, values),
});

/** A command that changes the machine. */
export const changes: Tag<'changes'> = (strings, ...values) => ({
  effect: 'changes',
  script: weave(strings, values),
});

/** The same command with something on its stdin, its own deadline, other good exit codes or a watch. */
export function withOptions<E extends Effect>(
  command: Command<E>,
  options: Pick<Command, 'stdin' | 'timeoutMs' | 'ok' | 'watch'>,
): Command<E> {
  return { ...command, ...options };
}

/** Several changes as one script that stops at the first failure. */
export function inOrder(commands: readonly Command<'changes'>[]): Command<'changes'> {
  if (commands.some((c) => c.stdin !== undefined))
    throw new TypeError('a command with stdin cannot be joined to others');
  return { effect: 'changes', script: ['set -e', ...commands.map((c) => c.script)].join('\n') };
}

function weave(strings: TemplateStringsArray, values: readonly ShellValue[]): string {
  // `raw`, so that a backslash in the template reaches the shell as it is written.
  let out = strings.raw[0] ?? '';
  values.forEach((value, i) => {
    out += asShell(value) + (strings.raw[i + 1] ?? '');
  });
  return out;
}

function asShell(value: ShellValue): string {
  if (typeof value === 'string') return quote(value);
  if (typeof value === 'number') return quote(String(value));
  if (isCommand(value)) {
    if (value.stdin !== undefined) throw new TypeError('a command with stdin cannot be put into another');
    return value.script;
  }
  return value.map((v) => quote(String(v))).join(' ');
}

function isCommand(value: ShellValue): value is Command {
  return typeof value === 'object' && 'effect' in value;
}
