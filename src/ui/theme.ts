import { Chalk } from 'chalk';
import isUnicodeSupported from 'is-unicode-supported';

type Paint = (text: string) => string;

/** What is drawn beside words. No sense is lost where a sign is another one. */
export interface Signs {
  readonly done: string;
  readonly planned: string;
  readonly failed: string;
  readonly setAside: string;
  readonly note: string;
  /** Of a bar, one column each. */
  readonly full: string;
  readonly empty: string;
  /** Of a line of values, the lowest first. */
  readonly levels: readonly string[];
}

export const drawnSigns: Signs = {
  done: '✔',
  planned: '→',
  failed: '✖',
  setAside: '⚠',
  note: '·',
  full: '█',
  empty: '░',
  levels: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
};

/** For terminals whose fonts lack most of them: the console of Windows before its Terminal, the console of Linux. */
export const plainSigns: Signs = {
  done: '+',
  planned: '>',
  failed: 'x',
  setAside: '!',
  note: '-',
  full: '#',
  empty: '.',
  levels: ['_', '.', ':', '-', '=', '+', '*', '#'],
};

/** What colours mean. Every state is said in words as well, so that nothing is lost without them. */
export interface Theme {
  readonly good: Paint;
  readonly bad: Paint;
  readonly warn: Paint;
  readonly busy: Paint;
  readonly dim: Paint;
  readonly strong: Paint;
  /** Dark on light, whatever the terminal has: for what a camera reads. */
  readonly paper: Paint;
  readonly signs: Signs;
}

const same: Paint = (text) => text;

/** No colour codes at all. */
export const plainTheme: Theme = {
  good: same,
  bad: same,
  warn: same,
  busy: same,
  dim: same,
  strong: same,
  paper: same,
  signs: drawnSigns,
};

/** Colours when `coloured`, else `plainTheme`. The sixteen basic colours only: they follow what the person chose for the terminal. */
export function createTheme(coloured: boolean, signs: Signs = drawnSigns): Theme {
  if (!coloured) return signs === drawnSigns ? plainTheme : { ...plainTheme, signs };
  const chalk = new Chalk({ level: 1 });
  return {
    good: chalk.green,
    bad: chalk.red,
    warn: chalk.yellow,
    busy: chalk.cyan,
    dim: chalk.dim,
    strong: chalk.bold,
    paper: chalk.black.bgWhiteBright,
    signs,
  };
}

/** What suits a stream: a file takes every sign, a terminal those that it can show. */
export function themeFor(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): Theme {
  return createTheme(
    isColoured(stream, env),
    stream.isTTY === true && !isUnicodeSupported() ? plainSigns : drawnSigns,
  );
}

/**
 * Whether colours are wanted on a stream. FORCE_COLOR decides alone when it is set (as in Node itself; `0` and `false` mean no), then
 * NO_COLOR (any text that is not empty), then whether the stream is a terminal that knows colours.
 */
export function isColoured(
  stream: { readonly isTTY?: boolean },
  env: Readonly<Record<string, string | undefined>>,
): boolean {
  const force = env['FORCE_COLOR'];
  if (force !== undefined) return force !== '0' && force !== 'false';
  if ((env['NO_COLOR'] ?? '') !== '') return false;
  return stream.isTTY === true && env['TERM'] !== 'dumb';
}
