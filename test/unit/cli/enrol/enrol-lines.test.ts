import { describe, expect, it } from 'vitest';
import { resultText, tellEnrolment } from '../../../../src/cli/enrol/enrol-lines.js';
import type { Enrolment } from '../../../../src/cli/enrol/enrolment.js';
import type { DeskEvent, Seat } from '../../../../src/enrol/desk.js';
import { KmonError } from '../../../../src/errors/kmon-error.js';
import { LAPTOP } from '../../enrol/sample-laptop.js';

const waiting: Seat = {
  number: 1,
  word: 'k7mqx2fp9dtw',
  state: 'waiting',
  told: false,
  nonce: 'n',
  laptop: LAPTOP,
};

function told(seconds: number) {
  const heard: ((event: DeskEvent) => void)[] = [];
  const did: string[] = [];
  const interrupt = new AbortController();
  let answer: (isYes: boolean) => void = () => undefined;
  let seats: readonly Seat[] = [{ number: 1, word: 'k7mqx2fp9dtw', state: 'free', told: false }];
  let asked = 0;
  let until: AbortSignal | undefined;
  const enrolment: Enrolment = {
    page: 'http://192.0.2.1:8642',
    line: 'line',
    guestLines: [],
    check: '',
    get seats() {
      return seats;
    },
    addWord: () => undefined,
    approve: () => did.push('yes'),
    refuse: () => did.push('no'),
    close: async () => undefined,
  };
  const ended = tellEnrolment(
    { signal: interrupt.signal },
    { result: () => undefined },
    {
      enrolment,
      heard,
      seconds,
      json: false,
      prompterUntil: (over) => {
        until = over;
        return {
          confirm: () =>
            new Promise((resolve, reject) => {
              asked++;
              answer = resolve;
              over.addEventListener('abort', () => {
                reject(new KmonError('interrupted', 'stopped at a question'));
              });
            }),
        };
      },
      tell: () => undefined,
    },
  );
  const come = (seat: Seat): void => {
    seats = [seat];
    for (const hear of heard) hear({ type: 'seat', seat });
  };
  return {
    ended,
    did,
    come,
    interrupt,
    answer: (isYes: boolean) => {
      answer(isYes);
    },
    asked: () => asked,
    until: () => until,
  };
}

describe('the end of an enrolment', () => {
  const seat = (number: number, changed: Partial<Seat>): Seat => ({
    ...waiting,
    number,
    laptop: { ...LAPTOP, name: `pc-${number}` },
    ...changed,
  });

  it('names who is in, who has not heard it, and who is not', () => {
    const text = resultText([
      seat(1, { state: 'in', told: true }),
      seat(2, { state: 'in', told: false }),
      seat(3, { state: 'free', told: false, why: 'the page was closed' }),
      seat(4, { state: 'free', told: false }),
    ]);
    expect(text.split('\n')).toEqual([
      'the page is closed; enrolled: pc-1 (192.0.2.12)',
      "not sure: pc-2 (192.0.2.12) is in kmon.yaml, but has not heard it and takes kmon's key out again: enrol it again",
      'not in: pc-3 (192.0.2.12): the page was closed',
      'they are in kmon.yaml; next: kmon check',
    ]);
    expect(resultText([seat(2, { state: 'in', told: false })])).toMatch(
      /^the page is closed; no laptop was enrolled\nnot sure: pc-2/,
    );
  });
});

describe('an enrolment in lines', () => {
  it.each([
    [true, 'yes'],
    [false, 'no'],
  ])('hears %s', async (isYes, said) => {
    const { ended, did, come, answer, interrupt } = told(60);
    come(waiting);
    answer(isYes);
    await new Promise(setImmediate);
    expect(did[0]).toBe(said);
    interrupt.abort();
    await ended;
  });

  it('takes back a question that stands there when its time is over, and asks no more', async () => {
    const { ended, did, come, asked, until } = told(0.02);
    come(waiting);
    expect([asked(), until()?.aborted]).toEqual([1, false]);
    await ended;
    expect(until()?.aborted).toBe(true);
    await new Promise(setImmediate);
    come(waiting);
    await new Promise(setImmediate);
    expect([asked(), did]).toEqual([1, []]);
  });

  it('takes no answer that comes when its time is over', async () => {
    const { ended, did, come, answer, interrupt } = told(60);
    come(waiting);
    interrupt.abort();
    answer(true);
    await ended;
    await new Promise(setImmediate);
    expect(did).toEqual([]);
  });
});
