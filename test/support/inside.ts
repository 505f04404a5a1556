import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';

/** The first process of a container, and the moment of its start by which it is told from another one with its number. */
interface Init {
  readonly pid: string;
  readonly started: string;
}

const inits = new Map<string, Init>();

/**
 * A program and its arguments that run `command` in a container of this computer, as root, with its environment and no more rights than its init
 * has: what `podman exec` does, but for the cgroup, which stays that of the caller. The engine takes 50 ms of processor for it and waits for its
 * database behind every other one, which is most of what a test of a few looks takes while several run.
 *
 * @throws Error when the container does not run.
 */
export function inside(
  engine: string,
  container: string,
  command: readonly string[],
): { readonly file: string; readonly args: readonly string[] } {
  const { pid } = initOf(engine, container);
  const environment = readFileSync(`/proc/${pid}/environ`, 'utf8').split('\0').filter(Boolean);
  return {
    file: 'setpriv',
    args: [
      ...['--bounding-set', boundingSet(readFileSync(`/proc/${pid}/status`, 'utf8'))],
      ...['nsenter', '--target', pid, '--mount', '--uts', '--ipc', '--net', '--pid', '--cgroup'],
      ...['env', '-i', ...environment, ...command],
    ],
  };
}

/** The most that a command prints: a snapshot of a machine has some megabytes. */
const MOST_OUTPUT = 1 << 28;

export interface RanOptions {
  /** On its stdin. A command that ends without reading it is no mistake: what was still to be written is lost, as in a pipe of a shell. */
  readonly input?: string;
  readonly signal?: AbortSignal;
}

/**
 * What a command printed that ran `inside`, without that this whole process waits for it.
 *
 * @throws Error as `execFile` does, when it ends with another code than 0
 */
export function ranInside(
  engine: string,
  container: string,
  command: readonly string[],
  options: RanOptions = {},
): Promise<string> {
  const { file, args } = inside(engine, container, command);
  return ran(file, args, options);
}

/** The same here. */
export async function ran(
  file: string,
  args: readonly string[],
  { input = '', signal }: RanOptions,
): Promise<string> {
  const running = promisify(execFile)(file, args, { maxBuffer: MOST_OUTPUT, signal });
  running.child.stdin?.on('error', () => undefined);
  running.child.stdin?.end(input);
  return (await running).stdout;
}

/** In setpriv's words, the capabilities that a process may ever have, by its `/proc/PID/status`. */
export function boundingSet(status: string): string {
  const bits = /^CapBnd:\s*([0-9a-f]+)$/m.exec(status)?.[1];
  if (bits === undefined) throw new Error('there is no CapBnd in the status of a process');
  const may = BigInt(`0x${bits}`);
  const all = Array.from({ length: may.toString(2).length }, (_, number) => number);
  const given = all.filter((number) => (may >> BigInt(number)) % 2n === 1n);
  return ['-all', ...given.map((number) => `+cap_${number}`)].join(',');
}

function initOf(engine: string, container: string): Init {
  const known = inits.get(container);
  if (known !== undefined && startOf(known.pid) === known.started) return known;
  const pid = execFileSync(engine, ['inspect', '--format', '{{.State.Pid}}', container], {
    encoding: 'utf8',
  }).trim();
  const started = startOf(pid);
  if (started === undefined) throw new Error(`${container} does not run`);
  const init = { pid, started };
  inits.set(container, init);
  return init;
}

function startOf(pid: string): string | undefined {
  try {
    // Field 22, counted behind the name in parentheses.
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
}
