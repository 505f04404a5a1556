import { randomInt } from 'node:crypto';

/** Digits and small letters without those that are read as another one: i and l as 1, o as 0, and u, which makes words of the rest. */
const SIGNS = '0123456789abcdefghjkmnpqrstvwxyz';
const LENGTH = 12;

/** What somebody who has seen a registration has to go through, and all that he has for it is the time of the enrolment. */
export const WORD_BITS = LENGTH * Math.log2(SIGNS.length);

/** A one-time word: twelve signs of 5 bits each, without the dashes that people see. */
export function makeWord(): string {
  return Array.from({ length: LENGTH }, () => SIGNS[randomInt(SIGNS.length)]).join('');
}

/** As it is shown and typed: `k7mq-x2fp-9dtw`. */
export function shownWord(word: string): string {
  return word.replaceAll(/.{4}(?=.)/g, '$&-');
}
