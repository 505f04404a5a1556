import { KmonError } from '../errors/kmon-error.js';
import { cableArgs, machineLinkArgs } from './container-engine-args.js';
import { findEngine } from './container-engine.js';
import { findInternet, findMachines, type FoundMachine } from './inventory.js';
import { namedMachine } from './named-machine.js';
import { checkLabName } from './names.js';
import { lastLine, runProgram, type RunProgram } from './process.js';
import { requireRoot } from './root.js';

/**
 * Pulls a machine's network cable or puts it back. Nothing inside the machine is touched: its link loses the carrier as with a real
 * cable, its addresses and routes stay, so there is nothing to restore.
 *
 * @throws KmonError `usage` when the lab has no such machine, `precondition` when it does not run.
 */
export async function labLink(o: {
  readonly name: string;
  readonly machine: string;
  readonly up: boolean;
}): Promise<void> {
  checkLabName(o.name);
  requireRoot();
  const engine = await findEngine(runProgram);
  const internet = await findInternet(engine, o.name);
  const machines = [...(await findMachines(engine, o.name)), ...(internet === undefined ? [] : [internet])];
  await setCable(runProgram, namedMachine(o.name, machines, o.machine), o.up);
}

/** Of a guest: that of its laptop. @throws KmonError `precondition` when the machine does not run. */
export async function setCable(run: RunProgram, of: FoundMachine, up: boolean): Promise<void> {
  const machine = of.laptop ?? of;
  const link = machine.running ? await readLink(run, machine) : undefined;
  const bridgeEnd = link === undefined ? undefined : await linkName(run, link.peer);
  if (bridgeEnd === undefined) {
    throw new KmonError('precondition', 'the machine does not run, so it has no network cable', {
      machine: machine.name,
      hint: 'start it with kmon lab up',
    });
  }
  const end = await run('ip', cableArgs(bridgeEnd, up));
  if (end.exitCode !== 0) {
    throw new KmonError('command', `the network cable could not be ${up ? 'put back' : 'pulled'}`, {
      machine: machine.name,
      evidence: lastLine(end.stderr),
    });
  }
}

/** State of a running machine's cable; of a guest: that of its laptop. */
export async function readCable(run: RunProgram, of: FoundMachine): Promise<'up' | 'down' | 'none'> {
  const machine = of.laptop ?? of;
  const link = machine.running ? await readLink(run, machine) : undefined;
  if (link === undefined) return 'none';
  return link.carrier ? 'up' : 'down';
}

/** A machine's link: its carrier, and the number of the other end of the pair on this computer. */
export interface MachineLink {
  readonly carrier: boolean;
  readonly peer: number;
}

async function readLink(run: RunProgram, machine: FoundMachine): Promise<MachineLink | undefined> {
  const end = await run('nsenter', machineLinkArgs(machine.pid));
  return end.missing || end.exitCode !== 0 ? undefined : parseLink(end.stdout);
}

/** Reads `ip -j link show dev NAME`; undefined when it shows no veth. */
export function parseLink(json: string): MachineLink | undefined {
  const links: unknown = JSON.parse(json);
  const link: unknown = Array.isArray(links) ? links[0] : undefined;
  if (typeof link !== 'object' || link === null || !('link_index' in link) || !('flags' in link))
    return undefined;
  if (typeof link.link_index !== 'number' || !Array.isArray(link.flags)) return undefined;
  return { carrier: link.flags.includes('LOWER_UP'), peer: link.link_index };
}

async function linkName(run: RunProgram, index: number): Promise<string | undefined> {
  const links: unknown = JSON.parse((await run('ip', ['-j', 'link'])).stdout);
  if (!Array.isArray(links)) return undefined;
  for (const link of links as readonly unknown[]) {
    if (typeof link !== 'object' || link === null || !('ifindex' in link) || !('ifname' in link)) continue;
    if (link.ifindex === index && typeof link.ifname === 'string') return link.ifname;
  }
  return undefined;
}
