import { letterText, oneLine, oneOfLetter, readLetter } from './letter.js';
import type { Letter } from './letter.js';
import { readHostKeys, readRegistration } from './registration.js';
import type { Laptop, Misfit, Registration } from './registration.js';
import { isSealOf, keyOf, sealed, unsealed } from './seal.js';
import type { Admission } from './admission.js';
import type { GuestOffer } from './guest-offer.js';
import { OFFERED } from './guest-offer.js';
import type { OfferedFile } from './transfer.js';
import { sources } from './sources.js';

/**
 * `free`: nobody has used the word. `waiting`: a laptop has, and nobody has said yet whether it may come. `welcome`: it may, and puts kmon's key in, or makes its guest.
 * `trying`: kmon logs in there. `in`: it is in the room. `refused`: by the teacher.
 */
export type SeatState = 'free' | 'waiting' | 'welcome' | 'trying' | 'in' | 'refused';

/** A word, and what has become of it. */
export interface Seat {
  /** Counts from 1. */
  readonly number: number;
  readonly word: string;
  readonly team?: string;
  readonly state: SeatState;
  /** That uses the word, or has used it last. */
  readonly laptop?: Laptop;
  /** Of the registration that uses the word, or has used it last: whom a yes is about. */
  readonly nonce?: string;
  /** How far it is with its guest, in its own words. */
  readonly progress?: string;
  /** The address under which its name stands in kmon.yaml already. */
  readonly inRoomAt?: string;
  /** The laptop has been told that it is in, or that it is refused: one that is in and has not takes kmon's key out again. */
  readonly told: boolean;
  /** What was the matter with the last laptop that used the word, or with this one. */
  readonly why?: string;
}

export type DeskEvent =
  /** A seat is not as it was. */
  | { readonly type: 'seat'; readonly seat: Seat }
  /** The laptop has put kmon's key in: it can be tried. */
  | { readonly type: 'ready'; readonly seat: Seat }
  /** Something that belongs to no seat, such as a wrong word. */
  | { readonly type: 'turned-away'; readonly source: string; readonly why: string };

export interface DeskOptions {
  /** Of this enrolment alone: what was said in another is worth nothing. */
  readonly session: string;
  /** Why a laptop cannot be in the room as it is; `undefined`: it can. */
  readonly objection: (laptop: Laptop) => Misfit | undefined;
  /** See `Seat.inRoomAt`. */
  readonly inRoomAt: (laptop: Laptop) => string | undefined;
  /** What a laptop puts in, or of what it makes its guest. */
  readonly admission: (laptop: Laptop) => Admission | GuestOffer | Misfit;
  readonly onEvent: (event: DeskEvent) => void;
  readonly nowMs: () => number;
}

/** Who waited on a seat when somebody was asked about it: another one may wait there by the time of the answer. */
export type Asked = Pick<Seat, 'number' | 'nonce'>;

/** A laptop that has not asked for so long is gone, and its word is free again. */
export const GONE_MS = 20_000;

/** One that makes its guest may wait for its owner, who is asked whether kmon may change the firewall. */
export const GUEST_GONE_MS = 180_000;

interface Place extends Seat {
  readonly key: string;
  readonly heardMs: number;
  readonly admission?: Admission | GuestOffer;
}

/**
 * Where laptops come with their words. Knows no network: it is given what was sent, and from where, and says what is to be answered. Nothing is
 * believed of a laptop whose seal is not made of one of the words.
 */
export class Desk {
  private readonly o: DeskOptions;
  private isClosed = false;
  private places: readonly Place[] = [];
  private readonly used = new Set<string>();
  private readonly sources;

  constructor(options: DeskOptions) {
    this.o = options;
    this.sources = sources(options.nowMs);
  }

  get seats(): readonly Seat[] {
    return this.places;
  }

  /** Somebody has still to be told how it ended. */
  get owesAnswers(): boolean {
    return this.places.some((p) => ['in', 'refused'].includes(p.state) && !p.told && !this.isGone(p));
  }

  addWord(word: string, team?: string): void {
    this.places = [
      ...this.places,
      {
        number: this.places.length + 1,
        word,
        ...(team === undefined ? {} : { team }),
        state: 'free',
        key: keyOf(word),
        heardMs: 0,
        told: false,
      },
    ];
  }

  /** The answer to a registration. What is not sealed in it proves nothing, and the laptop says so. */
  register(text: string, source: string): string {
    if (this.sources.isRefused(source))
      return unproven('too much that was wrong came from here: wait a minute');
    const place = this.places.find((p) => unsealed(p.key, text) !== undefined);
    const body = place && unsealed(place.key, text);
    if (place === undefined || body === undefined) {
      this.sources.countWrong(source, 'word');
      const late = oneOfLetter(readLetter('register', text) ?? new Map(), 'session');
      const why = late === undefined || late === this.o.session ? 'the word is wrong' : OLD_LINE;
      this.turnAway(source, why);
      return unproven(why);
    }
    // Before anything else: who has only heard it gets no other answer.
    if (this.used.has(nonceOf(body))) return this.decline(place, body, source, { wrong: SENT_BEFORE });
    if (this.isClosed) return this.decline(place, body, source, { wrong: CLOSED });
    const registration = readRegistration(body, source);
    if ('wrong' in registration) return this.decline(place, body, source, registration);
    const objection = this.objectionTo(place, registration);
    if (objection !== undefined) return this.decline(place, body, source, objection);
    this.used.add(registration.nonce);
    const { why: _, inRoomAt: __, progress: ___, admission: ____, ...rest } = place;
    const inRoomAt = this.o.inRoomAt(registration.laptop);
    const next: Place = {
      ...rest,
      state: 'waiting',
      laptop: registration.laptop,
      ...(inRoomAt === undefined ? {} : { inRoomAt }),
      nonce: registration.nonce,
      heardMs: this.o.nowMs(),
      told: false,
    };
    this.put(next);
    return answer(next, '0', 'waiting', 'you are known: the teacher has to agree');
  }

  /** The answer to a laptop that asks how it stands, or says how far it is. */
  ask(text: string, source: string): string {
    const place = this.places.find((p) => p.nonce !== undefined && unsealed(p.key, text) !== undefined);
    const letter = place && readLetter('ask', unsealed(place.key, text) ?? '');
    const count = letter && oneOfLetter(letter, 'count');
    if (
      place === undefined ||
      letter === undefined ||
      count === undefined ||
      oneOfLetter(letter, 'session') !== this.o.session ||
      oneOfLetter(letter, 'nonce') !== place.nonce ||
      place.laptop?.address !== source
    ) {
      return unproven('nobody here waits for you: run the line again');
    }
    const now = this.heard({ ...place, heardMs: this.o.nowMs() }, letter);
    switch (now.state) {
      case 'waiting':
        return answer(now, count, 'waiting', 'the teacher has to agree');
      case 'welcome':
        return answer(now, count, 'welcome', 'you may come in', now.admission);
      case 'trying':
        return answer(now, count, 'trying', 'the teacher logs in, to try it');
      case 'in':
        this.set({ ...now, told: true });
        return answer(now, count, 'in', `you are in, as ${now.laptop?.name ?? ''}`);
      case 'refused':
        this.set({ ...now, told: true });
        return answer(now, count, 'refused', now.why ?? 'the teacher has said no');
      case 'free':
        return answer(now, count, 'trouble', now.why ?? 'run the line again');
    }
  }

  /** The teacher agrees to the one whom he was asked about. Nothing happens where it waits no more, or another one does. */
  approve(asked: Asked): void {
    const place = this.waiting(asked);
    if (place?.laptop === undefined) return;
    // Another one may have got the name meanwhile.
    const objection = this.o.objection(place.laptop);
    const admission = objection ?? this.o.admission(place.laptop);
    if ('wrong' in admission) this.free(place, admission.wrong);
    else this.put({ ...place, state: 'welcome', admission });
  }

  /**
   * What may be fetched at a path of the page: by a laptop that makes its guest, from its own address, with a seal for this very path; `undefined` for
   * everybody else, who is told nothing.
   *
   * @param path as it was asked for, with what stands behind its `?`
   */
  offered(path: string, source: string): OfferedFile | undefined {
    const [, name, seal] = /^\/guest\/([A-Za-z0-9._-]{1,100})\?seal=([0-9a-f]{64})$/.exec(path) ?? [];
    if (name === undefined || seal === undefined) return undefined;
    for (const { state, key, nonce = '', laptop, admission } of this.places) {
      if (state !== 'welcome' || laptop?.address !== source) continue;
      if (admission === undefined || !('disk' in admission)) continue;
      const file = [admission.disk, admission.seed].find((f) => f.name === name);
      if (file !== undefined && isSealOf(seal, key, fetchText(this.o.session, nonce, file.name))) return file;
    }
    return undefined;
  }

  /** The teacher does not. The word is spent. */
  refuse(asked: Asked): void {
    const place = this.waiting(asked);
    if (place !== undefined) this.put({ ...place, state: 'refused', why: 'the teacher has said no' });
  }

  /** How the first login ended: `undefined`, or what is wrong. With that the word is good for another attempt. */
  tried(number: number, wrong: string | undefined): void {
    const place = this.place(number, 'trying');
    if (place === undefined) return;
    if (wrong === undefined) this.put({ ...place, state: 'in' });
    else this.free(place, oneLine(wrong));
  }

  /** Nobody comes in any more but who is tried already, and hears how that ends. */
  close(): void {
    this.isClosed = true;
    for (const place of this.places)
      if (place.state === 'waiting' || place.state === 'welcome') this.free(place, CLOSED);
  }

  /** Frees the words of laptops that have gone before they were in. To be called every now and then. */
  tick(): void {
    for (const place of this.places) {
      if ((place.state === 'waiting' || place.state === 'welcome') && this.isGone(place))
        this.free(place, 'the laptop went away before it was in; its word is good for another attempt');
    }
  }

  private heard(place: Place, letter: Letter): Place {
    this.set(place);
    const step = oneOfLetter(letter, 'step');
    const text = oneOfLetter(letter, 'text')?.slice(0, 300);
    // A laptop that cannot have a guest knows it before the teacher has agreed.
    const isGuest = place.laptop?.guest !== undefined;
    if (step === 'failed' && (place.state === 'welcome' || (place.state === 'waiting' && isGuest)))
      return this.free(place, text ?? 'it failed there');
    if (place.state !== 'welcome' || place.laptop === undefined) return place;
    if (step === 'ready') {
      const laptop = withHostKeys(place.laptop, letter);
      const wrong = laptop === undefined ? NO_HOST_KEYS : this.o.objection(laptop)?.wrong;
      if (laptop === undefined || wrong !== undefined) return this.free(place, wrong ?? NO_HOST_KEYS);
      const { progress: _, ...rest } = place;
      const trying: Place = { ...rest, laptop, state: 'trying' };
      this.put(trying);
      this.o.onEvent({ type: 'ready', seat: trying });
      return this.places.find((p) => p.number === place.number) ?? trying;
    }
    if (step === 'making' && place.laptop.guest !== undefined && text !== place.progress) {
      const { progress: _, ...rest } = place;
      const making: Place = { ...rest, ...(text === undefined ? {} : { progress: text }) };
      this.put(making);
      return making;
    }
    return place;
  }

  private objectionTo(place: Place, { session, laptop }: Registration): Misfit | undefined {
    if (session !== this.o.session) return { wrong: OLD_LINE };
    if (place.state !== 'free') {
      return {
        wrong: `the word is used already, by ${place.laptop?.name ?? '?'} (${place.laptop?.address ?? '?'})`,
      };
    }
    const same = this.places.find((p) => p.state !== 'free' && p.state !== 'refused' && isLike(p, laptop));
    if (same?.laptop === undefined) return this.o.objection(laptop);
    return same.laptop.name === laptop.name
      ? {
          wrong: `the name ${laptop.name} is taken by ${same.laptop.address}: choose another`,
          otherName: true,
        }
      : { wrong: `${laptop.address} is enrolled already, as ${same.laptop.name}` };
  }

  private decline(place: Place, body: string, source: string, { wrong, otherName = false }: Misfit): string {
    this.sources.countWrong(source, otherName ? 'name' : 'word');
    this.turnAway(source, wrong);
    return answer({ ...place, nonce: nonceOf(body) }, '0', otherName ? 'rename' : 'declined', wrong);
  }

  private turnAway(source: string, why: string): void {
    this.o.onEvent({ type: 'turned-away', source, why });
  }

  /** Its nonce stays: the laptop asks once more, and hears why. */
  private free(place: Place, why: string): Place {
    const { admission: _, progress: __, ...rest } = place;
    const next: Place = { ...rest, state: 'free', why };
    this.put(next);
    return next;
  }

  private isGone(place: Place): boolean {
    const makes = place.state === 'welcome' && place.laptop?.guest !== undefined;
    return this.o.nowMs() - place.heardMs > (makes ? GUEST_GONE_MS : GONE_MS);
  }

  private waiting({ number, nonce }: Asked): Place | undefined {
    const place = this.place(number, 'waiting');
    return place?.nonce === nonce ? place : undefined;
  }

  private place(number: number, state: SeatState): Place | undefined {
    return this.places.find((p) => p.number === number && p.state === state);
  }

  private put(place: Place): void {
    this.set(place);
    this.o.onEvent({ type: 'seat', seat: place });
  }

  private set(place: Place): void {
    this.places = this.places.map((p) => (p.number === place.number ? place : p));
  }
}

const CLOSED = 'the page was closed before the laptop was in';
const SENT_BEFORE = 'this registration was sent before: run the line again';
const OLD_LINE = 'this line is of an earlier enrolment: load the page again';

const NO_HOST_KEYS = 'its guest has no host key that kmon knows';

/** A guest has host keys when it is made, and the laptop has asked it for them. */
function withHostKeys(laptop: Laptop, letter: Letter): Laptop | undefined {
  if (laptop.guest === undefined) return laptop;
  const hostKeys = readHostKeys(letter);
  return hostKeys && { ...laptop, hostKeys };
}

/** What is sealed in the address of a file: it is good for this one file, laptop and enrolment. */
export function fetchText(session: string, nonce: string, name: string): string {
  return letterText('fetch', [
    ['session', session],
    ['nonce', nonce],
    ['path', OFFERED + name],
  ]);
}

function isLike({ laptop }: Seat, other: Laptop): boolean {
  return laptop !== undefined && (laptop.name === other.name || laptop.address === other.address);
}

function nonceOf(body: string): string {
  return oneOfLetter(readLetter('register', body) ?? new Map(), 'nonce') ?? '';
}

/** Anybody could have written it. */
function unproven(why: string): string {
  return letterText('answer', [
    ['state', 'unproven'],
    ['text', why],
  ]);
}

function answer(
  { key, nonce = '' }: Pick<Place, 'key' | 'nonce'>,
  count: string,
  state: string,
  text: string,
  admission?: Admission | GuestOffer,
): string {
  return sealed(
    key,
    letterText('answer', [
      ['nonce', nonce],
      ['count', count.slice(0, 12)],
      ['state', state],
      ['text', text],
      ...(admission === undefined ? [] : admissionLines(admission)),
    ]),
  );
}

function admissionLines(admission: Admission | GuestOffer): readonly (readonly [string, string])[] {
  if ('disk' in admission) {
    const { disk, seed } = admission;
    const said = ({ name, bytes, sha256 }: OfferedFile): string => `${name} ${bytes} ${sha256}`;
    return [
      ['disk', said(disk)],
      ['seed', said(seed)],
    ];
  }
  const base64 = (content: string): string => Buffer.from(content).toString('base64');
  return [
    ['keys', base64(admission.keys)],
    ['settings', base64(admission.settings)],
    ['ledger', base64(admission.ledger)],
  ];
}
