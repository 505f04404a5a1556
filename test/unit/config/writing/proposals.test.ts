import { describe, expect, it } from 'vitest';
import { contractPath, expandPath } from '../../../../src/config/paths.js';
import {
  namesFromHostnames,
  privateKeysAmong,
  roomNameFrom,
} from '../../../../src/config/writing/proposals.js';
import { LABEL_VALUE } from '../../../../src/config/names.js';
import { valueMistake } from '../../../../src/config/mistakes/value-mistake.js';

describe('the name of a room by its folder', () => {
  it.each([
    ['atelier-1', 'atelier-1'],
    ['Salle 12 (été)', 'Salle-12-ete'],
    ['--x--', 'x'],
    ['', 'room-1'],
    ['…', 'room-1'],
    ['.hidden.', 'hidden'],
    ['a'.repeat(80), 'a'.repeat(63)],
    [`${'a'.repeat(62)}-b`, 'a'.repeat(62)],
  ])('%j', (folder, expected) => {
    expect(roomNameFrom(folder)).toBe(expected);
    expect(roomNameFrom(folder)).toMatch(LABEL_VALUE);
  });
});

describe('names by what machines call themselves', () => {
  type Told = readonly [hostname: string | undefined, name?: string];
  const names = (...machines: readonly Told[]) =>
    namesFromHostnames(
      machines.map(([hostname, name], i) => ({
        ...(hostname === undefined ? {} : { hostname }),
        ...(name === undefined ? {} : { name }),
        otherwise: name ?? (i === 0 ? 'parent' : `child-${i}`),
      })),
    );

  it.each<[string, readonly Told[], readonly (string | undefined)[]]>([
    ['valid and unique', [['prof'], ['pc-11'], ['pc-12']], ['prof', 'pc-11', 'pc-12']],
    ['made small, without the domain', [['PROF.lan'], ['PC-11']], ['prof', 'pc-11']],
    ['the same twice: neither', [['prof'], ['pc'], ['pc'], ['pc-3']], ['prof', undefined, undefined, 'pc-3']],
    [
      'not a name',
      [['prof_1'], ['localhost'], ['kmon-parent'], ['']],
      [undefined, undefined, undefined, undefined],
    ],
    ['did not answer', [[undefined], ['pc-11']], [undefined, 'pc-11']],
    ['as it is called anyway', [['parent'], ['child-1']], [undefined, undefined]],
    ['the place of another', [['child-1'], ['child-2'], [undefined]], [undefined, undefined, undefined]],
    ['named by hand', [['prof'], ['pc-11', 'left'], ['left']], ['prof', undefined, undefined]],
  ])('%s', (_, machines, expected) => {
    expect(names(...machines)).toEqual(expected);
  });
});

it('private keys are told by the public half beside them', () => {
  const files = [
    'config',
    'known_hosts',
    'id_rsa',
    'id_rsa.pub',
    'a-school',
    'a-school.pub',
    'id_ed25519.pub',
    'id_ed25519',
    'lonely',
  ];
  expect(privateKeysAmong(files)).toEqual(['id_ed25519', 'id_rsa', 'a-school']);
});

describe('a path in kmon.yaml', () => {
  it.each([
    ['/home/u/.ssh/id', '/home/u/room', '~/.ssh/id'],
    ['/home/u/room/id', '/home/u/room', './id'],
    ['/home/u/room/sub/id', '/home/u/room', './sub/id'],
    ['/home/u/id', '/home/u', '~/id'],
    ['/srv/id', '/home/u/room', '/srv/id'],
    ['/home/user2/id', '/home/u/room', '/home/user2/id'],
    ['/home/u/room/..id', '/home/u/room', './..id'],
  ])('%s in %s', (path, folder, written) => {
    const base = { folder, home: '/home/u' };
    expect(contractPath(path, base)).toBe(written);
    expect(expandPath(written, base)).toBe(path);
  });
});

describe('a value that is asked for', () => {
  it.each([
    ['room', 'atelier 1', /^a name of letters/],
    ['user', '', /^a user name$/],
    ['address', '127.0.0.1', /^an IPv4 address that the other machines can reach/],
    ['podSubnet', '10.244.0.1/16', /^a range from \/8 to \/24/],
    ['serviceSubnet', '10.96.0.0/30', /^a range from \/12 to \/28/],
  ] as const)('%s cannot be %j', (what, value, expected) => {
    expect(valueMistake(what, value)).toMatch(expected);
  });

  it.each([
    ['room', 'atelier-1'],
    ['user', 'student'],
    ['address', '192.168.1.10'],
    ['podSubnet', '10.244.0.0/16'],
    ['serviceSubnet', '10.96.0.0/12'],
  ] as const)('%s can be %j', (what, value) => {
    expect(valueMistake(what, value)).toBeUndefined();
  });
});
