import { describe, expect, it } from 'vitest';
import type { Facts } from '../../../src/facts/facts.js';
import { nodeAddress, ownAddress, wayOut } from '../../../src/facts/place.js';
import type { Machine } from '../../../src/room/machine.js';
import { CHILD, PARENT, sampleFacts } from '../../support/sample-room.js';
import { inner } from '../../support/guest-facts.js';

const guest: Machine = { ...CHILD, guest: true };
const LO = { device: 'lo', address: CHILD.address, prefix: 32 };

/** As the parent sees itself once it has the address of its laptop: by the loopback, which is no way. */
function itself(facts: Facts): Facts {
  const { routeToParent, ...rest } = facts;
  expect(routeToParent).toBeDefined();
  return rest;
}

describe('where a machine is', () => {
  it('is one address of a machine, that by which it reaches the parent', () => {
    const facts = sampleFacts(CHILD, { routeToParent: { source: '192.0.2.99', device: 'wlan0' } });
    expect(nodeAddress(CHILD, facts)).toBe('192.0.2.99');
    expect(nodeAddress(CHILD, undefined)).toBe('192.0.2.11');
    expect(wayOut(CHILD, facts)).toEqual({ source: '192.0.2.99', device: 'wlan0' });
    expect(ownAddress(CHILD, facts)).toBe('192.0.2.11');
  });

  it.each<[string, Machine, Facts]>([
    ['before it has that of its laptop', guest, sampleFacts(CHILD, inner())],
    ['with that of its laptop', guest, sampleFacts(CHILD, inner(LO))],
    ['as the parent', { ...PARENT, guest: true }, sampleFacts(PARENT, inner())],
    [
      'as the parent, which finds itself by the loopback',
      { ...PARENT, guest: true },
      itself(sampleFacts(PARENT, inner({ ...LO, address: PARENT.address }))),
    ],
  ])('is two of a guest %s', (_, machine, facts) => {
    expect(nodeAddress(machine, facts)).toBe(machine.address);
    expect(wayOut(machine, facts)).toEqual({ source: '10.0.2.15', device: 'enp0s3' });
    expect(ownAddress(machine, facts)).toBe('10.0.2.15');
  });

  it('is not known of a guest without a way out', () => {
    const facts = itself(sampleFacts(CHILD, { ...inner(), routes: [] }));
    expect(wayOut(guest, facts)).toBeUndefined();
    expect(ownAddress(guest, undefined)).toBeUndefined();
    expect(nodeAddress(guest, facts)).toBe(CHILD.address);
  });
});
