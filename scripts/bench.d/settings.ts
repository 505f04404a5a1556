// The command line of `scripts/bench fanout`.
import { parseArgs } from 'node:util';
import { CLIENTS, USUAL } from './clients.js';
import type { ClientName } from './clients.js';
import type { Form } from './show.js';

/** More machines than this are no class room, and no measurement on one computer. */
const MOST_MACHINES = 64;
const MOST_ROUNDS = 50;
const LANGUAGES = ['en', 'fr'] as const;

/** A mistake of who runs the benchmark: told in one line, without a stack. */
export class Mistake extends Error {}

export interface Settings {
  /** The folder of the project. */
  readonly project: string;
  /** In rising order. */
  readonly sizes: readonly number[];
  readonly rounds: number;
  readonly only: readonly ClientName[];
  readonly show: Form;
  /** A report of before, instead of measuring. */
  readonly from: string | undefined;
  /** Only tell what is needed. */
  readonly needs: boolean;
}

/** @throws Mistake */
export function settings(argv: readonly string[]): Settings {
  const values = read(argv);
  if (values.json && values.markdown !== undefined)
    throw new Mistake('--json and --markdown exclude each other');
  const language = LANGUAGES.find((l) => l === values.markdown);
  if (values.markdown !== undefined && language === undefined) throw new Mistake('--markdown is en or fr');
  return {
    project: values.project,
    sizes: list(values.machines, 'machines')
      .map((n) => whole(n, '--machines', MOST_MACHINES))
      .toSorted((a, b) => a - b),
    rounds: whole(values.rounds, '--rounds', MOST_ROUNDS),
    only: list(values.only ?? USUAL.join(','), 'only').map((name) => {
      const client = CLIENTS.find((c) => c === name);
      if (client === undefined) throw new Mistake(`there is no client '${name}': ${CLIENTS.join(', ')}`);
      return client;
    }),
    show: values.json ? 'json' : (language ?? 'text'),
    from: values.from,
    needs: values.needs,
  };
}

function read(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        project: { type: 'string', default: '.' },
        machines: { type: 'string', default: '4,16,64' },
        rounds: { type: 'string', default: '3' },
        only: { type: 'string' },
        json: { type: 'boolean', default: false },
        markdown: { type: 'string' },
        from: { type: 'string' },
        needs: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new Mistake(error instanceof Error ? error.message : String(error));
  }
}

function list(text: string, name: string): readonly string[] {
  const words = [...new Set(text.split(',').filter((word) => word !== ''))];
  if (words.length === 0) throw new Mistake(`--${name} is empty`);
  return words;
}

function whole(text: string, name: string, most: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > most)
    throw new Mistake(`${name} takes a whole number from 1 to ${most}, not '${text}'`);
  return number;
}
