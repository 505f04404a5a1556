import { KmonError } from '../errors/kmon-error.js';
import type { Json, Resource, Reversible } from '../resources/resource.js';
import type { Language } from '../shell/language.js';
import { isNoted } from './ledger.js';
import type { LedgerEntry } from './ledger.js';
import type { Place } from './place.js';

/** A thing on the machine with the state it was read in. */
export interface Noticed<R extends Reversible<Json, L>, L extends Language = 'sh'> {
  readonly thing: R;
  readonly state: Json;
}

/** By whom an entry is written. Asked for when the first one is: the room may have no id before. */
export type Signature = Pick<LedgerEntry, 'run' | 'room'>;

/** In whose name things are changed. */
export interface Change {
  readonly stage: string;
  readonly signal: AbortSignal;
  readonly say: (text: string) => void;
}

/** Those that are not as they should be. */
export function unsatisfied<L extends Language>(
  seen: readonly Noticed<Resource<Json, L>, L>[],
): readonly Noticed<Resource<Json, L>, L>[] {
  return seen.filter((s) => !s.thing.satisfied(s.state));
}

/** The things of one place for the length of a run, and its ledger, which is read once and then kept in step. */
export class NotedResources<L extends Language = 'sh'> {
  readonly place: Place<L>;
  private readonly sign: () => Signature;
  /** Several stages may write at once, each its own entries: one after the other. */
  private writing: Promise<void> = Promise.resolve();
  private forgotten: Promise<void> | undefined;
  private begun:
    Promise<{ readonly entries: LedgerEntry[]; readonly underWay: readonly string[] }> | undefined;

  constructor(place: Place<L>, sign: () => Signature) {
    this.place = place;
    this.sign = sign;
  }

  /** Reads all of them, on a machine in one round trip. */
  async look<R extends Reversible<Json, L>>(things: readonly R[]): Promise<readonly Noticed<R, L>[]> {
    if (things.length === 0) return [];
    const states = await this.place.states(things);
    return things.map((thing, i) => ({ thing, state: states[i] ?? null }));
  }

  /** Writes how things are into the ledger of the place. What is noted already keeps its first note: as found is before the first change. */
  async note(stage: string, seen: readonly Noticed<Reversible<Json, L>, L>[]): Promise<void> {
    await this.inTurn(() => this.write(stage, seen));
  }

  private async inTurn(write: () => Promise<void>): Promise<void> {
    const turn = this.writing.then(write);
    this.writing = turn.catch(() => undefined);
    await turn;
  }

  private async write(stage: string, seen: readonly Noticed<Reversible<Json, L>, L>[]): Promise<void> {
    const known = await this.noted();
    const last = known.reduce((max, e) => Math.max(max, e.seq), 0);
    const entries: LedgerEntry[] = [];
    for (const { thing, state } of seen) {
      if (isNoted(known, thing) || isNoted(entries, thing)) continue;
      const { id, kind, params } = thing;
      const seq = last + 1 + entries.length;
      entries.push({
        seq,
        at: new Date().toISOString(),
        ...this.sign(),
        stage,
        id,
        kind,
        params,
        found: state,
      });
    }
    if (entries.length === 0) return;
    await this.place.ledger.append(entries);
    known.push(...entries);
  }

  /**
   * Notes how they were, changes them, and looks again.
   *
   * @throws KmonError `not-verified` that names those which are still not as they should be.
   */
  async change(wrong: readonly Noticed<Resource<Json, L>, L>[], change: Change): Promise<void> {
    const { stage, signal, say } = change;
    await this.note(stage, wrong);
    for (const { thing, state } of wrong) {
      signal.throwIfAborted();
      say(thing.describe(state));
      await this.place.mutate(thing.describe(state), thing.change(state), stage);
    }
    const still = unsatisfied(await this.look(wrong.map((w) => w.thing)));
    if (still.length === 0) return;
    throw new KmonError(
      'not-verified',
      `${still.map((s) => s.thing.id).join(', ')} did not take the change`,
      { hint: 'see the transcript for what the machine said' },
    );
  }

  /** How those things are that the ledger does not hold yet. */
  async lookAtUnnoted(
    things: readonly Reversible<Json, L>[],
  ): Promise<readonly Noticed<Reversible<Json, L>, L>[]> {
    const known = await this.noted();
    return this.look(things.filter((t) => !isNoted(known, t)));
  }

  /** Takes things out of the ledger that are proven as found. */
  async forget(things: readonly Reversible<Json, L>[]): Promise<void> {
    await this.inTurn(async () => {
      const known = await this.noted();
      const seqs = known.filter((e) => things.some((t) => t.id === e.id)).map((e) => e.seq);
      await this.place.ledger.forget(seqs);
      known.splice(0, known.length, ...known.filter((e) => !seqs.includes(e.seq)));
    });
  }

  /** How a thing was found before kmon changed it; `undefined` when the ledger has no entry for that very thing. */
  async foundBefore(thing: Reversible<Json, L>): Promise<Json | undefined> {
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

  /**
   * The room is taken: what was read before may be old, and the ledger is read anew. Once for all stages that begin together, since what is
   * read from then on is this run's.
   */
  async forgetReading(): Promise<void> {
    this.forgotten ??= this.inTurn(async () => {
      this.begun = undefined;
    });
    await this.forgotten;
  }

  private async noted(): Promise<LedgerEntry[]> {
    return (await this.begin()).entries;
  }

  private begin(): NonNullable<typeof this.begun> {
    this.begun ??= this.place.ledger.readWithChanges().then(({ entries, underWay }) => ({
      entries: [...entries],
      underWay,
    }));
    return this.begun;
  }
}

/** What a stage is carried out with in one place: its things, and a name for it. */
export type StageResources<L extends Language = 'sh'> = Pick<
  NotedResources<L>,
  Exclude<keyof NotedResources<L>, 'place'>
> & { readonly machine: { readonly name: string } };
