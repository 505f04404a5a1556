import { randomBytes } from 'node:crypto';
import { parseAll, readAll } from '../resources/batch.js';
import { reversibleFor } from '../resources/registry.js';
import type { Json, Reversible } from '../resources/resource.js';
import type { Runner } from '../runner/runner.js';
import type { Language, Script } from '../shell/language.js';
import { machineLedger } from './ledger.js';
import type { LedgerStore } from './ledger.js';

/** Where things are changed and given back: how their states are read there, how a change gets there, and where the ledger lies. */
export interface Place<L extends Language = 'sh'> {
  readonly name: string;
  /** In the order of the things. @throws KmonError `command` when one of them cannot be read. */
  states(things: readonly Reversible<Json, L>[]): Promise<readonly Json[]>;
  /** `stage`: which one makes it. */
  mutate(intent: string, change: Script<L, 'changes'>, stage?: string): Promise<void>;
  /** What an entry of the ledger is about. @throws KmonError `precondition` for a kind that is not known there. */
  thing(kind: string, params: Json): Reversible<Json, L>;
  readonly ledger: LedgerStore;
}

/** A machine of the room: all of its states come in one round trip. */
export function machinePlace(run: Runner): Place {
  return {
    name: run.machine,
    states: async (things) => {
      const nonce = randomBytes(12).toString('hex');
      return parseAll(things, await run.query(readAll(things, nonce)), nonce);
    },
    mutate: (intent, change, stage) => run.mutate(intent, change, stage),
    thing: reversibleFor,
    ledger: machineLedger(run),
  };
}
