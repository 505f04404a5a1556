import { readBundle } from '../../bundle/read.js';
import { isRange } from '../../config/networks/addresses.js';
import { keyTrouble } from '../../config/mistakes/check-files.js';
import { readChildren } from '../../config/children/read.js';
import type { ListedMachine } from '../../config/children/read.js';
import { expandPath } from '../../config/paths.js';
import { present } from '../../config/optional-key.js';
import { showText } from '../../config/mistakes/problems.js';
import { overlap, parseSubnet } from '../../config/networks/subnet.js';
import { valueMistake } from '../../config/mistakes/value-mistake.js';
import type { AskedValue } from '../../config/mistakes/value-mistake.js';
import { findMinor } from '../../config/versions.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { Mistake } from '../../errors/kmon-error.js';
import type { ShowOptions } from '../with-view.js';
import { readChildrenFile } from './children-file.js';
import type { Place } from './place.js';
import type { ChildrenFile } from './children-file.js';

/** The options of `kmon new` that say something of the room: one for every question. */
export interface RoomGiven {
  readonly room?: string | undefined;
  readonly parent?: string | undefined;
  readonly children?: readonly string[];
  readonly childrenFile?: string | undefined;
  readonly user?: string | undefined;
  readonly key?: string | undefined;
  readonly names?: string | undefined;
  readonly podSubnet?: string | undefined;
  readonly serviceSubnet?: string | undefined;
  readonly bundle?: string | undefined;
}

/** All of them. */
export interface NewOptions extends RoomGiven, ShowOptions {
  readonly config: string | undefined;
  readonly yes: boolean;
  readonly force: boolean;
  readonly try: boolean;
}

/** What the flags say, checked; absent: it is asked, or a default is taken. */
export interface Given {
  readonly room?: string;
  readonly parent?: string;
  readonly children?: readonly ListedMachine[];
  /** Where the children come from, when that is a file. */
  readonly childrenFile?: ChildrenFile;
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

/** A mistake of a flag. */
interface FlagMistake extends Mistake {
  readonly flag: string;
  /** What to do about it, when that is more than to correct the flag. */
  readonly remedy?: string;
}

/** Reads the flags, and the files they name. @throws KmonError `usage` with every mistake at once. */
export async function readGiven(options: RoomGiven, place: Place, attended: boolean): Promise<Given> {
  const mistakes: FlagMistake[] = [];
  const value = (what: AskedValue, flag: string, text: string | undefined): void => {
    const must = text === undefined ? undefined : valueMistake(what, text);
    if (must === undefined || text === undefined) return;
    const advice = what === 'address' && isRange(text) ? ': a range is for --children' : '';
    mistakes.push({ flag, text: `${flag} must be ${must}, not ${showText(text)}${advice}` });
  };
  value('room', '--room', options.room);
  value('address', '--parent', options.parent);
  value('user', '--user', options.user);
  value('podSubnet', '--pod-subnet', options.podSubnet);
  value('serviceSubnet', '--service-subnet', options.serviceSubnet);
  mistakes.push(...overlapMistakes(options));
  if (options.names !== undefined && options.names !== 'hostname' && options.names !== 'place') {
    const text = `--names must be hostname or place, not ${showText(options.names)}`;
    mistakes.push({ flag: '--names', text });
  }
  if (!attended && options.parent === undefined) {
    mistakes.push({
      flag: '--parent',
      text: '--parent is missing, and nobody can be asked for the address of the parent',
      remedy: 'give it, such as --parent 192.168.1.10 --children 192.168.1.11-14',
    });
  }
  const key = absolute(options.key, place);
  const trouble = key === undefined ? undefined : await keyTrouble(key);
  if (trouble !== undefined)
    mistakes.push({ flag: '--key', text: `--key ${showText(options.key ?? '')} ${trouble}` });
  const children = await givenChildren(options, place);
  mistakes.push(...children.mistakes);
  const bundle = await readVersion(absolute(options.bundle, place));
  if (bundle.mistake !== undefined) mistakes.push({ flag: '--bundle', text: `--bundle: ${bundle.mistake}` });

  if (mistakes.length > 0) throw usageError(mistakes, attended);
  return {
    ...present('room', options.room),
    ...present('parent', options.parent),
    ...present('children', children.machines),
    ...present('childrenFile', children.file),
    ...present('user', options.user),
    ...present('key', key),
    ...(options.names === 'hostname' || options.names === 'place' ? { names: options.names } : {}),
    ...present('podSubnet', options.podSubnet),
    ...present('serviceSubnet', options.serviceSubnet),
    ...present('bundle', absolute(options.bundle, place)),
    ...present('version', bundle.version),
  };
}

/** All mistakes as one error, with a remedy for what is wrong and for nothing else. */
function usageError(mistakes: readonly FlagMistake[], attended: boolean): KmonError {
  const remedies = mistakes.flatMap(({ remedy }) => remedy ?? []);
  const flags = mistakes.filter(({ remedy }) => remedy === undefined).map(({ flag }) => flag);
  const named = [...new Set(flags)].join(' and ');
  const asked = attended ? ', or leave it out to be asked' : '';
  return new KmonError('usage', mistakes.map(mistakeText).join('; '), {
    mistakes: mistakes.map(({ text, place }) => ({ text, ...present('place', place) })),
    hint: [...new Set(remedies), ...(named === '' ? [] : [`correct ${named}${asked}`])].join('; '),
  });
}

/** The children that a text names, or the file whose path it is; with all mistakes, each with its place in a file. */
export async function readMachines(
  text: string,
  place: Place,
  parent: string | undefined,
): Promise<{
  readonly machines: readonly ListedMachine[];
  readonly file?: ChildrenFile;
  readonly mistakes: readonly string[];
}> {
  if (/^\s*(\d|$)/.test(text)) {
    const { machines, mistakes } = readChildren(text, { exact: true, ...present('parent', parent) });
    return { machines: machines.map((m) => m.machine), mistakes: mistakes.map((m) => m.text) };
  }
  const file = await readChildrenFile(text.trim(), place, parent);
  return 'read' in file
    ? { machines: file.read.machines.map((m) => m.machine), file, mistakes: [] }
    : {
        machines: [],
        mistakes: file.mistakes.map((m) =>
          m.place === undefined ? `${m.text}; ${file.remedy}` : mistakeText(m),
        ),
      };
}

async function givenChildren(
  { children = [], childrenFile, parent }: RoomGiven,
  place: Place,
): Promise<{
  readonly machines?: readonly ListedMachine[];
  readonly file?: ChildrenFile;
  readonly mistakes: readonly FlagMistake[];
}> {
  if (children.length > 0 && childrenFile !== undefined) {
    const text = '--children and --children-file name the same thing';
    return { mistakes: [{ flag: '--children', text, remedy: 'give one of the two' }] };
  }
  if (childrenFile !== undefined) {
    const file = await readChildrenFile(childrenFile, place, parent);
    if ('read' in file) return { machines: file.read.machines.map((m) => m.machine), file, mistakes: [] };
    const { remedy } = file;
    return { mistakes: file.mistakes.map((m) => ({ ...m, flag: '--children-file', remedy })) };
  }
  if (children.length === 0) return { mistakes: [] };
  const read = readChildren(children.join(' '), { exact: true, ...present('parent', parent) });
  return {
    machines: read.machines.map((m) => m.machine),
    mistakes: read.mistakes.map(({ text }) => ({ flag: '--children', text: `--children: ${text}` })),
  };
}

function mistakeText({ text, place }: Mistake): string {
  return place === undefined ? text : `${place.file}:${place.line}:${place.column}: ${text}`;
}

function overlapMistakes({ podSubnet, serviceSubnet, parent }: RoomGiven): readonly FlagMistake[] {
  const [pods, services] = [parseSubnet(podSubnet ?? ''), parseSubnet(serviceSubnet ?? '')];
  const own = parseSubnet(`${parent ?? ''}/32`);
  const flag = '--pod-subnet';
  return [
    ...(pods !== undefined && services !== undefined && overlap(pods, services)
      ? [{ flag, text: '--pod-subnet and --service-subnet have addresses in common' }]
      : []),
    ...(pods !== undefined && own !== undefined && overlap(pods, own)
      ? [{ flag, text: '--pod-subnet holds the address of the parent' }]
      : []),
    ...(services !== undefined && own !== undefined && overlap(services, own)
      ? [{ flag: '--service-subnet', text: '--service-subnet holds the address of the parent' }]
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
