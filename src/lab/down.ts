import { forEachMachine } from '../engine/for-each-machine.js';
import { KmonError } from '../errors/kmon-error.js';
import { labCache } from './cache.js';
import { removeLabFiles } from './dir.js';
import { servedPackages } from './internet/machine.js';
import { listArgs, type EngineKind } from './container-engine-args.js';
import { findEngine, type Engine } from './container-engine.js';
import { removeImages } from './image.js';
import { findInternet, findMachines, findNetwork, lines } from './inventory.js';
import type { LabRemoved } from './lab.js';
import { removeLeftovers } from './leftovers.js';
import { checkLabName } from './names.js';
import { keepPackages } from './package-cache.js';
import { runProgram } from './process.js';
import { requireRoot } from './root.js';

export interface LabDownOptions {
  readonly name: string;
  /** Folder of the lab's files when nothing else of the lab is left to tell; the lab itself knows it otherwise. */
  readonly dir?: string;
  /** Removes the cached base images as well. */
  readonly removeImage?: boolean;
  readonly engine?: EngineKind;
  readonly signal?: AbortSignal;
  readonly say: (line: string) => void;
}

/**
 * Removes a lab: its machines, volumes, network and the files that `lab up` wrote; nothing else. Packages that the machines
 * downloaded stay in the cache, and so does the base image unless asked for. Without such a lab nothing happens.
 *
 * @throws KmonError `not-verified` when something with the lab's label is still there afterwards.
 */
export async function labDown(o: LabDownOptions): Promise<LabRemoved> {
  checkLabName(o.name);
  requireRoot();
  const engine = await findEngine(runProgram, o.engine);
  const machines = await findMachines(engine, o.name);
  const network = await findNetwork(engine, o.name);
  const known = machines[0]?.dir ?? network?.dir;
  const dir = known ?? o.dir;
  const cache = labCache();
  const internet = await findInternet(engine, o.name);
  // The lab's own, made anew under the same name, would be taken for the same.
  const own =
    internet?.running === true ? await servedPackages(engine, internet.container) : new Set<string>();
  for (const machine of [...machines, ...(internet === undefined ? [] : [internet])]) {
    if (!machine.running) continue;
    o.signal?.throwIfAborted();
    // Only a convenience for the next lab: a machine that gives none is removed all the same.
    await keepPackages(engine, cache.packages, machine.container, own).catch(() => 0);
  }
  const containers = lines(await engine.run(listArgs('container', o.name)));
  for (const result of await forEachMachine(containers, 4, (id) => removeContainer(engine, id))) {
    if (!result.ok) throw result.error;
  }
  const volumes = lines(await engine.run(listArgs('volume', o.name)));
  if (volumes.length > 0) await engine.run(['volume', 'rm', '--force', ...volumes]);
  const networks = lines(await engine.run(listArgs('network', o.name)));
  if (networks.length > 0) await engine.run(['network', 'rm', ...networks]);
  if (network !== undefined) await removeLeftovers(runProgram, network.subnet);
  await proveGone(engine, o.name);
  for (const machine of machines) o.say(`${machine.name}: removed`);
  if (machines.length > 0 && o.removeImage !== true) {
    o.say('the base image stays cached for the next lab (kmon lab down --image removes it)');
  }
  return {
    name: o.name,
    machines: machines.map((machine) => machine.name),
    volumes,
    networks: network === undefined ? [] : [network.name],
    files: dir === undefined ? [] : await removeLabFiles(dir, o.name, known !== undefined),
    images: o.removeImage === true ? await removeImages(engine, cache, runProgram) : [],
  };
}

/** Nothing in a lab is worth a goodbye: with its init all else in it is killed. An orderly end takes a second of a processor a machine. */
async function removeContainer(engine: Engine, id: string): Promise<void> {
  // One that does not run cannot be killed.
  await engine.ask(['kill', id]);
  await engine.run(['rm', '--force', '--volumes', id]);
}

async function proveGone(engine: Engine, lab: string): Promise<void> {
  for (const what of ['container', 'volume', 'network'] as const) {
    const left = lines(await engine.run(listArgs(what, lab)));
    if (left.length === 0) continue;
    throw new KmonError('not-verified', `a ${what} of lab ${lab} is still there: ${left.join(', ')}`, {
      hint: `run kmon lab down --name ${lab} again`,
    });
  }
}
