import { KmonError } from '../errors/kmon-error.js';
import type { Mistake } from '../errors/kmon-error.js';
import { harmlessLine, harmlessText } from './harmless.js';
import { plainTheme } from './theme.js';
import type { Theme } from './theme.js';
import { thisSystem } from '../here/platform/this-platform.js';

export interface ErrorTextContext {
  /** The address of a machine by its name; shown beside names that are not the address itself. */
  readonly addressOf?: (machine: string) => string | undefined;
  readonly transcript?: string;
  /** Version of kmon, for bug reports. */
  readonly version?: string;
  readonly theme?: Theme;
}

/** More lines than this of foreign output help nobody; the transcript has them. */
const EVIDENCE_LINES = 5;
const EVIDENCE_COLUMNS = 400;

/**
 * A failure as people read it: where, what, the line of foreign output that matters, the remedy, the transcript, which alone shows the
 * command. Never a stack for a
 * KmonError, except for kind `bug`; everything that is not a KmonError is a bug and is shown with its stack and how to report it.
 * Every error of an AggregateError is shown. What machines say cannot control the terminal. Ends without a line break.
 */
export function errorText(error: unknown, context: ErrorTextContext = {}): string {
  const theme = context.theme ?? plainTheme;
  const lines = flatten(error).flatMap((one) =>
    one instanceof KmonError && one.code !== 'bug'
      ? kmonErrorLines(one, context, theme)
      : bugLines(one, context, theme),
  );
  if (context.transcript !== undefined)
    lines.push(theme.dim(`  transcript: ${harmlessLine(context.transcript)}`));
  return lines.join('\n');
}

function flatten(error: unknown): readonly unknown[] {
  if (error instanceof AggregateError && error.errors.length > 0) return error.errors.flatMap(flatten);
  return [error];
}

function kmonErrorLines(error: KmonError, context: ErrorTextContext, theme: Theme): readonly string[] {
  const message = harmlessLine(error.message);
  const wrong = error.mistakes?.map(mistakeText) ?? [message];
  return [
    ...wrong.map((text) => `${theme.bad(theme.signs.failed)} ${theme.strong(where(error, context))}${text}`),
    ...evidenceLines(error.evidence).map((line) => `  ${line}`),
    ...(error.hint === undefined ? [] : [`  ${theme.good('fix:')} ${harmlessLine(error.hint)}`]),
  ];
}

/** As compilers write it: a terminal or an editor that knows the form opens the file there. */
function mistakeText({ text, place }: Mistake): string {
  const at = place === undefined ? '' : `${place.file}:${place.line}:${place.column}: `;
  return harmlessLine(`${at}${text}`);
}

function where(error: KmonError, { addressOf }: ErrorTextContext): string {
  const { stage, machine } = error.context;
  const address = machine === undefined ? undefined : addressOf?.(machine);
  const place =
    machine === undefined
      ? undefined
      : harmlessLine(machine) +
        (address === undefined || address === machine ? '' : ` (${harmlessLine(address)})`);
  const at = [stage, place].filter((part) => part !== undefined).join(' on ');
  return at === '' ? '' : `${at}: `;
}

function evidenceLines(evidence: string | undefined): readonly string[] {
  if (evidence === undefined) return [];
  return harmlessText(evidence)
    .split('\n')
    .filter((line) => line !== '')
    .slice(0, EVIDENCE_LINES)
    .map((line) => line.slice(0, EVIDENCE_COLUMNS));
}

function bugLines(error: unknown, context: ErrorTextContext, theme: Theme): readonly string[] {
  const place = error instanceof KmonError ? where(error, context) : '';
  const message = error instanceof Error ? error.message : String(error);
  return [
    `${theme.bad(theme.signs.failed)} ${theme.strong(place)}this is a defect of kmon: ${harmlessLine(message)}`,
    ...stackOf(error).map((line) => theme.dim(`  ${line}`)),
    `  kmon ${context.version ?? '(version unknown)'}, Node ${process.version}, ${thisSystem}`,
    `  ${theme.good('fix:')} please report it, with the lines above and what you did`,
  ];
}

/** The stack of what really went wrong: the innermost cause is where a bug was, what wraps it only says where it was seen. */
function stackOf(error: unknown): readonly string[] {
  let inner = error;
  for (let depth = 0; depth < 8 && inner instanceof Error && inner.cause instanceof Error; depth++) {
    inner = inner.cause;
  }
  if (!(inner instanceof Error) || inner.stack === undefined) return [];
  return harmlessText(inner.stack)
    .split('\n')
    .map((line) => line.trim());
}
