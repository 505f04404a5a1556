import type { Facts } from '../facts/facts.js';
import type { Machine } from '../room/machine.js';
import type { Runner } from '../runner/runner.js';
import { machinePlace } from './place.js';
import { NotedResources } from './noted-resources.js';
import type { Signature } from './noted-resources.js';

/** What a stage is carried out with in one place. */
export type Session = Pick<MachineSession, Exclude<keyof MachineSession, 'place'>>;

/** One machine for the length of a run: its runner, its facts, its things, and its ledger. */
export class MachineSession extends NotedResources {
  readonly machine: Machine;
  readonly run: Runner;
  readonly facts: Facts;

  constructor(machine: Machine, run: Runner, facts: Facts, sign: () => Signature) {
    super(machinePlace(run), sign);
    this.machine = machine;
    this.run = run;
    this.facts = facts;
  }
}
