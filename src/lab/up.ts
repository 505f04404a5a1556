import { randomBytes } from 'node:crypto';
import { resolve } from 'node:path';
import { systemClock } from '../engine/clock.js';
import { forEachMachine } from '../engine/for-each-machine.js';
import { readBundle } from '../bundle/read.js';
import { findMinor } from '../config/versions.js';
import { KmonError } from '../errors/kmon-error.js';
import { labCache } from './cache.js';
import { claimDir, ensureCredentials, labFiles, read, writeLabFile } from './dir.js';
import { networkCreateArgs, type EngineKind } from './container-engine-args.js';
import { findEngine, type Engine } from './container-engine.js';
import { readHostApt, readLimits } from './host.js';
import { ensureImage } from './image.js';
import { readInternetFolder } from './internet/folder.js';
import { ensureInternet } from './internet/machine.js';
import { throughInternet } from './internet/through-internet.js';
import {
  findInternet,
  findLaptops,
  findMachines,
  findNetwork,
  networkRanges,
  type FoundMachine,
  type FoundNetwork,
} from './inventory.js';
import { sudoManner, type Lab, type LabMachine } from './lab.js';
import { bringLaptopUp } from './laptop-machine.js';
import { setCable } from './link.js';
import { bringUp, sshPortOf, type MadeMachine, type Making } from './machine.js';
import {
  checkCount,
  checkLabName,
  containerName,
  guestNames,
  laptopName,
  machineIndex,
  machineNames,
  networkName,
} from './names.js';
import { asThisComputer } from './outside.js';
import { runProgram } from './process.js';
import { bundleIn, machinesIn, roomFile, type RoomOfLab } from './room-file.js';
import { requireRoot } from './root.js';
import { inotifyInstances, inotifyWarning } from './inotify.js';
import { freeSubnet, gatewayOf, machineAddress, routedRanges } from './subnet.js';
import { readTemplate } from './templates.js';

export interface LabUpOptions {
  readonly name: string;
  readonly children: number;
  /** Of these, each with a guest in it that is one more child. */
  readonly laptops?: number;
  /** The parent is a guest inside of a laptop too. */
  readonly parentGuest?: boolean;
  /** Folder for kmon.yaml, the keys and the password; made when it is missing. */
  readonly dir: string;
  /** Folder of an offline bundle, written into kmon.yaml as it is given, with the version of Kubernetes that is in it. */
  readonly bundle?: string;
  /** Folder that `scripts/internet/build` made: the lab gets an Internet of its own, which serves what is in it. */
  readonly internet?: string;
  /** The engine to use; without it podman, then docker. */
  readonly engine?: EngineKind;
  readonly signal?: AbortSignal;
  /** Takes a line of progress. */
  readonly say: (line: string) => void;
}

// Making a machine is mostly waiting for its init; more at once only makes all of them slow.
const AT_ONCE = 4;

/**
 * Makes a parent and children as containers on this computer and writes a kmon.yaml for them. Safe to repeat: what runs is kept, what is
 * stopped is started, what is missing is made; a pulled cable is put back. Ends when every machine can be logged in to.
 *
 * @throws KmonError `usage` for a bad name or number, `config` for a folder that is no bundle, `precondition` when this computer cannot (no root, no engine, no mirror) or the
 * folder belongs to somebody else, `timeout` when a machine does not boot, `interrupted`. What was made until then stays for the next
 * `lab up` or for `lab down`.
 */
export async function labUp(o: LabUpOptions): Promise<Lab> {
  checkLabName(o.name);
  checkCount(o.children, 'children');
  checkCount(o.laptops ?? 0, 'laptops');
  requireRoot();
  const dir = resolve(o.dir);
  const bundle = o.bundle === undefined ? undefined : await lookAtBundle(o.bundle, dir);
  const internet = o.internet === undefined ? undefined : await readInternetFolder(resolve(o.internet));
  const signal = o.signal ?? new AbortController().signal;
  const engine = await findEngine(runProgram, o.engine);
  const found = await findMachines(engine, o.name);
  const laptops = await findLaptops(engine, o.name);
  await refuseOtherDir(engine, o.name, dir, found);
  await claimDir(dir, o.name);
  const apt = await readHostApt(runProgram);
  const cache = labCache();
  const image = await ensureImage({ engine, run: runProgram, cache, apt, say: o.say, signal });
  const network = await ensureNetwork(engine, o.name, dir);
  const plain: Making = {
    engine,
    lab: o.name,
    dir,
    network,
    image,
    limits: await readLimits(runProgram),
    outside: asThisComputer(apt, engine.kind, gatewayOf(network.subnet)),
    credentials: await ensureCredentials(dir, o.name, runProgram),
    script: await readTemplate('machine.sh'),
    packages: cache.packages,
    clock: systemClock,
    signal,
  };
  const served = await ensureInternet({
    making: plain,
    found: await findInternet(engine, o.name),
    isFirst: found.length === 0,
    say: o.say,
    ...(internet === undefined ? {} : { wanted: internet }),
  });
  const making = served === undefined ? plain : { ...plain, outside: throughInternet(plain.outside, served) };
  const warning = inotifyWarning(1 + o.children + (o.laptops ?? 0), await inotifyInstances());
  if (warning !== undefined) o.say(warning);
  const made = await bringAllUp(
    making,
    planMachines(o, network.subnet, { machines: found, laptops }),
    { machines: found, laptops },
    o.say,
  );
  const lab: Lab = {
    name: o.name,
    engine: engine.kind,
    dir,
    configFile: labFiles(dir).config,
    keyFile: labFiles(dir).key,
    subnet: network.subnet,
    machines: made.map((m) => m.machine),
    changed: made.filter((m) => m.did !== 'kept').map((m) => m.machine.name),
  };
  await writeFiles(lab, made, {
    ...(bundle === undefined ? {} : { bundle: bundle.folder }),
    ...versionOf(bundle?.kubernetes ?? internet?.kubernetes),
    byInternet: served !== undefined && bundle === undefined,
    // This computer asks another Internet than the lab's own.
    relay: served === undefined,
  });
  return lab;
}

/** What is there of a lab already. */
interface Found {
  readonly machines: readonly FoundMachine[];
  readonly laptops: readonly FoundMachine[];
}

/** The machines asked for and those that are there already: fewer children than before removes none. */
function planMachines(o: LabUpOptions, subnet: string, found: Found): readonly LabMachine[] {
  const guests = guestNames(o.laptops ?? 0);
  const names = new Set([
    ...machineNames(o.children),
    ...guests,
    ...found.machines.map((machine) => machine.name),
  ]);
  const isGuest = (name: string): boolean => {
    if (found.laptops.some((laptop) => laptop.name === laptopName(name))) return true;
    if (found.machines.some((machine) => machine.name === name)) return false;
    return guests.includes(name) || (name === 'parent' && o.parentGuest === true);
  };
  return [...names]
    .map((name) => ({ name, index: machineIndex(name) ?? 0 }))
    .sort((a, b) => a.index - b.index)
    .map(({ name, index }) => ({
      name,
      role: index === 0 ? 'parent' : 'child',
      address: machineAddress(subnet, index),
      container: containerName(o.name, name),
      sudo: sudoManner(name),
      ...(isGuest(name)
        ? { laptop: { name: laptopName(name), container: containerName(o.name, laptopName(name)) } }
        : {}),
    }));
}

async function bringAllUp(
  making: Making,
  plans: readonly LabMachine[],
  found: Found,
  say: (line: string) => void,
): Promise<readonly MadeMachine[]> {
  const results = await forEachMachine(plans, AT_ONCE, async (plan) => {
    const { laptop, address } = plan;
    const there = found.machines.find((machine) => machine.name === plan.name);
    const around = found.laptops.find((other) => other.name === laptop?.name);
    if (laptop !== undefined) await bringLaptopUp(making, { ...laptop, address }, around);
    const cable = laptop === undefined ? there : around;
    if (cable?.running === true) await setCable(runProgram, cable, true);
    const made = await bringUp(making, plan, there);
    say(`${plan.name}: ${made.did}, ${plan.address} answers`);
    if (made.failedUnits.length > 0) say(`${plan.name}: units failed: ${made.failedUnits.join(', ')}`);
    return made;
  });
  if (making.signal.aborted) throw interrupted(making.signal.reason);
  return results.map((result) => {
    if (!result.ok) throw result.error;
    return result.value;
  });
}

function interrupted(reason: unknown): KmonError {
  const hint = 'run kmon lab up to go on, or kmon lab down to remove what was made';
  return reason instanceof KmonError
    ? reason.withHint(hint)
    : new KmonError('interrupted', 'stopped while the machines were made', { hint, cause: reason });
}

async function ensureNetwork(engine: Engine, lab: string, dir: string): Promise<FoundNetwork> {
  const found = await findNetwork(engine, lab);
  if (found !== undefined) return found;
  const name = networkName(lab, randomBytes(2).toString('hex'));
  const subnet = await whileFree(engine, async (free) => {
    await engine.run(networkCreateArgs(engine.kind, { name, lab, dir, subnet: free }));
  });
  return { name, dir, subnet };
}

/** Another lab that is made at the same time may take the range between the look and the making: then the next one is tried. */
async function whileFree(engine: Engine, make: (subnet: string) => Promise<void>): Promise<string> {
  let subnet = await lookForSubnet(engine);
  for (;;) {
    try {
      await make(subnet);
      return subnet;
    } catch (error) {
      const next = await lookForSubnet(engine);
      if (next === subnet) throw error;
      subnet = next;
    }
  }
}

async function lookForSubnet(engine: Engine): Promise<string> {
  const routes = await runProgram('ip', ['-j', '-4', 'route', 'show', 'table', 'all']);
  return freeSubnet([...routedRanges(routes.stdout), ...(await networkRanges(engine))]);
}

async function refuseOtherDir(
  engine: Engine,
  lab: string,
  dir: string,
  found: readonly FoundMachine[],
): Promise<void> {
  const other = found[0]?.dir ?? (await findNetwork(engine, lab))?.dir ?? dir;
  if (other === dir) return;
  throw new KmonError('precondition', `lab ${lab} is there already and belongs to ${other}`, {
    hint: `run this in ${other}, choose another --name, or remove it with kmon lab down --name ${lab}`,
  });
}

/** Before anything is made: a bundle that is none would be found after minutes only. */
async function lookAtBundle(
  folder: string,
  dir: string,
): Promise<{ readonly folder: string; readonly kubernetes: string }> {
  return { folder, kubernetes: (await readBundle(resolve(dir, folder))).kubernetes };
}

function versionOf(kubernetes: string | undefined): { readonly version?: string } {
  const version = kubernetes === undefined ? undefined : findMinor(kubernetes)?.version;
  return version === undefined ? {} : { version };
}

/** As a known_hosts file has it. */
function knownAs(machine: LabMachine): string {
  const port = sshPortOf(machine);
  return port === 22 ? machine.address : `[${machine.address}]:${port}`;
}

async function writeFiles(
  lab: Lab,
  made: readonly MadeMachine[],
  room: Pick<RoomOfLab, 'bundle' | 'version' | 'byInternet' | 'relay'>,
): Promise<void> {
  const files = labFiles(lab.dir);
  const pins = made.flatMap(({ machine, hostKeys }) =>
    hostKeys.map((key) => `${knownAs(machine)} ${key.split(' ').slice(0, 2).join(' ')}\n`),
  );
  await writeLabFile(files.knownHosts, pins.join(''), 0o644);
  const before = (await read(files.config)) ?? '';
  const same = machinesIn(before)
    .map((m) => `${m.name} ${m.address}`)
    .join('\n');
  const now = lab.machines.map((m) => `${m.name} ${m.address}`).join('\n');
  // What a person changed in a kmon.yaml that still fits the lab stays.
  if (same === now && (room.bundle === undefined || room.bundle === bundleIn(before))) return;
  const text = roomFile(await readTemplate('kmon.yaml'), {
    lab: lab.name,
    machines: lab.machines,
    ...room,
  });
  await writeLabFile(files.config, text, 0o644);
}
