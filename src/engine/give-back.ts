import { KmonError } from '../errors/kmon-error.js';
import type { RoomMark } from '../room/room-mark.js';
import type { Json, Restoration, Reversible } from '../resources/resource.js';
import type { Language } from '../shell/language.js';
import { differences } from './differences.js';
import { notedBy } from './ledger.js';
import type { LedgerEntry } from './ledger.js';
import type { Place } from './place.js';

/**
 * `as-found`: it was as found already. `restored`: given back, and proven by a second look. `left`: somebody else changed it since, so it
 * is his. `failed`: it is not as found and stays in the ledger. `passed-on`: of what one stage has noted, another stage of kmon's has changed it
 * since: it stays, and goes with what that one has noted, to how the first has found it.
 */
export interface GivenBack {
  readonly id: string;
  readonly outcome: 'as-found' | 'restored' | 'left' | 'failed' | 'passed-on';
  readonly reason?: string;
}

export type GiveBackReport = readonly GivenBack[];

export interface GiveBackOptions {
  readonly say: (text: string) => void;
  readonly signal: AbortSignal;
  /** Whether a ledger of this room may be given back; absent: of any, which only who sits at the machine itself may say. */
  readonly mayGiveBack?: (room: RoomMark) => boolean;
  /** The id of a stage: what that one has noted is given back, to how it was then, and nothing else; absent: all. */
  readonly only?: string;
}

/** A thing with all that the ledger says of it. */
interface Noted<L extends Language> {
  readonly id: string;
  readonly kind: string;
  readonly found: Json;
  readonly seqs: readonly number[];
  /** The same thing with the parameters of each of its entries, the newest first; what kmon made under any of them is kmon's. */
  readonly things: readonly Reversible<Json, L>[];
}

/** What cannot be undone needs these to be undone later; they stay as long. */
const NEEDS: Readonly<Partial<Record<string, readonly string[]>>> = {
  'kubeadm-node': ['footprint', 'unit', 'file', 'directory', 'packages', 'kmon-files'],
  footprint: ['packages'],
};

/** How many things are looked at in one round trip: a look is worth nothing any more once something was changed. */
const AHEAD = 10;

/**
 * Plays the machine's ledger back, last noted first, and proves each thing as found by looking again; only then is it forgotten. Goes on
 * past a thing that fails. Not for dry runs, in which nothing could be proven. May be stopped anywhere and run again: what is as found already is only proven.
 *
 * @throws KmonError when the machine is lost, the run is interrupted, or the ledger is damaged.
 */
export async function giveBack<L extends Language>(
  place: Place<L>,
  options: GiveBackOptions,
): Promise<GiveBackReport> {
  const all = await place.ledger.read(options.say);
  refuseOthers(all, options);
  const entries = options.only === undefined ? all : notedBy(options.only, all);
  const report: GivenBack[] = [];
  const todo = gather(entries, place).toReversed();
  const done: number[] = [];
  const failed: Noted<L>[] = [];
  const end = (noted: Noted<L>, outcome: GivenBack['outcome'], reason?: string): void => {
    report.push({ id: noted.id, outcome, ...(reason === undefined ? {} : { reason }) });
    if (outcome === 'failed') failed.push(noted);
    else done.push(...noted.seqs);
  };
  try {
    let unproven: readonly Noted<L>[] = [];
    while (todo.length > 0 || unproven.length > 0) {
      options.signal.throwIfAborted();
      const ahead = todo.slice(0, AHEAD);
      const states = await look(place, [...unproven, ...ahead]);
      for (const noted of unproven) prove(noted, states.get(noted), end);
      unproven = [];
      for (const noted of ahead) {
        todo.shift();
        const heir = heirOf(noted, states.get(noted), all, place);
        if (heir !== undefined) {
          await passOn(noted, heir, place);
          end(noted, 'passed-on');
          continue;
        }
        const did = await undo(place, noted, states.get(noted), { ...options, end, failed });
        if (did === 'nothing') continue;
        if (did === 'all') unproven = [noted];
        break;
      }
    }
  } finally {
    // Also when the run is stopped here: what is proven need not be looked at again.
    await place.ledger.forget(done);
  }
  if (all.length === 0) await place.ledger.sweep();
  return report;
}

/** Whose it is was told before the run began; by now another room may have come. */
function refuseOthers(entries: readonly LedgerEntry[], { mayGiveBack }: GiveBackOptions): void {
  const other = entries
    .map((e) => e.room)
    .find((room) => room !== undefined && mayGiveBack?.(room) === false);
  if (other === undefined) return;
  throw new KmonError('precondition', `the machine belongs to room ${other.name} by now (${other.by})`, {
    hint: `give it back with the kmon.yaml of ${other.name}, or on the machine itself: sudo kmon teardown --local`,
  });
}

type End<L extends Language> = (noted: Noted<L>, outcome: GivenBack['outcome'], reason?: string) => void;
type Seen = Json | KmonError;

/** The entry of another stage by which a thing is as kmon has made it, where it is not by what is given back. */
function heirOf<L extends Language>(
  noted: Noted<L>,
  now: Seen | undefined,
  all: readonly LedgerEntry[],
  place: Place<L>,
): LedgerEntry | undefined {
  if (now === undefined || now instanceof KmonError) return undefined;
  const way = wayBack(noted, now);
  if (way === 'nothing' || !('leave' in way)) return undefined;
  return all.findLast(({ id, seq, kind, params, found }) => {
    if (id !== noted.id || noted.seqs.includes(seq)) return false;
    const theirs = place.thing(kind, params).restore(found, now);
    return theirs !== 'nothing' && !('leave' in theirs);
  });
}

/** What the other stage has found was kmon's: from now on the ledger says of it how this one has found it. */
async function passOn<L extends Language>(
  noted: Noted<L>,
  heir: LedgerEntry,
  { ledger }: Place<L>,
): Promise<void> {
  const seq = 1 + Math.max(...(await ledger.read()).map((entry) => entry.seq));
  await ledger.append([{ ...heir, seq, found: noted.found }]);
  await ledger.forget([heir.seq]);
}

/** What was done on the machine: after `part` (it failed half-way) and `all`, what was seen of other things is worth nothing any more. */
async function undo<L extends Language>(
  place: Place<L>,
  noted: Noted<L>,
  now: Seen | undefined,
  o: GiveBackOptions & { readonly end: End<L>; readonly failed: readonly Noted<L>[] },
): Promise<'nothing' | 'part' | 'all'> {
  if (now === undefined || now instanceof KmonError) {
    o.end(noted, 'failed', now?.message ?? 'its state was not read');
    return 'nothing';
  }
  const way = wayBack(noted, now);
  if (way === 'nothing') {
    o.end(noted, 'as-found');
    return 'nothing';
  }
  if ('leave' in way) {
    o.end(noted, 'left', way.leave);
    return 'nothing';
  }
  const needing = o.failed.find((f) => NEEDS[f.kind]?.includes(noted.kind));
  if (needing !== undefined) {
    o.end(noted, 'failed', `kept, since "${needing.id}" still needs it to be undone`);
    return 'nothing';
  }
  o.say(`giving back: ${noted.id}`);
  try {
    await place.mutate(`give back: ${noted.id}`, way);
    return 'all';
  } catch (error) {
    o.end(noted, 'failed', because(error));
    return 'part';
  }
}

function prove<L extends Language>(noted: Noted<L>, now: Seen | undefined, end: End<L>): void {
  if (now === undefined || now instanceof KmonError) {
    end(noted, 'failed', now?.message ?? 'its state was not read');
    return;
  }
  const way = wayBack(noted, now);
  if (way === 'nothing') end(noted, 'restored');
  else if ('leave' in way) end(noted, 'left', way.leave);
  else end(noted, 'failed', `still not as found: ${differences(noted.found, now)}`);
}

/** Somebody else's only when it is nothing that kmon made under any of the parameters it had. */
function wayBack<L extends Language>(noted: Noted<L>, now: Json): Restoration<L> {
  const ways = noted.things.map((thing) => thing.restore(noted.found, now));
  return ways.find((w) => w === 'nothing' || !('leave' in w)) ?? ways[0] ?? 'nothing';
}

/** Looks at all in one round trip; when one of them cannot be read, at each by itself, so that only that one fails. */
async function look<L extends Language>(
  place: Place<L>,
  things: readonly Noted<L>[],
): Promise<Map<Noted<L>, Seen>> {
  try {
    const states = await place.states(things.map((t) => newest(t)));
    return new Map(things.map((thing, i) => [thing, states[i] ?? null]));
  } catch (error) {
    const failure = because(error);
    const [only, ...more] = things;
    if (only === undefined || more.length === 0)
      return new Map(things.map((t) => [t, new KmonError('command', failure)]));
    const each: [Noted<L>, Seen][] = [];
    for (const thing of things) each.push(...(await look(place, [thing])));
    return new Map(each);
  }
}

function newest<L extends Language>(noted: Noted<L>): Reversible<Json, L> {
  const [thing] = noted.things;
  if (thing === undefined) throw new TypeError(`no way to read ${noted.id}`);
  return thing;
}

/** Entries of one thing together, in the order in which things were first noted. */
function gather<L extends Language>(entries: readonly LedgerEntry[], place: Place<L>): readonly Noted<L>[] {
  const noted = new Map<string, Noted<L>>();
  for (const { id, seq, kind, params, found } of entries.toSorted((a, b) => a.seq - b.seq)) {
    const before = noted.get(id) ?? { id, kind, found, seqs: [], things: [] };
    const things = [place.thing(kind, params), ...before.things];
    noted.set(id, { ...before, seqs: [...before.seqs, seq], things });
  }
  return [...noted.values()];
}

/** What a person reads of a failure. One that is about the machine or the run, and not about this thing, goes up instead. */
function because(error: unknown): string {
  if (!(error instanceof KmonError)) {
    if (error instanceof TypeError) return error.message;
    throw error;
  }
  if (error.code !== 'command' && error.code !== 'timeout') throw error;
  return error.evidence === undefined ? error.message : `${error.message}: ${error.evidence}`;
}
