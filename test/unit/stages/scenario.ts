import type { MachineWork } from '../../../src/engine/stage.js';
import type { Part, Setting } from './stage-run.js';

/** A stage from a fresh machine to a finished one. */
export interface Scenario {
  /** Name of its golden file. */
  readonly name: string;
  /** Made anew for each play: some stages keep what they saw. */
  readonly stage: () => MachineWork<unknown>;
  readonly setting: Setting;
  /** The looks at a fresh machine, up to the plan: what a dry run does. */
  readonly bare: Part;
  /** What a plan by inference looks at: resources alone; nothing when absent. */
  readonly inferred?: Part;
  /** All that follows, up to the proof. */
  readonly work: Part;
  /** The same on a machine where an earlier run broke off, or made what is older now. */
  readonly half?: { readonly bare: Part; readonly work: Part };
  /** The looks at a machine on which everything is as it should be. */
  readonly done: Part;
}
