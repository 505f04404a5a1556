import { randomBytes } from 'node:crypto';
import type { Facts } from '../machines/facts.js';
import type { Machine } from '../machines/machine.js';
import { parseAll, readAll } from '../resources/batch.js';
import type { Json, Reversible } from '../resources/resource.js';
import type { Runner } from '../runner/runner.js';
import { appendLedger, isNoted, readLedger } from './ledger.js';
import type { LedgerEntry } from './ledger.js';

/** A thing on the machine with the state it was read in. */
export interface Seen<R extends Reversible> {
  readonly thing: R;
  readonly state: Json;
}

/** One machine for the length of a run: its runner, its facts, and its ledger, which is read once and then kept in step. */
export class MachineSession {
  readonly machine: Machine;
  readonly run: Runner;
  readonly facts: Facts;
  private readonly runId: string;
  private ledger: Promise<LedgerEntry[]> | undefined;

  constructor(machine: Machine, run: Runner, facts: Facts, runId: string) {
    this.machine = machine;
    this.run = run;
    this.facts = facts;
    this.runId = runId;
  }

  /** Reads all of them in one round trip. */
  async look<R extends Reversible>(things: readonly R[]): Promise<readonly Seen<R>[]> {
    if (things.length === 0) return [];
    const nonce = randomBytes(12).toString('hex');
    const result = await this.run.query(readAll(things, nonce));
    const states = parseAll(things, result, nonce);
    return things.map((thing, i) => ({ thing, state: states[i] ?? null }));
  }

  /** Writes how things are into the machine's ledger. What is noted already keeps its first note: as found is before the first change. */
  async note(stage: string, seen: readonly Seen<Reversible>[]): Promise<void> {
    this.ledger ??= readLedger(this.run).then((entries) => [...entries]);
    const known = await this.ledger;
    const fresh = seen.filter((s) => !isNoted(known, s.thing));
    if (fresh.length === 0) return;
    const last = known.reduce((max, e) => Math.max(max, e.seq), 0);
    const entries = fresh.map((s, i): LedgerEntry => ({
      seq: last + 1 + i,
      at: new Date().toISOString(),
      run: this.runId,
      stage,
      id: s.thing.id,
      kind: s.thing.kind,
      params: s.thing.params,
      found: s.state,
    }));
    await appendLedger(this.run, entries);
    known.push(...entries);
  }

  /** As `note`, for things that were not read yet: reads only those that the ledger does not hold. */
  async noteUnread(stage: string, things: readonly Reversible[]): Promise<void> {
    this.ledger ??= readLedger(this.run).then((entries) => [...entries]);
    const known = await this.ledger;
    await this.note(stage, await this.look(things.filter((t) => !isNoted(known, t))));
  }
}
