import { describe, expect, it } from 'vitest';
import { Secret } from '../../../../src/shell/secret.js';
import { offersInTurn } from '../../../../src/transport/login/offers.js';
import type { Offer } from '../../../../src/transport/login/offers.js';

const KEY: Offer = { kind: 'key', label: 'key a', key: Buffer.from('a') };
const OTHER_KEY: Offer = { kind: 'key', label: 'key b', key: Buffer.from('b') };
const AGENT: Offer = { kind: 'agent', label: 'the agent', socket: '/run/agent' };
const PASSWORD: Offer = { kind: 'password', label: 'the password', password: new Secret('pw') };

/** What is tried, in order, with a server that refuses all and takes `methods`. */
function tried(offers: readonly Offer[], methods: readonly string[]): readonly string[] {
  const login = offersInTurn<string>(offers, 'none', (offer, taken) =>
    taken.includes(offer.kind === 'password' ? 'password' : 'publickey') ? offer.label : undefined,
  );
  const all: string[] = [];
  let said: readonly string[] | null = null;
  for (let next = login.next(said, null); next !== undefined; next = login.next(said, false)) {
    all.push(next);
    said = methods;
  }
  expect(login.exhausted).toBe(true);
  expect(login.methods).toEqual(methods);
  expect(login.tried.map((offer) => offer.label)).toEqual(all.filter((what) => what !== 'none'));
  return all;
}

describe('what is shown to a server, in turn', () => {
  it.each<[string, readonly Offer[], readonly string[], readonly string[]]>([
    ['a key at once', [KEY, OTHER_KEY], ['publickey'], ['key a', 'key b', 'none']],
    ['the agent when keys are taken', [AGENT], ['publickey'], ['none', 'the agent']],
    ['a password when it is taken', [PASSWORD], ['password'], ['none', 'the password']],
    ['no password where none is taken', [PASSWORD], ['publickey'], ['none']],
    [
      'no second key where no key is taken',
      [KEY, OTHER_KEY, PASSWORD],
      ['password'],
      ['key a', 'the password', 'none'],
    ],
    ['nothing', [], ['publickey'], ['none']],
  ])('%s', (_what, offers, methods, expected) => {
    expect(tried(offers, methods)).toEqual(expected);
  });
});
