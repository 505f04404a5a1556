import type { Clock } from '../engine/clock.js';
import { KmonError } from '../errors/kmon-error.js';
import { waitForBoot } from './boot.js';
import type { LabCredentials } from './dir.js';
import { machineCreateArgs, volumeCreateArgs, type Limits } from './container-engine-args.js';
import type { Engine } from './container-engine.js';
import type { FoundMachine, FoundNetwork } from './inventory.js';
import { GUEST_SSH_PORT, LAB_USER, sudoManner, type Laptop, type LabMachine } from './lab.js';
import { plugIn } from './laptop-cable.js';
import { machineScript } from './machine-script.js';
import { containerName, volumeName } from './names.js';
import type { Outside } from './outside.js';
import { lendPackages } from './package-cache.js';

/** What all machines of one lab have in common. */
export interface Making {
  readonly engine: Engine;
  readonly lab: string;
  readonly dir: string;
  readonly network: FoundNetwork;
  readonly image: string;
  readonly limits: Limits;
  readonly outside: Outside;
  readonly credentials: LabCredentials;
  readonly script: string;
  readonly packages: string;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** A machine as it is to be made, in the room or beside it. */
export interface PlannedMachine {
  readonly name: string;
  readonly address: string;
  readonly container: string;
  /** It is a guest: this laptop around it runs already. */
  readonly laptop?: Laptop;
  readonly role?: 'parent' | 'child';
  /** A folder of this computer that it may read. */
  readonly reads?: { readonly folder: string; readonly at: string };
}

export interface MadeMachine<Plan extends PlannedMachine = LabMachine> {
  readonly machine: Plan;
  readonly did: 'made' | 'started' | 'kept';
  /** Units that failed while it booted. */
  readonly failedUnits: readonly string[];
  /** Its public host keys, as its sshd has them. */
  readonly hostKeys: readonly string[];
}

/**
 * Brings one machine up, whatever was there of it: kept when it runs, started when it is stopped, made when it is missing. Ends when it
 * can be logged in to.
 *
 * @throws KmonError with the machine's name.
 */
export async function bringUp<Plan extends PlannedMachine>(
  o: Making,
  plan: Plan,
  found: FoundMachine | undefined,
): Promise<MadeMachine<Plan>> {
  try {
    return await tryToBringUp(o, plan, found);
  } catch (error) {
    throw error instanceof KmonError ? error.at({ machine: plan.name }) : error;
  }
}

async function tryToBringUp<Plan extends PlannedMachine>(
  o: Making,
  plan: Plan,
  found: FoundMachine | undefined,
): Promise<MadeMachine<Plan>> {
  o.signal.throwIfAborted();
  if (found === undefined) await make(o, plan);
  o.signal.throwIfAborted();
  if (found?.running !== true) await start(o, plan);
  if (plan.laptop !== undefined) {
    await plugIn(o.engine, plan.laptop, { container: plan.container, role: plan.role ?? 'child' });
  }
  o.signal.throwIfAborted();
  const fresh = found === undefined || !(await isSetUp(o, plan));
  if (fresh || o.credentials.fresh) {
    const input = machineScript(o.script, {
      name: plan.name,
      fresh,
      sudo: sudoManner(plan.name),
      password: o.credentials.password,
      publicKey: o.credentials.publicKey,
      outside: o.outside,
    });
    await o.engine.run(['exec', '--interactive', plan.container, 'sh', '-s'], {
      input: input.reveal(),
    });
  }
  const failedUnits = await waitForBoot(o, { ...plan, sshPort: sshPortOf(plan) });
  const keys = await o.engine.run(['exec', plan.container, 'sh', '-c', 'cat /etc/ssh/ssh_host_*_key.pub']);
  return {
    machine: plan,
    did: found === undefined ? 'made' : found.running ? 'kept' : 'started',
    failedUnits,
    hostKeys: keys.split('\n').filter((line) => line !== ''),
  };
}

/** Where it is logged in to at its address in the room. */
export function sshPortOf({ laptop }: Pick<PlannedMachine, 'laptop'>): number {
  return laptop === undefined ? 22 : GUEST_SSH_PORT;
}

async function start(o: Making, plan: PlannedMachine): Promise<void> {
  try {
    await o.engine.run(['start', plan.container]);
  } catch (error) {
    throw error instanceof KmonError ? error.withHint('start over: kmon lab down, then kmon lab up') : error;
  }
}

/** The key is the last thing that a machine is given: with it there, an earlier `lab up` came that far. */
async function isSetUp(o: Making, plan: PlannedMachine): Promise<boolean> {
  const args = ['exec', plan.container, 'test', '-s', `/home/${LAB_USER}/.ssh/authorized_keys`];
  return (await o.engine.ask(args)).exitCode === 0;
}

/**
 * Makes the container and its volume, anew: what another container left in a volume does not fit this root. A container that was
 * made half is removed, so that the next `lab up` makes it whole.
 */
async function make(o: Making, plan: PlannedMachine): Promise<void> {
  const { engine } = o;
  await engine.ask(['volume', 'rm', '--force', volumeName(o.lab, plan.name)]);
  await engine.run(volumeCreateArgs(o.lab, plan.name));
  await engine.create(
    machineCreateArgs(engine.kind, {
      lab: o.lab,
      dir: o.dir,
      machine: plan.name,
      ...(plan.laptop === undefined ? { network: o.network.name } : {}),
      address: plan.address,
      image: o.image,
      limits: o.limits,
      cgroups: engine.cgroups,
      ...(engine.runtime === undefined ? {} : { runtime: engine.runtime }),
      ...(plan.reads === undefined ? {} : { reads: plan.reads }),
    }),
  );
  try {
    await lendPackages(engine, o.packages, containerName(o.lab, plan.name));
  } catch (error) {
    await engine.ask(['rm', '--force', plan.container]);
    throw error;
  }
}
