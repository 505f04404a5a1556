import { listArgs } from './container-engine-args.js';
import type { Engine } from './container-engine.js';
import { INTERNET } from './internet/names.js';
import { ADDRESS_LABEL, DIR_LABEL, LAB_LABEL, MACHINE_LABEL, laptopName, machineIndex } from './names.js';

/** A machine as the container engine has it. */
export interface FoundMachine {
  readonly name: string;
  readonly container: string;
  readonly address: string;
  readonly dir: string;
  readonly running: boolean;
  /** Its init, seen from this computer; 0 when it does not run. */
  readonly pid: number;
  /** It is a guest: the laptop around it, which has its address and its network cable. */
  readonly laptop?: FoundMachine;
}

/** The lab's machines, parent first, read from the labels on its containers. */
export async function findMachines(engine: Engine, lab: string): Promise<readonly FoundMachine[]> {
  const ids = lines(await engine.run(listArgs('container', lab)));
  if (ids.length === 0) return [];
  return parseMachines(await engine.run(['container', 'inspect', ...ids]), lab);
}

/** The laptops around guests, also those whose guest is not there. */
export async function findLaptops(engine: Engine, lab: string): Promise<readonly FoundMachine[]> {
  const ids = lines(await engine.run(listArgs('container', lab)));
  if (ids.length === 0) return [];
  const all = parseContainers(await engine.run(['container', 'inspect', ...ids]), lab);
  return all.filter(({ name }) => name.endsWith(laptopName('')));
}

/** The machine that is the lab's Internet; undefined when it has none. */
export async function findInternet(engine: Engine, lab: string): Promise<FoundMachine | undefined> {
  const ids = lines(await engine.run(listArgs('container', lab)));
  if (ids.length === 0) return undefined;
  const all = parseContainers(await engine.run(['container', 'inspect', ...ids]), lab);
  return all.find((container) => container.name === INTERNET);
}

/** Reads the room's machines out of `container inspect`, parent first. */
export function parseMachines(json: string, lab: string): readonly FoundMachine[] {
  const all = parseContainers(json, lab);
  return all
    .filter((container) => machineIndex(container.name) !== undefined)
    .map((container) => {
      const laptop = all.find((other) => other.name === laptopName(container.name));
      return laptop === undefined ? container : { ...container, laptop };
    })
    .sort((a, b) => (machineIndex(a.name) ?? 0) - (machineIndex(b.name) ?? 0));
}

/** All of a lab's; podman and docker agree on the fields used here. */
export function parseContainers(json: string, lab: string): readonly FoundMachine[] {
  const containers: unknown = JSON.parse(json);
  if (!Array.isArray(containers)) return [];
  return containers.flatMap((container: unknown) => {
    const labels = field(field(container, 'Config'), 'Labels');
    const state = field(container, 'State');
    const name = text(field(labels, MACHINE_LABEL));
    const pid = field(state, 'Pid');
    if (text(field(labels, LAB_LABEL)) !== lab || name === '') return [];
    return [
      {
        name,
        // Docker puts a slash before it.
        container: text(field(container, 'Name')).replace(/^\//, ''),
        address: text(field(labels, ADDRESS_LABEL)),
        dir: text(field(labels, DIR_LABEL)),
        running: field(state, 'Running') === true,
        pid: typeof pid === 'number' ? pid : 0,
      },
    ];
  });
}

export interface FoundNetwork {
  readonly name: string;
  readonly dir: string;
  readonly subnet: string;
}

/** The lab's network; undefined when there is none. */
export async function findNetwork(engine: Engine, lab: string): Promise<FoundNetwork | undefined> {
  const ids = lines(await engine.run(listArgs('network', lab)));
  return ids.length === 0 ? undefined : parseNetwork(await engine.run(['network', 'inspect', ...ids]));
}

/** Reads `network inspect`. */
export function parseNetwork(json: string): FoundNetwork | undefined {
  const networks: unknown = JSON.parse(json);
  const network: unknown = Array.isArray(networks) ? networks[0] : undefined;
  // podman 4 writes its field names in lower case.
  const labels = field(network, 'labels') ?? field(network, 'Labels');
  const name = text(field(network, 'name') ?? field(network, 'Name'));
  const subnet = text(field(labels, ADDRESS_LABEL));
  return name === '' || subnet === '' ? undefined : { name, dir: text(field(labels, DIR_LABEL)), subnet };
}

/** The ranges of all the engine's networks, also of those that no container uses now. */
export async function networkRanges(engine: Engine): Promise<readonly string[]> {
  const ids = lines(await engine.run(['network', 'ls', '--quiet']));
  if (ids.length === 0) return [];
  // Another lab may go down at this very moment: its network is an error then, the others are printed all the same.
  const { stdout } = await engine.ask(['network', 'inspect', ...ids]);
  return stdout.match(/\b\d{1,3}(?:\.\d{1,3}){3}\/\d{1,2}\b/g) ?? [];
}

export function lines(output: string): readonly string[] {
  return output.split('\n').filter((line) => line !== '');
}

function field(value: unknown, key: string): unknown {
  if (typeof value !== 'object' || value === null) return undefined;
  const entry: unknown = Object.entries(value).find(([name]) => name === key)?.[1];
  return entry;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
