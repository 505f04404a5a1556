import { describe, expect, it } from 'vitest';
import { blame } from '../../../src/findings/network/blame.js';
import type { Way } from '../../../src/findings/network/blame.js';

const ROOM = ['p', 'a', 'b', 'c'];

const ways = (bad: (from: string, to: string) => boolean, room = ROOM): readonly Way[] =>
  room.flatMap((from) => room.filter((to) => to !== from).map((to) => ({ from, to, bad: bad(from, to) })));

const rank = (name: string, direction: 'in' | 'out'): number =>
  (direction === 'in' ? 0 : 2) + (name === 'p' ? 1 : 0);

const guilty = (of: readonly Way[], share?: number): readonly string[] =>
  blame(of, { rank, ...(share === undefined ? {} : { share }) }).blamed.map(
    (b) => `${b.direction} ${b.machine}`,
  );

describe('who is to blame', () => {
  it('is nobody when nothing is bad', () => {
    expect(
      blame(
        ways(() => false),
        { rank },
      ),
    ).toEqual({ blamed: [], rest: [] });
  });

  it('is the one machine that all bad ways lead into, or out of', () => {
    expect(guilty(ways((_, to) => to === 'b'))).toEqual(['in b']);
    expect(guilty(ways((from) => from === 'b'))).toEqual(['out b']);
    expect(guilty(ways((from, to) => from === 'b' || to === 'b'))).toEqual(['in b', 'out b']);
  });

  it('is as few as explain it', () => {
    expect(guilty(ways((from, to) => to === 'b' || from === 'c'))).toEqual(['in b', 'out c']);
  });

  it('is nobody for a single way among several', () => {
    const found = blame(
      ways((from, to) => from === 'a' && to === 'b'),
      { rank },
    );
    expect(found.blamed).toEqual([]);
    expect(found.rest).toEqual([{ from: 'a', to: 'b', bad: true }]);
  });

  it('is nobody for the only way of a machine, as long as others are there', () => {
    // Only the parent has this port.
    const into = ways((from) => from === 'a').filter((w) => w.to === 'p');
    expect(guilty(into)).toEqual([]);
    expect(guilty(into.map((w) => ({ ...w, bad: true })))).toEqual(['in p']);
  });

  it('goes by rank where both explain as much', () => {
    expect(guilty(ways((from) => from === 'p', ['p', 'a']))).toEqual(['in a']);
    expect(guilty(ways((from) => from === 'a', ['p', 'a']))).toEqual(['in p']);
  });

  it('may leave out a part where luck plays', () => {
    const lucky = ways((from, to) => to === 'b' && from !== 'p');
    expect(guilty(lucky)).toEqual([]);
    expect(guilty(lucky, 0.6)).toEqual(['in b']);
  });
});
