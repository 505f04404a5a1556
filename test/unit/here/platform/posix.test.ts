import type { Stats } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { posix } from '../../../../src/here/platform/posix.js';
import { platformOf } from '../../../../src/here/platform/this-platform.js';

const stats = (mode: number, uid = 1000): Stats => ({ mode: mode | 0o100000, uid }) as Stats;
const of = (userNumber: number | undefined): ReturnType<typeof posix> =>
  posix({ name: 'linux', userNumber, routes: () => [] });

it.each([
  [0o600, undefined],
  [0o700, undefined],
  [0o400, undefined],
  [0o640, 'mode 0640'],
  [0o604, 'mode 0604'],
  [0o601, 'mode 0601'],
])('says by its mode %o who else may read a file', (mode, how) => {
  expect(of(1000).readers('/a b/key', stats(mode))).toEqual(
    how === undefined ? undefined : { how, remedy: "chmod 600 '/a b/key'" },
  );
});

describe('who else decides what stands in a file', () => {
  it.each([
    [1000, 0o644, 1000, undefined],
    [1000, 0o644, 0, undefined],
    [0, 0o644, 1000, undefined],
    [1000, 0o644, 1001, 'sudo chown 1000 f'],
    [1000, 0o664, 1000, 'chmod go-w f'],
    [1000, 0o646, 1000, 'chmod go-w f'],
    [1000, 0o666, 0, 'chmod go-w f'],
    [0, 0o666, 1001, 'chmod go-w f'],
  ])('user %d, mode %o, owner %d', (user, mode, owner, remedy) => {
    expect(of(user).writers('f', stats(mode, owner))?.remedy).toBe(remedy);
  });
});

it.each([
  ['/home/anna/kmon.yaml', '/home/anna/kmon.yaml'],
  ['~/a-b_c.d', '~/a-b_c.d'],
  ["it's", String.raw`'it'\''s'`],
  ['a b', "'a b'"],
  ['$HOME', "'$HOME'"],
  ['', "''"],
])('quotes %s for a hint', (word, quoted) => {
  expect(of(1000).quote(word)).toBe(quoted);
});

it('is chosen by what Node says', () => {
  expect(['linux', 'darwin', 'freebsd', 'win32'].map((s) => platformOf(s as NodeJS.Platform).name)).toEqual([
    ...['linux', 'macos', 'posix', 'windows'],
  ]);
});
