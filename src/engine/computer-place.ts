import { KmonError } from '../errors/kmon-error.js';
import { reversibleThere } from '../resources/registry.js';
import type { OtherRunner } from '../runner/open-other.js';
import type { Language } from '../shell/language.js';
import type { LedgerStore } from './ledger.js';
import type { Place } from './place.js';

/**
 * A computer that is no Linux: what it is spoken to in is known when it is reached, so a thing in another language is refused there. Its ledger
 * lies elsewhere, since kmon keeps nothing on it.
 */
export function computerPlace(
  name: string,
  reach: () => Promise<OtherRunner | undefined>,
  ledger: LedgerStore,
): Place<Language> {
  return {
    name,
    states: async (things) => {
      const other = await reach();
      const states = [];
      for (const thing of things) {
        const { read } = thing;
        if (other?.family === 'windows' && 'language' in read) {
          const stdout = await other.run.query(read);
          states.push(thing.parse({ stdout, stderr: '', exitCode: 0, durationMs: 0 }));
        } else if (other?.family === 'macos' && 'script' in read) {
          states.push(thing.parse(await other.run.query(read)));
        } else throw notSpoken(name);
      }
      return states;
    },
    mutate: async (intent, change, stage) => {
      const other = await reach();
      if (other?.family === 'windows' && 'language' in change) await other.run.mutate(intent, change, stage);
      else if (other?.family === 'macos' && 'script' in change) await other.run.mutate(intent, change, stage);
      else throw notSpoken(name);
    },
    thing: reversibleThere,
    ledger,
  };
}

function notSpoken(name: string): KmonError {
  return new KmonError('precondition', `${name} runs another system than the one that this is about`);
}
