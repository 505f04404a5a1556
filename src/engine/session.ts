import { randomBytes } from 'node:crypto';
import type { Facts } from '../facts/facts.js';
import type { Machine } from '../room/machine.js';
import { parseAll, readAll } from '../resources/batch.js';
import type { Json, Reversible } from '../resources/resource.js';
import type { Runner } from '../runner/runner.js';
import { appendLedger, forgetLedger, isNoted, readLedgerAndChanges } from './ledger.js';
import type { LedgerEntry } from './ledger.js';

/** A thing on the machine with the state it was read in. */
export interface Noticed<R extends Reversible> {
  readonly thing: R;
  readonly state: Json;
}

/** By whom an entry is written. Asked for when the first one is: the room may have no id before. */
export type Signature = Pick<LedgerEntry, 'run' | 'room'>;

/** What a stage is carried out with in one place. */
export type Session = Pick<MachineSession, keyof MachineSession>;

/** One machine for the length of a run: its runner, its facts, and its ledger, which is read once and then kept in step. */
export class MachineSession {
  readonly machine: Machine;
  readonly run: Runner;
  readonly facts: Facts;
  private readonly sign: () => Signature;
  /** Several stages may write at once, each its own entries: one after the other. */
  private writing: Promise<void> = Promise.resolve();
  private begun:
    Promise<{ readonly entries: LedgerEntry[]; readonly underWay: readonly string[] }> | undefined;

  constructor(machine: Machine, run: Runner, facts: Facts, sign: () => Signature) {
    this.machine = machine;
    this.run = run;
    this.facts = facts;
    this.sign = sign;
  }

  /** Reads all of them in one round trip. */
  async look<R extends Reversible>(things: readonly R[]): Promise<readonly Noticed<R>[]> {
    if (things.length === 0) return [];
    const nonce = randomBytes(12).toString('hex');
    const result = await this.run.query(readAll(things, nonce));
    const states = parseAll(things, result, nonce);
    return things.map((thing, i) => ({ thing, state: states[i] ?? null }));
  }

  /** Writes how things are into the machine's ledger. What is noted already keeps its first note: as found is before the first change. */
  async note(stage: string, seen: readonly Noticed<Reversible>[]): Promise<void> {
    await this.inTurn(() => this.write(stage, seen));
  }

  private async inTurn(write: () => Promise<void>): Promise<void> {
    const turn = this.writing.then(write);
    this.writing = turn.catch(() => undefined);
    await turn;
  }

  private async write(stage: string, seen: readonly Noticed<Reversible>[]): Promise<void> {
    const known = await this.noted();
    const fresh = seen.filter((s) => !isNoted(known, s.thing));
    if (fresh.length === 0) return;
    const last = known.reduce((max, e) => Math.max(max, e.seq), 0);
    const entries = fresh.map((s, i): LedgerEntry => ({
      seq: last + 1 + i,
      at: new Date().toISOString(),
      ...this.sign(),
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
    const known = await this.noted();
    await this.note(stage, await this.look(things.filter((t) => !isNoted(known, t))));
  }

  /** Takes things out of the ledger that are proven as found. */
  async forget(things: readonly Reversible[]): Promise<void> {
    await this.inTurn(async () => {
      const known = await this.noted();
      const seqs = known.filter((e) => things.some((t) => t.id === e.id)).map((e) => e.seq);
      await forgetLedger(this.run, seqs);
      known.splice(0, known.length, ...known.filter((e) => !seqs.includes(e.seq)));
    });
  }

  /** How a thing was found before kmon changed it; `undefined` when the ledger has no entry for that very thing. */
  async foundBefore(thing: Reversible): Promise<Json | undefined> {
    return (await this.noted()).find((e) => e.id === thing.id)?.found;
  }

  /**
   * What an earlier kmon, which is gone, began on this machine and is still at it. Asked before the first change of a run and not again
   * when there was nothing; comes in one round trip with the ledger.
   */
  async changesUnderWay(): Promise<readonly string[]> {
    const { underWay } = await this.begin();
    if (underWay.length > 0) this.begun = undefined;
    return underWay;
  }

  /** The ledger is read anew: what was read before the room was taken may be old. */
  async forgetReading(): Promise<void> {
    await this.inTurn(async () => {
      this.begun = undefined;
    });
  }

  private async noted(): Promise<LedgerEntry[]> {
    return (await this.begin()).entries;
  }

  private begin(): NonNullable<typeof this.begun> {
    this.begun ??= readLedgerAndChanges(this.run).then(({ entries, underWay }) => ({
      entries: [...entries],
      underWay,
    }));
    return this.begun;
  }
}
