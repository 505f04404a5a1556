import { describe, expect, it } from 'vitest';
import { pageAddress } from '../../../../src/cli/enrol/own-address.js';
import type { Room } from '../../../../src/room/room.js';
import { errorOf } from '../../../support/expect-error.js';

const room: Room = {
  name: 'atelier-1',
  parent: { name: 'parent', address: '192.0.2.10', role: 'parent' },
  children: [{ name: 'child-1', address: '198.51.100.11', role: 'child' }],
  observed: [],
};
const near = { address: '192.0.2.1', prefix: 24 };
const child = { address: '198.51.100.1', prefix: 24 };
const far = { address: '203.0.113.1', prefix: 24 };

describe('the address of the page', () => {
  it.each([
    ['in the network of the parent', [far, child, near], '192.0.2.1'],
    ['in that of a child, where none is in the parent’s', [far, child], '198.51.100.1'],
    ['the only one', [far], '203.0.113.1'],
    ['of the parent itself', [far, { address: '192.0.2.10', prefix: 32 }], '192.0.2.10'],
  ])('is %s', (_, own, address) => {
    expect(pageAddress(own, room, undefined)).toBe(address);
  });

  it('is the one that was asked for', () => {
    expect(pageAddress([near], room, '203.0.113.9')).toBe('203.0.113.9');
  });

  it('is not guessed', () => {
    const error = errorOf(() => pageAddress([far, { address: '203.0.114.1', prefix: 24 }], room, undefined));
    expect(error.code).toBe('usage');
    expect(error.hint).toBe(
      'say with --address where the laptops find the page: one of 203.0.113.1, 203.0.114.1',
    );
    expect(errorOf(() => pageAddress([], room, undefined)).message).toBe(
      'this computer has no address in a network',
    );
  });
});
