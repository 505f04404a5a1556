import { describe, expect, it } from 'vitest';
import { trialPeers } from '../../../src/trial/pairs.js';

const children = (count: number): readonly string[] => Array.from({ length: count }, (_, i) => `c${i + 1}`);

describe('who tries whom', () => {
  it('is everybody with everybody up to 16 machines', () => {
    for (const count of [1, 2, 15]) {
      const peers = trialPeers('room', 'p', children(count));
      for (const [name, others] of peers) {
        expect(others).toEqual(['p', ...children(count)].filter((other) => other !== name));
      }
    }
  });

  it('is the parent, the ring and a few others above', () => {
    const names = children(40);
    const peers = trialPeers('room', 'p', names);
    expect(peers.get('p')).toEqual(names);
    names.forEach((name, i) => {
      const own = peers.get(name) ?? [];
      expect(own).toContain('p');
      expect(own).toContain(names[(i + 1) % 40]);
      expect(own).toContain(names[(i + 39) % 40]);
      expect(own).not.toContain(name);
    });
    const ways = [...peers.values()].reduce((sum, own) => sum + own.length, 0);
    // Parent and child 80, ring 80, at most 4 more ways for each child.
    expect(ways).toBeGreaterThan(160 + 40);
    expect(ways).toBeLessThanOrEqual(160 + 160);
  });

  it('goes both ways', () => {
    const peers = trialPeers('room', 'p', children(40));
    for (const [name, own] of peers) for (const other of own) expect(peers.get(other)).toContain(name);
  });

  it('is the same again in the same room, and another in another', () => {
    expect(trialPeers('room', 'p', children(40))).toEqual(trialPeers('room', 'p', children(40)));
    expect(trialPeers('other', 'p', children(40))).not.toEqual(trialPeers('room', 'p', children(40)));
  });

  it('does without a parent, and without children', () => {
    expect(trialPeers('room', undefined, ['c1', 'c2'])).toEqual(
      new Map([
        ['c1', ['c2']],
        ['c2', ['c1']],
      ]),
    );
    expect(trialPeers('room', 'p', [])).toEqual(new Map([['p', []]]));
  });
});
