import { describe, expect, it } from 'vitest';
import { verdicts } from '../../../../src/findings/all-verdicts.js';
import { roomClockMs } from '../../../../src/findings/clock/clock.js';
import type { Facts } from '../../../../src/facts/facts.js';
import { CHILD, PARENT, sampleFacts } from '../../../support/sample-room.js';
import { sightOf } from '../sights.js';

const at = (clockOffsetMs: number) => ({ facts: sampleFacts(CHILD, { clockOffsetMs }) });
const first = (facts: Partial<Facts>) =>
  verdicts(sightOf({ 'pc-11': { clockOffsetMs: 3_600_000, ...facts } }))[0];

describe("the room's clock", () => {
  it.each([
    [[], 0],
    [[700], 700],
    [[0, 10, 3_600_000], 10],
    // Two that differ: this computer says who is right.
    [[20, 3_600_000], 20],
    [[3_600_000, 3_600_500], 3_600_000],
    [[-5000, 0, 40, 60_000], 0],
  ])('of %j is %d', (offsets, expected) => {
    expect(roomClockMs(offsets.map(at))).toBe(expected);
  });
});

describe('a clock that is off', () => {
  it('is said of the machine that is wrong, also when there are two', () => {
    const factsOf = new Map([
      ['pc-10', sampleFacts(PARENT)],
      ['pc-11', sampleFacts(CHILD, { clockOffsetMs: 3_600_000 })],
    ]);
    expect(verdicts({ ...sightOf({}), factsOf }).map((f) => [f.code, f.machine])).toEqual([
      ['K-CLOCK', 'pc-11'],
    ]);
  });

  it('can be set where no time service runs, and nowhere else', () => {
    expect(first({ timeSync: {} })).toMatchObject({
      code: 'K-CLOCK',
      fixable: true,
      remedy: 'on that machine: sudo timedatectl set-ntp true',
    });
    expect(first({})).toMatchObject({ fixable: false });
    expect(first({ timeSync: {}, container: true })).toMatchObject({
      fixable: false,
      remedy: 'set the clock of the computer that runs this container',
    });
  });

  it('is told with the service that has not reached anybody', () => {
    const timeSync = { service: 'systemd-timesyncd', synchronized: false };
    expect(first({ timeSync })?.cause).toBe('systemd-timesyncd runs, but has not reached a time server');
  });

  it.each([
    [30_000, 'hurts', '30 s'],
    [30_001, 'stops', '30 s'],
    [119_000, 'stops', '119 s'],
    [-150_000, 'stops', '2 min'],
    [5_400_000, 'stops', '1 h 30 min'],
    [-90_000_000, 'stops', '1 d 1 h'],
  ])('by %d ms %s, and is said as %s', (clockOffsetMs, severity, text) => {
    const found = first({ clockOffsetMs });
    expect(found?.severity).toBe(severity);
    expect(found?.evidence).toContain(`clock ${text} `);
  });

  it('by five seconds is fine', () => {
    expect(first({ clockOffsetMs: 5000 })).toBeUndefined();
    expect(first({ clockOffsetMs: 5001 })).toMatchObject({ severity: 'hurts' });
  });
});

it('says nothing of a time service in a container, or where nothing tells of services', () => {
  expect(first({ clockOffsetMs: 0, timeSync: {}, container: true })).toBeUndefined();
  expect(first({ clockOffsetMs: 0, timeSync: { service: 'chrony' } })).toBeUndefined();
});
