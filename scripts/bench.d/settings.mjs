// The command line of `scripts/bench fanout`.
import { parseArgs } from 'node:util';
import { CLIENTS, USUAL } from './clients.mjs';

/** More machines than this are no class room, and no measurement on one computer. */
const MOST_MACHINES = 64;
const MOST_ROUNDS = 50;

/** A mistake of who runs the benchmark: told in one line, without a stack. */
export class Mistake extends Error {}

export function settings(argv) {
  const { values } = read(argv);
  if (values.json && values.markdown !== undefined)
    throw new Mistake('--json and --markdown exclude each other');
  if (values.markdown !== undefined && !['en', 'fr'].includes(values.markdown))
    throw new Mistake('--markdown is en or fr');
  return {
    sizes: list(values.machines, 'machines')
      .map((n) => whole(n, '--machines', MOST_MACHINES))
      .toSorted((a, b) => a - b),
    rounds: whole(values.rounds, '--rounds', MOST_ROUNDS),
    only: list(values.only ?? USUAL.join(','), 'only').map((name) => {
      if (!CLIENTS.includes(name)) throw new Mistake(`there is no client '${name}': ${CLIENTS.join(', ')}`);
      return name;
    }),
    show: values.json ? 'json' : (values.markdown ?? 'text'),
    from: values.from,
    needs: values.needs,
  };
}

function read(argv) {
  try {
    return parseArgs({
      args: argv,
      options: {
        machines: { type: 'string', default: '4,16,64' },
        rounds: { type: 'string', default: '3' },
        only: { type: 'string' },
        json: { type: 'boolean', default: false },
        markdown: { type: 'string' },
        from: { type: 'string' },
        needs: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new Mistake(error.message);
  }
}

function list(text, name) {
  const words = [...new Set(text.split(',').filter((word) => word !== ''))];
  if (words.length === 0) throw new Mistake(`--${name} is empty`);
  return words;
}

function whole(text, name, most) {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > most)
    throw new Mistake(`${name} takes a whole number from 1 to ${most}, not '${text}'`);
  return number;
}
