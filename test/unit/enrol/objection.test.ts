import { describe, expect, it } from 'vitest';
import { addressInRoom, keysToBelieve, objectionOf } from '../../../src/enrol/objection.js';
import type { Room } from '../../../src/room/room.js';
import { HOST_KEY, LAPTOP, OTHER_KEY, wireOf } from './sample-laptop.js';

const room: Room = {
  name: 'atelier-1',
  parent: { name: 'parent', address: '192.0.2.10', role: 'parent' },
  children: [
    { name: 'child-1', address: '192.0.2.11', role: 'child' },
    { name: 'pc-12', address: '192.0.2.12', role: 'child' },
    { name: 'met', address: '192.0.2.14', role: 'child' },
  ],
  observed: [{ name: 'win', address: '192.0.2.20', exporterPort: 9182 }],
};
const pinned = (machine: string): readonly Buffer[] => (machine === 'met' ? [wireOf(HOST_KEY)] : []);
const objection = (changed: Partial<typeof LAPTOP>): ReturnType<typeof objectionOf> =>
  objectionOf(room, { ...LAPTOP, ...changed }, pinned);

describe('the host keys of a laptop', () => {
  const [own, foreign] = [wireOf(HOST_KEY), wireOf(OTHER_KEY)];
  it('are believed as they are told, of one that was never met', () => {
    expect(keysToBelieve({ ...LAPTOP, hostKeys: [own, foreign] }, [])).toEqual([own, foreign]);
  });

  it('are believed as far as they are known, of one that was met: its key is public, and does not vouch for another', () => {
    expect(keysToBelieve({ ...LAPTOP, name: 'met', hostKeys: [own, foreign] }, pinned('met'))).toEqual([own]);
    expect(keysToBelieve({ ...LAPTOP, name: 'met', hostKeys: [foreign] }, pinned('met'))).toEqual([]);
  });

  it('belong to a machine of kmon.yaml, or to none', () => {
    expect(addressInRoom(room, { ...LAPTOP, name: 'met' })).toBe('192.0.2.14');
    expect(addressInRoom(room, { ...LAPTOP, name: 'new' })).toBeUndefined();
  });
});

describe('a laptop that wants to be in the room', () => {
  it.each([
    ['is new', { name: 'new', address: '192.0.2.99' }],
    ['is written there, and was never met', { name: 'pc-12', address: '192.0.2.12' }],
    ['comes again', { name: 'met', address: '192.0.2.14' }],
    ['comes again under another address', { name: 'met', address: '192.0.2.99' }],
  ])('may, when it %s', (_, laptop) => {
    expect(objection(laptop)).toBeUndefined();
  });

  it.each([
    ['has the name of the parent', { name: 'parent', address: '192.0.2.99' }, true],
    ['is the parent', { name: 'new', address: '192.0.2.10' }, false],
    ['has the name of another one, never met', { name: 'pc-12', address: '192.0.2.99' }, true],
    [
      'has the name of another one, by its host key',
      { name: 'met', address: '192.0.2.99', hostKeys: [wireOf(OTHER_KEY)] },
      true,
    ],
    [
      'has the name and the address of another one, by its host key',
      { name: 'met', address: '192.0.2.14', hostKeys: [wireOf(OTHER_KEY)] },
      true,
    ],
    ['has the address of another one', { name: 'new', address: '192.0.2.11' }, true],
    ['has the name of one under the address of a third', { name: 'met', address: '192.0.2.11' }, true],
    ['is only observed', { name: 'win', address: '192.0.2.20' }, true],
    ['has the name of one that is observed', { name: 'win', address: '192.0.2.99' }, true],
    ['has the address of one that is observed', { name: 'new', address: '192.0.2.20' }, true],
  ])('may not, when it %s', (_, laptop, otherName) => {
    expect(objection(laptop)).toMatchObject({
      wrong: expect.stringMatching(/kmon\.yaml/) as string,
      otherName,
    });
  });
});
