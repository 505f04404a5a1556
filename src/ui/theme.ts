import { Chalk } from 'chalk';

type Paint = (text: string) => string;

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
};

/** Colours when `coloured`, else `plainTheme`. The sixteen basic colours only: they follow what the person chose for the terminal. */
export function createTheme(coloured: boolean): Theme {
  if (!coloured) return plainTheme;
  const chalk = new Chalk({ level: 1 });
  return {
    good: chalk.green,
    bad: chalk.red,
    warn: chalk.yellow,
    busy: chalk.cyan,
    dim: chalk.dim,
    strong: chalk.bold,
    paper: chalk.black.bgWhiteBright,
  };
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
