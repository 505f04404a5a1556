import { macosOpening, macosThing, windowsOpening, windowsThing } from '../resources/exporter-opening.js';
import type { OpeningParams, OpeningState } from '../resources/exporter-opening.js';
import type { Resource } from '../resources/resource.js';
import type { OtherRunner } from '../runner/open-other.js';
import type { Language } from '../shell/language.js';
import type { LedgerStore } from './ledger.js';
import { machinePlace } from './place.js';
import type { Place } from './place.js';

/** Work in a computer that is no Linux, in whichever language is spoken there. */
export type WorkThere<T> = <L extends Language>(
  place: Place<L>,
  opening: (params: OpeningParams) => Resource<OpeningState, L>,
) => Promise<T>;

/** Does work there as the engine does it on a machine of the room; but its ledger lies elsewhere, since kmon keeps nothing there. */
export function inComputer<T>(other: OtherRunner, ledger: LedgerStore, work: WorkThere<T>): Promise<T> {
  if (other.family === 'macos') {
    return work({ ...machinePlace(other.run), thing: macosThing, ledger }, macosOpening);
  }
  const { run } = other;
  const place: Place<'powershell'> = {
    name: run.machine,
    states: async (things) => {
      const states = [];
      for (const thing of things) {
        const stdout = await run.query(thing.read);
        states.push(thing.parse({ stdout, stderr: '', exitCode: 0, durationMs: 0 }));
      }
      return states;
    },
    mutate: async (intent, change) => {
      await run.mutate(intent, change);
    },
    thing: windowsThing,
    ledger,
  };
  return work(place, windowsOpening);
}
