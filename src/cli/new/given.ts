import { readFile } from 'node:fs/promises';
import { readBundle } from '../../bundle/read.js';
import { parseMachineList } from '../../config/addresses.js';
import type { ListedMachine } from '../../config/addresses.js';
import { keyTrouble } from '../../config/check-files.js';
import { expandPath } from '../../config/paths.js';
import { showText } from '../../config/problems.js';
import { overlap, parseSubnet } from '../../config/subnet.js';
import { valueMistake } from '../../config/value-mistake.js';
import type { AskedValue } from '../../config/value-mistake.js';
import { findMinor } from '../../config/versions.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { CommonOptions } from '../flags.js';

/** The flags of `kmon new`: one for every question. */
export interface NewOptions extends CommonOptions {
  readonly room?: string;
  readonly parent?: string;
  readonly children?: readonly string[];
  readonly childrenFile?: string;
  readonly user?: string;
  readonly key?: string;
  readonly names?: string;
  readonly podSubnet?: string;
  readonly serviceSubnet?: string;
  readonly bundle?: string;
  readonly force?: boolean;
  readonly try: boolean;
}

/** What the flags say, checked; absent: it is asked, or a default is taken. */
export interface Given {
  readonly room?: string;
  readonly parent?: string;
  readonly children?: readonly ListedMachine[];
  readonly user?: string;
  /** Absolute path. */
  readonly key?: string;
  readonly names?: 'hostname' | 'place';
  readonly podSubnet?: string;
  readonly serviceSubnet?: string;
  /** Absolute path. */
  readonly bundle?: string;
  /** Minor version of Kubernetes in the bundle. */
  readonly version?: string;
}

/** Where paths of the command line begin. */
export interface Place {
  readonly cwd: string;
  readonly home: string;
}

/** Reads the flags, and the files they name. @throws KmonError `usage` with every mistake at once. */
export async function readGiven(options: NewOptions, place: Place, attended: boolean): Promise<Given> {
  const mistakes: string[] = [];
  const value = (what: AskedValue, flag: string, text: string | undefined): void => {
    const must = text === undefined ? undefined : valueMistake(what, text);
    if (must !== undefined) mistakes.push(`${flag} must be ${must}, not ${showText(text ?? '')}`);
  };
  value('room', '--room', options.room);
  value('address', '--parent', options.parent);
  value('user', '--user', options.user);
  value('podSubnet', '--pod-subnet', options.podSubnet);
  value('serviceSubnet', '--service-subnet', options.serviceSubnet);
  mistakes.push(...overlapMistakes(options));
  if (options.names !== undefined && options.names !== 'hostname' && options.names !== 'place') {
    mistakes.push(`--names must be hostname or place, not ${showText(options.names)}`);
  }
  if (!attended && options.parent === undefined) {
    mistakes.push('--parent is missing, and nobody can be asked for the address of the parent');
  }
  const key = absolute(options.key, place);
  const trouble = key === undefined ? undefined : await keyTrouble(key);
  if (trouble !== undefined) mistakes.push(`--key ${showText(options.key ?? '')} ${trouble}`);
  const children = await readChildren(options, place);
  mistakes.push(...children.mistakes);
  const bundle = await readVersion(absolute(options.bundle, place));
  if (bundle.mistake !== undefined) mistakes.push(`--bundle: ${bundle.mistake}`);

  if (mistakes.length > 0) {
    throw new KmonError('usage', mistakes.join('; '), {
      mistakes: mistakes.map((text) => ({ text })),
      hint: attended
        ? 'correct these flags, or leave them out to be asked'
        : 'correct the flags of kmon new, such as --parent 192.168.1.10 --children 192.168.1.11-14',
    });
  }
  return {
    ...present('room', options.room),
    ...present('parent', options.parent),
    ...present('children', children.machines),
    ...present('user', options.user),
    ...present('key', key),
    ...(options.names === 'hostname' || options.names === 'place' ? { names: options.names } : {}),
    ...present('podSubnet', options.podSubnet),
    ...present('serviceSubnet', options.serviceSubnet),
    ...present('bundle', absolute(options.bundle, place)),
    ...present('version', bundle.version),
  };
}

/** The children that a text names, or the file whose path it is; with all mistakes, each with its line where there are lines. */
export async function readMachines(
  text: string,
  place: Place,
  parent: string | undefined,
): Promise<{ readonly machines: readonly ListedMachine[]; readonly mistakes: readonly string[] }> {
  if (/^\s*(\d|$)/.test(text)) {
    const { machines, mistakes } = parseMachineList(text, present('parent', parent));
    return { machines, mistakes: mistakes.map((m) => m.text) };
  }
  return readFileOf(text.trim(), place, parent);
}

async function readFileOf(
  written: string,
  place: Place,
  parent: string | undefined,
): Promise<{ readonly machines: readonly ListedMachine[]; readonly mistakes: readonly string[] }> {
  const file = absolute(written, place) ?? '';
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown';
    return { code };
  });
  if (typeof text !== 'string') {
    const why = text.code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${text.code})`;
    return { machines: [], mistakes: [`${showText(written)} is no list of addresses, and as a file ${why}`] };
  }
  const { machines, mistakes } = parseMachineList(text, present('parent', parent));
  return { machines, mistakes: mistakes.map((m) => `${written}:${m.line}: ${m.text}`) };
}

async function readChildren(
  { children, childrenFile, parent }: NewOptions,
  place: Place,
): Promise<{ readonly machines?: readonly ListedMachine[]; readonly mistakes: readonly string[] }> {
  if (children !== undefined && childrenFile !== undefined) {
    return { mistakes: ['--children and --children-file name the same thing: give one of them'] };
  }
  if (childrenFile !== undefined) return readFileOf(childrenFile, place, parent);
  if (children === undefined) return { mistakes: [] };
  const read = parseMachineList(children.join(' '), present('parent', parent));
  return { machines: read.machines, mistakes: read.mistakes.map((m) => `--children: ${m.text}`) };
}

function overlapMistakes({ podSubnet, serviceSubnet, parent }: NewOptions): readonly string[] {
  const [pods, services] = [parseSubnet(podSubnet ?? ''), parseSubnet(serviceSubnet ?? '')];
  const own = parseSubnet(`${parent ?? ''}/32`);
  return [
    ...(pods !== undefined && services !== undefined && overlap(pods, services)
      ? ['--pod-subnet and --service-subnet have addresses in common']
      : []),
    ...(pods !== undefined && own !== undefined && overlap(pods, own)
      ? ['--pod-subnet holds the address of the parent']
      : []),
    ...(services !== undefined && own !== undefined && overlap(services, own)
      ? ['--service-subnet holds the address of the parent']
      : []),
  ];
}

async function readVersion(
  bundle: string | undefined,
): Promise<{ readonly version?: string; readonly mistake?: string }> {
  if (bundle === undefined) return {};
  try {
    const { kubernetes } = await readBundle(bundle);
    const minor = findMinor(kubernetes);
    return minor === undefined
      ? { mistake: `it holds Kubernetes ${kubernetes}, which kmon cannot set up` }
      : { version: minor.version };
  } catch (error) {
    if (error instanceof KmonError) return { mistake: error.message };
    throw error;
  }
}

function absolute(path: string | undefined, { cwd, home }: Place): string | undefined {
  return path === undefined ? undefined : expandPath(path, { folder: cwd, home });
}

/** A key that is left out when there is nothing to say. */
export function present<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: V });
}
