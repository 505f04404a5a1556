// The command line of `scripts/conformance`.
import { parseArgs } from 'node:util';
import { ALL, focused, SIG_NETWORK } from './selection.js';
import type { Selection } from './selection.js';

const MOST_CHILDREN = 8;
const MOST_PROCESSES = 32;

/** A mistake of who runs it: told in one line, without a stack. */
export class Mistake extends Error {}

export interface Settings {
  /** The folder of the project. */
  readonly project: string;
  /** What `scripts/bundle/build --tests` prints last: the offline bundle, and Kubernetes' own tests. */
  readonly bundle: string;
  readonly tests: string;
  /** Pod networks, as kmon.yaml names them; kmon itself knows which there are. */
  readonly networks: readonly string[];
  readonly children: number;
  /** How many tests run at a time. */
  readonly processes: number;
  readonly selection: Selection;
  readonly form: 'markdown' | 'json';
}

/** @throws Mistake */
export function settings(argv: readonly string[]): Settings {
  const values = read(argv);
  if (values.all && values.focus !== undefined) throw new Mistake('--all and --focus exclude each other');
  const networks = [...new Set(values.network.split(',').filter((word) => word !== ''))];
  if (networks.length === 0) throw new Mistake('--network is empty');
  return {
    project: values.project,
    bundle: values.bundle,
    tests: values.tests,
    networks,
    children: whole(values.children, '--children', MOST_CHILDREN),
    processes: whole(values.processes, '--processes', MOST_PROCESSES),
    selection: values.all ? ALL : values.focus === undefined ? SIG_NETWORK : focused(values.focus),
    form: values.json ? 'json' : 'markdown',
  };
}

function read(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        project: { type: 'string', default: '.' },
        bundle: { type: 'string', default: '' },
        tests: { type: 'string', default: '' },
        network: { type: 'string', default: 'routes' },
        children: { type: 'string', default: '2' },
        processes: { type: 'string', default: '4' },
        all: { type: 'boolean', default: false },
        focus: { type: 'string' },
        json: { type: 'boolean', default: false },
      },
    }).values;
  } catch (error) {
    throw new Mistake(error instanceof Error ? error.message : String(error));
  }
}

function whole(text: string, name: string, most: number): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > most)
    throw new Mistake(`${name} takes a whole number from 1 to ${most}, not '${text}'`);
  return number;
}
