import { beforeEach, describe, expect, it } from 'vitest';
import { Desk, GONE_MS, GUEST_GONE_MS } from '../../../src/enrol/desk.js';
import type { Asked, DeskEvent } from '../../../src/enrol/desk.js';
import { oneOfLetter, readLetter } from '../../../src/enrol/letter.js';
import { keyOf, unsealed } from '../../../src/enrol/seal.js';
import { WAIT_MS, WRONG_NAMES, WRONG_WORDS } from '../../../src/enrol/sources.js';
import type { Misfit } from '../../../src/enrol/registration.js';
import { ADDRESS, asking, guestSaying, HOST_KEY, nonceOf, registering } from './sample-laptop.js';

const WORD = 'k7mqx2fp9dtw';
const SECOND = 'aaaabbbbcccc';
const OTHER = '192.0.2.13';

let now: number;
let events: DeskEvent[];
let desk: Desk;
let objection: Misfit | undefined;
let inRoomAt: string | undefined;

beforeEach(() => {
  now = 1000;
  events = [];
  objection = undefined;
  inRoomAt = undefined;
  desk = new Desk({
    session: '0123456789abcdef0123456789abcdef',
    objection: () => objection,
    inRoomAt: () => inRoomAt,
    admission: ({ name }) => ({ keys: `keys of ${name}\n`, settings: 'settings\n', ledger: 'ledger\n' }),
    onEvent: (event) => events.push(event),
    nowMs: () => now,
  });
  desk.addWord(WORD, 'red');
  desk.addWord(SECOND);
});

/** What a laptop believes of an answer. */
function believed(answer: string, word = WORD): Readonly<Record<string, string | undefined>> {
  const body = unsealed(keyOf(word), answer);
  const letter = readLetter('answer', body ?? answer) ?? new Map();
  const of = (name: string): string | undefined => oneOfLetter(letter, name);
  return {
    proven: String(body !== undefined),
    state: of('state'),
    text: of('text'),
    nonce: of('nonce'),
    count: of('count'),
    keys: of('keys'),
  };
}

const states = (): readonly string[] => desk.seats.map((s) => s.state);
const turnedAway = (): readonly string[] =>
  events.flatMap((e) => (e.type === 'turned-away' ? [`${e.source}: ${e.why}`] : []));

/** Who is asked about at the first word. */
const waits = (): Asked => ({ number: 1, nonce: desk.seats[0]?.nonce ?? '' });

/** Up to the first login. */
function comeIn(): void {
  desk.register(registering(WORD), ADDRESS);
  desk.approve(waits());
  desk.ask(asking(WORD, 1, 'waiting'), ADDRESS);
  desk.ask(asking(WORD, 2, 'ready'), ADDRESS);
}

describe('a laptop with a word', () => {
  it('comes in, step by step', () => {
    expect(believed(desk.register(registering(WORD), ADDRESS))).toMatchObject({
      proven: 'true',
      state: 'waiting',
      nonce: nonceOf(1),
      count: '0',
    });
    expect(states()).toEqual(['waiting', 'free']);
    expect(believed(desk.ask(asking(WORD, 1, 'waiting'), ADDRESS))).toMatchObject({
      state: 'waiting',
      count: '1',
    });
    desk.approve(waits());
    const welcome = believed(desk.ask(asking(WORD, 2, 'waiting'), ADDRESS));
    expect(welcome).toMatchObject({ proven: 'true', state: 'welcome', count: '2' });
    expect(Buffer.from(welcome['keys'] ?? '', 'base64').toString()).toBe('keys of pc-12\n');
    expect(believed(desk.ask(asking(WORD, 3, 'ready'), ADDRESS))).toMatchObject({ state: 'trying' });
    expect(events.at(-1)).toMatchObject({
      type: 'ready',
      seat: { number: 1, team: 'red', laptop: { name: 'pc-12' } },
    });
    desk.tried(1, undefined);
    expect(desk.owesAnswers).toBe(true);
    expect(believed(desk.ask(asking(WORD, 4, 'ready'), ADDRESS))).toMatchObject({
      state: 'in',
      text: 'you are in, as pc-12',
    });
    expect(desk.owesAnswers).toBe(false);
    expect(states()).toEqual(['in', 'free']);
  });

  it('gets no key before the teacher has agreed, whatever it says', () => {
    desk.register(registering(WORD), ADDRESS);
    for (const step of ['ready', 'failed', 'welcome', ''])
      expect(believed(desk.ask(asking(WORD, 1, step), ADDRESS))).toMatchObject({
        state: 'waiting',
        keys: undefined,
      });
    expect(events.filter((e) => e.type === 'ready')).toEqual([]);
  });

  it('of a name that stands in kmon.yaml is shown as that', () => {
    inRoomAt = '192.0.2.14';
    desk.register(registering(WORD), ADDRESS);
    expect(desk.seats[0]).toMatchObject({ state: 'waiting', inRoomAt: '192.0.2.14' });
    now += GONE_MS + 1;
    desk.tick();
    inRoomAt = undefined;
    desk.register(registering(WORD, { nonce: nonceOf(2), name: 'new' }), ADDRESS);
    expect(desk.seats[0]).not.toHaveProperty('inRoomAt');
  });

  it('is tried once', () => {
    comeIn();
    desk.ask(asking(WORD, 3, 'ready'), ADDRESS);
    expect(events.filter((e) => e.type === 'ready')).toHaveLength(1);
  });

  it('that the teacher refuses has spent its word', () => {
    desk.register(registering(WORD), ADDRESS);
    desk.refuse(waits());
    expect(believed(desk.ask(asking(WORD, 1, 'waiting'), ADDRESS))).toMatchObject({ state: 'refused' });
    expect(believed(desk.register(registering(WORD, { nonce: nonceOf(2) }), ADDRESS))).toMatchObject({
      state: 'declined',
    });
    desk.approve(waits());
    expect(states()).toEqual(['refused', 'free']);
  });

  it.each([
    [
      'could not be logged in to',
      () => {
        desk.tried(1, 'the SSH server refuses');
      },
      'the SSH server refuses',
    ],
  ])('that %s hears why, and its word is good once more', (_, ends, why) => {
    comeIn();
    ends();
    expect(believed(desk.ask(asking(WORD, 3, 'ready'), ADDRESS))).toMatchObject({
      state: 'trouble',
      text: why,
    });
    expect(desk.seats[0]).toMatchObject({ state: 'free', why });
    expect(believed(desk.register(registering(WORD, { nonce: nonceOf(2) }), ADDRESS))).toMatchObject({
      state: 'waiting',
    });
    expect(desk.seats[0]).not.toHaveProperty('why');
  });

  it('hears a reason of several lines as one', () => {
    comeIn();
    desk.tried(1, 'kmon.yaml:1: one\n\tkmon.yaml:2: two\u001b\u0085\n');
    expect(believed(desk.ask(asking(WORD, 3, 'ready'), ADDRESS))).toMatchObject({
      proven: 'true',
      state: 'trouble',
      text: 'kmon.yaml:1: one kmon.yaml:2: two',
    });
  });

  it('that failed says why itself', () => {
    desk.register(registering(WORD), ADDRESS);
    desk.approve(waits());
    desk.ask(asking(WORD, 1, 'failed', { text: 'the files could not be written' }), ADDRESS);
    expect(desk.seats[0]).toMatchObject({ state: 'free', why: 'the files could not be written' });
  });

  it('that goes away frees its word', () => {
    desk.register(registering(WORD), ADDRESS);
    now += GONE_MS;
    desk.tick();
    expect(states()).toEqual(['waiting', 'free']);
    now += 1;
    desk.tick();
    expect(states()).toEqual(['free', 'free']);
    expect(believed(desk.ask(asking(WORD, 1, 'waiting'), ADDRESS))).toMatchObject({ state: 'trouble' });
  });

  it('is not owed an answer for ever', () => {
    comeIn();
    desk.tried(1, undefined);
    now += GONE_MS + 1;
    expect(desk.owesAnswers).toBe(false);
  });

  it('hears why it cannot be in the room, and may take another name', () => {
    objection = { wrong: 'the name pc-12 is taken: choose another', otherName: true };
    expect(believed(desk.register(registering(WORD), ADDRESS))).toMatchObject({
      proven: 'true',
      state: 'rename',
    });
    objection = undefined;
    expect(
      believed(desk.register(registering(WORD, { nonce: nonceOf(2), name: 'pc-13' }), ADDRESS)),
    ).toMatchObject({ state: 'waiting' });
  });

  it.each(['approve', 'refuse'] as const)(
    'is not meant by an answer about another one of its word: %s',
    (say) => {
      desk.register(registering(WORD), ADDRESS);
      const asked = waits();
      now += GONE_MS + 1;
      desk.tick();
      desk.register(registering(WORD, { nonce: nonceOf(2), name: 'pc-13', address: OTHER }), OTHER);
      desk[say](asked);
      expect(states()).toEqual(['waiting', 'free']);
      desk[say](waits());
      expect(states()).not.toEqual(['waiting', 'free']);
    },
  );

  it('is looked at again when the teacher agrees', () => {
    desk.register(registering(WORD), ADDRESS);
    objection = { wrong: 'taken meanwhile' };
    desk.approve(waits());
    expect(believed(desk.ask(asking(WORD, 1, 'waiting'), ADDRESS))).toMatchObject({
      state: 'trouble',
      text: 'taken meanwhile',
    });
  });
});

describe('a desk that closes', () => {
  it('frees who waits, and takes nobody in any more', () => {
    desk.register(registering(WORD), ADDRESS);
    desk.approve(waits());
    desk.close();
    expect(desk.seats[0]).toMatchObject({ state: 'free', why: expect.stringContaining('closed') as string });
    expect(believed(desk.ask(asking(WORD, 1, 'ready'), ADDRESS))).toMatchObject({
      proven: 'true',
      state: 'trouble',
    });
    expect(believed(desk.register(registering(WORD, { nonce: nonceOf(2) }), ADDRESS))).toMatchObject({
      proven: 'true',
      state: 'declined',
      text: expect.stringContaining('closed') as string,
    });
    expect(events.filter((e) => e.type === 'ready')).toEqual([]);
  });

  it('still tells who is tried how it ended, and knows who has heard it', () => {
    comeIn();
    desk.close();
    desk.tried(1, undefined);
    expect(desk.seats[0]).toMatchObject({ state: 'in', told: false });
    expect(desk.owesAnswers).toBe(true);
    expect(believed(desk.ask(asking(WORD, 3, 'ready'), ADDRESS))).toMatchObject({ state: 'in' });
    expect(desk.seats[0]).toMatchObject({ state: 'in', told: true });
  });
});

describe('what is refused', () => {
  it('a wrong word: by an answer that proves nothing', () => {
    expect(believed(desk.register(registering('zzzzzzzzzzzz'), ADDRESS), 'zzzzzzzzzzzz')).toMatchObject({
      proven: 'false',
      state: 'unproven',
      text: 'the word is wrong',
    });
    expect(states()).toEqual(['free', 'free']);
    expect(turnedAway()).toEqual([`${ADDRESS}: the word is wrong`]);
  });

  it.each(['', 'x', 'seal x\n', '\n'.repeat(8000), '\u0000'.repeat(100), registering(WORD).slice(0, -1)])(
    'what is no registration: %j',
    (text) => {
      expect(believed(desk.register(text, ADDRESS))).toMatchObject({ proven: 'false', state: 'unproven' });
    },
  );

  it('many wrong words of one address, right ones of it too, for a minute, and nobody else', () => {
    for (let i = 0; i < WRONG_WORDS; i++) desk.register(registering('zzzzzzzzzzzz'), ADDRESS);
    expect(believed(desk.register(registering(WORD), ADDRESS))).toMatchObject({
      proven: 'false',
      text: expect.stringContaining('wait') as string,
    });
    expect(
      believed(
        desk.register(registering(SECOND, { nonce: nonceOf(2), address: OTHER, name: 'pc-13' }), OTHER),
        SECOND,
      ),
    ).toMatchObject({ state: 'waiting' });
    now += WAIT_MS + 1;
    expect(believed(desk.register(registering(WORD), ADDRESS))).toMatchObject({ state: 'waiting' });
  });

  it.each<[string, number, () => string]>([
    ['that is sent again', WRONG_WORDS, () => registering(WORD)],
    ['that was heard and is sent again from another address', WRONG_WORDS, () => registering(WORD)],
    [
      'of a used word',
      WRONG_WORDS,
      () => registering(WORD, { nonce: nonceOf(2), address: OTHER, name: 'pc-13' }),
    ],
    [
      'that asks for a name that is taken',
      WRONG_NAMES,
      () => registering(SECOND, { nonce: nonceOf(2), address: OTHER }),
    ],
  ])('many registrations %s, for a minute', (what, times, again) => {
    desk.register(registering(WORD), ADDRESS);
    const source = what === 'that is sent again' ? ADDRESS : OTHER;
    for (let i = 0; i < times; i++) {
      expect(turnedAway()).toHaveLength(i);
      desk.register(again(), source);
    }
    for (let i = 0; i < 3; i++)
      expect(believed(desk.register(again(), source))).toMatchObject({ proven: 'false', state: 'unproven' });
    expect(turnedAway()).toHaveLength(times);
    if (what.includes('sent again')) expect(turnedAway()[0]).toContain('sent before');
    now += WAIT_MS + 1;
    desk.register(again(), source);
    expect(turnedAway()).toHaveLength(times + 1);
  });

  it('a used word, with the name of who has used it', () => {
    desk.register(registering(WORD), ADDRESS);
    const again = registering(WORD, { nonce: nonceOf(2), name: 'pc-13', address: OTHER });
    expect(believed(desk.register(again, OTHER))).toMatchObject({
      proven: 'true',
      state: 'declined',
      text: `the word is used already, by pc-12 (${ADDRESS})`,
    });
    comeIn();
    desk.tried(1, undefined);
    expect(believed(desk.register(registering(WORD, { nonce: nonceOf(3) }), ADDRESS))).toMatchObject({
      state: 'declined',
    });
  });

  it('a registration that is sent again, also when its word is good once more', () => {
    desk.register(registering(WORD), ADDRESS);
    expect(believed(desk.register(registering(WORD), ADDRESS))).toMatchObject({
      state: 'declined',
      text: expect.stringContaining('sent before') as string,
    });
    now += GONE_MS + 1;
    desk.tick();
    expect(believed(desk.register(registering(WORD), ADDRESS))).toMatchObject({ state: 'declined' });
    expect(states()).toEqual(['free', 'free']);
  });

  it('a registration that somebody relays from another address', () => {
    expect(believed(desk.register(registering(WORD), OTHER))).toMatchObject({
      state: 'declined',
      text: expect.stringContaining('somebody is between') as string,
    });
    expect(states()).toEqual(['free', 'free']);
  });

  it('a registration of another enrolment', () => {
    const old = 'f'.repeat(32);
    expect(believed(desk.register(registering(WORD, { session: old }), ADDRESS))).toMatchObject({
      state: 'declined',
      text: expect.stringContaining('earlier enrolment') as string,
    });
  });

  it('a second laptop with the same name, or the same address', () => {
    desk.register(registering(WORD), ADDRESS);
    const named = registering(SECOND, { nonce: nonceOf(2), address: OTHER });
    expect(believed(desk.register(named, OTHER), SECOND)).toMatchObject({
      state: 'rename',
      text: `the name pc-12 is taken by ${ADDRESS}: choose another`,
    });
    const there = registering(SECOND, { nonce: nonceOf(3), name: 'pc-13' });
    expect(believed(desk.register(there, ADDRESS), SECOND)).toMatchObject({
      state: 'declined',
      text: `${ADDRESS} is enrolled already, as pc-12`,
    });
  });

  it.each([
    ['of another word', () => asking(SECOND, 1, 'ready'), ADDRESS],
    ['of another registration', () => asking(WORD, 1, 'ready', { nonce: nonceOf(2) }), ADDRESS],
    ['of another enrolment', () => asking(WORD, 1, 'ready', { session: 'f'.repeat(32) }), ADDRESS],
    ['of another address', () => asking(WORD, 1, 'ready'), OTHER],
    ['that is a registration', () => registering(WORD), ADDRESS],
    ['that was changed', () => asking(WORD, 1, 'waiting').replace('waiting', 'ready'), ADDRESS],
  ])('a question %s', (_, question, source) => {
    desk.register(registering(WORD), ADDRESS);
    desk.approve(waits());
    expect(believed(desk.ask(question(), source))).toMatchObject({ proven: 'false', state: 'unproven' });
    expect(states()).toEqual(['welcome', 'free']);
  });

  it('a question before there is a registration', () => {
    expect(believed(desk.ask(asking(WORD, 1, 'ready'), ADDRESS))).toMatchObject({ state: 'unproven' });
  });

  it('never shows a word, or the key that is made of it', () => {
    const answers = [
      desk.register(registering('zzzzzzzzzzzz'), ADDRESS),
      desk.register(registering(WORD), ADDRESS),
      desk.register(registering(WORD), ADDRESS),
      desk.ask(asking(WORD, 1, 'ready'), ADDRESS),
    ].join('');
    for (const secret of [WORD, SECOND, keyOf(WORD), keyOf(SECOND)]) expect(answers).not.toContain(secret);
    expect(answers).not.toContain(HOST_KEY);
  });
});

describe('a laptop that makes a guest', () => {
  const offer = {
    disk: { name: 'disk.vmdk', bytes: 9, sha256: 'd'.repeat(64), from: '/nowhere' },
    seed: { name: 'seed.iso', bytes: 4, sha256: 'e'.repeat(64), from: Buffer.from('seed') },
  };
  const guest = (changed: Readonly<Record<string, string | undefined>> = {}): string =>
    registering(WORD, guestSaying(changed));
  const seat = (): (typeof desk.seats)[number] | undefined => desk.seats[0];

  beforeEach(() => {
    desk = new Desk({
      session: '0123456789abcdef0123456789abcdef',
      objection: () => objection,
      inRoomAt: () => undefined,
      admission: () => offer,
      onEvent: (event) => events.push(event),
      nowMs: () => now,
    });
    desk.addWord(WORD);
    desk.addWord(SECOND);
  });

  it('comes in by the host keys that the guest has when it is made', () => {
    desk.register(guest(), ADDRESS);
    expect(seat()?.laptop?.hostKeys).toEqual([]);
    desk.approve(waits());
    const welcome = desk.ask(asking(WORD, 1, 'waiting'), ADDRESS);
    expect(welcome).toContain(`disk disk.vmdk 9 ${'d'.repeat(64)}\nseed seed.iso 4 ${'e'.repeat(64)}\n`);
    desk.ask(asking(WORD, 2, 'making', { text: 'starts the guest' }), ADDRESS);
    expect(seat()).toMatchObject({ state: 'welcome', progress: 'starts the guest' });
    desk.ask(asking(WORD, 3, 'ready', { hostkey: HOST_KEY }), ADDRESS);
    expect(events.at(-1)).toMatchObject({ type: 'ready', seat: { laptop: { port: 2222 } } });
    expect(seat()?.laptop?.hostKeys).toHaveLength(1);
    expect(seat()).not.toHaveProperty('progress');
  });

  it.each([{}, { hostkey: 'ssh-ed25519 AAAA' }, { hostkey: 'x' }])('needs host keys: %j', (more) => {
    desk.register(guest(), ADDRESS);
    desk.approve(waits());
    desk.ask(asking(WORD, 1, 'ready', more), ADDRESS);
    expect(seat()).toMatchObject({ state: 'free', why: 'its guest has no host key that kmon knows' });
  });

  it('says what is in its way before anybody has agreed, and its word is good once more', () => {
    desk.register(guest(), ADDRESS);
    desk.ask(asking(WORD, 1, 'failed', { text: 'virtualization is off' }), ADDRESS);
    expect(seat()).toMatchObject({ state: 'free', why: 'virtualization is off' });
  });

  it('may take its time while its owner is asked for a password, and no more', () => {
    desk.register(guest(), ADDRESS);
    desk.approve(waits());
    now += GUEST_GONE_MS;
    desk.tick();
    expect(states()).toEqual(['welcome', 'free']);
    now += 1;
    desk.tick();
    expect(states()).toEqual(['free', 'free']);
  });

  it.each([
    [{ architecture: 'mips' }, 'it does not say what guest it would have'],
    [{ architecture: undefined }, 'it does not say what guest it would have'],
    [{ node: 'machine' }, 'it does not say what guest it would have'],
    [{ port: '22' }, 'a guest is reached by port 2222 of its laptop'],
  ])('is refused with %j', (changed, why) => {
    expect(believed(desk.register(guest(changed), ADDRESS))).toMatchObject({ state: 'declined', text: why });
  });

  it('is refused where another has its name, where it is sent again, and when the page is closed', () => {
    desk.register(guest(), ADDRESS);
    const same = registering(SECOND, guestSaying({ nonce: nonceOf(2), address: OTHER }));
    expect(believed(desk.register(same, OTHER), SECOND)).toMatchObject({ state: 'rename' });
    expect(believed(desk.register(guest(), ADDRESS))).toMatchObject({ state: 'declined' });
    desk.approve(waits());
    desk.close();
    expect(believed(desk.ask(asking(WORD, 1, 'making'), ADDRESS))).toMatchObject({ state: 'trouble' });
  });
});
