import type { Observed } from '../room/machine.js';
import type { OtherRunner } from '../runner/open-other.js';
import type { Language } from '../shell/language.js';
import { playBack } from './carry-out.js';
import { computerPlace } from './computer-place.js';
import type { ComputerContext } from './context.js';
import type { ComputersApart } from './deps.js';
import { toGiveBack } from './ledger.js';
import type { Place } from './place.js';
import type { ResultStore } from './results.js';
import type { GiveBackThereStep } from './step.js';
import { NotedResources } from './noted-resources.js';

/** A computer that is only observed, for the length of a run. It is reached when something is asked of it for the first time. */
export class ComputerSession extends NotedResources<Language> {
  readonly machine: Observed;
  /** Logs in there; the second call gives the same answer. */
  readonly reach: () => Promise<OtherRunner | undefined>;

  /** `run`: whose entries its ledger gets; they are this room's by where it lies. */
  constructor(machine: Observed, way: ComputersApart, run: string) {
    let reached: Promise<OtherRunner | undefined> | undefined;
    const reach = (): Promise<OtherRunner | undefined> => {
      reached ??= way.reach(machine);
      return reached;
    };
    super(computerPlace(machine.name, reach, way.ledger(machine)), () => ({ run }));
    this.machine = machine;
    this.reach = reach;
  }

  /** As it lies there now. */
  async toGiveBack(): Promise<readonly string[]> {
    return toGiveBack(await this.place.ledger.read());
  }

  /** Carries the steps of one stage out. */
  async carryOut(
    steps: readonly GiveBackThereStep[],
    site: {
      readonly stage: string;
      readonly c: Pick<ComputerContext, 'say' | 'signal'>;
      readonly results: ResultStore;
    },
  ): Promise<void> {
    const place: Place<Language> = {
      ...this.place,
      mutate: (intent, change) => this.place.mutate(intent, change, site.stage),
    };
    for (const step of steps) {
      site.c.signal.throwIfAborted();
      await this.note(site.stage, step.unnoted);
      await playBack(step, place, site);
    }
  }
}
