import type { EngineEvent } from '../engine/events.js';
import { exitCodeOf } from '../engine/report.js';
import type { RunReport } from '../engine/report.js';
import { KmonError } from '../errors/kmon-error.js';

/** One line of JSON for programs and for the transcript. */
export type Json = Readonly<Record<string, unknown>>;

/** First lines of what a command wrote to stderr are kept: they name the cause; a whole build log would bury it. */
const STDERR_LINES = 20;
const STDERR_CHARS = 4000;

/** An event as data: its own fields under their own names, `at` in ISO form, errors as `errorRecord` says. */
export function eventRecord(event: EngineEvent, at: Date): Json {
  const base = { at: at.toISOString(), ...event };
  switch (event.type) {
    case 'command':
      return event.stderr === undefined ? base : { ...base, stderr: firstLines(event.stderr) };
    case 'machine-finished':
      return event.error === undefined ? base : { ...base, error: errorRecord(event.error) };
    case 'set-aside':
      return { ...base, error: errorRecord(event.error) };
    case 'run-started':
    case 'stage-started':
    case 'machine-started':
    case 'progress':
    case 'planned':
    case 'command-started':
    case 'stage-finished':
    case 'note':
      return base;
  }
}

/** A failure as data. What is not a KmonError is a bug and brings its stack; an AggregateError brings all of its errors. */
export function errorRecord(error: unknown): Json {
  if (error instanceof KmonError) {
    const { code, message, hint, evidence, context } = error;
    const mistakes = error.mistakes?.map(({ text, place }) => ({ ...place, text }));
    const stack = code === 'bug' ? stackOf(error.cause ?? error) : undefined;
    return { code, message, mistakes, hint, ...context, evidence, stack };
  }
  if (error instanceof AggregateError && error.errors.length > 0) {
    return { code: 'several', message: error.message, errors: error.errors.map(errorRecord) };
  }
  return {
    code: 'bug',
    message: error instanceof Error ? error.message : String(error),
    stack: stackOf(error),
  };
}

/** The end of a run as data; `exitCode` is the one the process ends with. */
export function reportRecord(report: RunReport, at: Date, exitCode: number = exitCodeOf(report)): Json {
  return {
    at: at.toISOString(),
    type: 'report',
    exitCode,
    command: report.command,
    dryRun: report.dryRun,
    rows: report.rows,
    setAside: report.setAside.map(({ machine, error }) => ({ machine, error: errorRecord(error) })),
    failure: report.failure === undefined ? undefined : errorRecord(report.failure),
  };
}

/**
 * One line without a line break. Control characters that JSON would let through (DEL, C1) are escaped too: whoever looks at the lines
 * in a terminal is as safe as with the other views.
 */
export function jsonLine(record: Json): string {
  return JSON.stringify(record).replace(
    /[\u007f-\u009f\u2028\u2029]/g,
    (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function firstLines(text: string): string {
  return text.split('\n').slice(0, STDERR_LINES).join('\n').slice(0, STDERR_CHARS);
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}
