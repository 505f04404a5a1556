import { resolve } from 'node:path';
import { labFiles, read } from './dir.js';
import type { EngineKind } from './container-engine-args.js';
import { findEngine } from './container-engine.js';
import { sshGreets } from './greeting.js';
import { inForce } from './internet/behave.js';
import { findInternet, findMachines, findNetwork, type FoundMachine } from './inventory.js';
import type { LabMachineStatus, LabStatus } from './lab.js';
import { readCable } from './link.js';
import { sshPortOf } from './machine.js';
import { checkLabName, machineIndex } from './names.js';
import { runProgram } from './process.js';
import { isLabRoomFile, machinesIn } from './room-file.js';
import { requireRoot } from './root.js';

export interface LabStatusOptions {
  readonly name: string;
  /** Folder whose kmon.yaml tells which machines there should be; the lab itself knows it otherwise. */
  readonly dir?: string;
  readonly engine?: EngineKind;
}

/** The state of each machine, parent first and the lab's Internet last: those that are there, and those that the lab's kmon.yaml names. Changes nothing. */
export async function labStatus(o: LabStatusOptions): Promise<LabStatus> {
  checkLabName(o.name);
  requireRoot();
  const engine = await findEngine(runProgram, o.engine);
  const [found, internet, network] = await Promise.all([
    findMachines(engine, o.name),
    findInternet(engine, o.name),
    findNetwork(engine, o.name),
  ]);
  const dir = found[0]?.dir ?? network?.dir;
  const config = (await read(labFiles(resolve(dir ?? o.dir ?? '.')).config)) ?? '';
  const expected = isLabRoomFile(config) && dir !== undefined ? machinesIn(config).map((m) => m.name) : [];
  const names = [...new Set([...found.map((m) => m.name), ...expected])];
  names.sort((a, b) => (machineIndex(a) ?? 0) - (machineIndex(b) ?? 0));
  const machines = await Promise.all(
    names.map(async (name): Promise<LabMachineStatus> => {
      const role = machineIndex(name) === 0 ? 'parent' : 'child';
      const machine = found.find((m) => m.name === name);
      if (machine === undefined) return { name, role, state: 'missing', link: 'none', ssh: false };
      return stateOf(machine, role);
    }),
  );
  return {
    name: o.name,
    engine: engine.kind,
    ...(dir === undefined ? {} : { dir }),
    ...(network === undefined ? {} : { subnet: network.subnet }),
    machines: internet === undefined ? machines : [...machines, await stateOf(internet, 'internet')],
    ...(internet === undefined
      ? {}
      : { faults: internet.running ? await inForce(engine, internet.container) : [] }),
  };
}

async function stateOf(machine: FoundMachine, role: LabMachineStatus['role']): Promise<LabMachineStatus> {
  const { name, address, running } = machine;
  return {
    name,
    role,
    address,
    state: running ? 'running' : 'stopped',
    link: await readCable(runProgram, machine),
    ssh: running && (await sshGreets(address, 2000, sshPortOf(machine))),
  };
}
