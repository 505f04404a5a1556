import { describe, expect, it } from 'vitest';
import { readChildren } from '../../../../src/config/children/read.js';
import type { ReadOptions } from '../../../../src/config/children/read.js';

/** As typed by hand: the machines, and the mistakes by their lines. */
function listOf(text: string, options: ReadOptions = {}) {
  const { machines, mistakes } = readChildren(text, { exact: true, ...options });
  return {
    machines: machines.map((m) => m.machine),
    mistakes: mistakes.map(({ line, text: told }) => ({ line, text: told })),
  };
}

const addresses = (text: string): readonly string[] => listOf(text).machines.map((m) => m.address);
const net = (...last: readonly number[]): readonly string[] => last.map((n) => `192.168.1.${n}`);

describe('a list of machines', () => {
  it.each<[string, readonly string[]]>([
    ['', []],
    ['192.168.1.11', net(11)],
    ['192.168.1.11-14', net(11, 12, 13, 14)],
    ['192.168.1.11-192.168.1.13', net(11, 12, 13)],
    ['192.168.1.11-11', net(11)],
    ['192.168.1.11,192.168.1.12', net(11, 12)],
    ['192.168.1.11 192.168.1.12', net(11, 12)],
    [' 192.168.1.11 , 192.168.1.20-21 ,', net(11, 20, 21)],
    ['192.168.1.11-12, 192.168.1.20 pc-20', net(11, 12, 20)],
  ])('%j', (text, expected) => {
    const list = listOf(text);
    expect(list.mistakes).toEqual([]);
    expect(list.machines.map((m) => m.address)).toEqual(expected);
  });

  it('has names and teams', () => {
    expect(listOf('192.168.1.11-12 - red, 192.168.1.20 pc-20, 192.168.1.21 pc-21 blue')).toEqual({
      machines: [
        { address: '192.168.1.11', team: 'red' },
        { address: '192.168.1.12', team: 'red' },
        { address: '192.168.1.20', name: 'pc-20' },
        { address: '192.168.1.21', name: 'pc-21', team: 'blue' },
      ],
      mistakes: [],
    });
  });

  it('may come from a file of any origin', () => {
    const file =
      '\uFEFF# the room\r\n192.168.1.11 pc-11 red\r\n\r\n192.168.1.12;pc-12;blue # by the window\r\n192.168.1.13,pc-13\r\n\t192.168.1.14-15';
    expect(listOf(file)).toEqual({
      machines: [
        { address: '192.168.1.11', name: 'pc-11', team: 'red' },
        { address: '192.168.1.12', name: 'pc-12', team: 'blue' },
        { address: '192.168.1.13', name: 'pc-13' },
        { address: '192.168.1.14' },
        { address: '192.168.1.15' },
      ],
      mistakes: [],
    });
    expect(addresses('\uFEFF192.168.1.11\r192.168.1.12\n')).toEqual(net(11, 12));
  });

  it('tells all mistakes at once, each with its line, and keeps what is right', () => {
    const list = listOf(
      [
        '192.168.1.11',
        'pc-12',
        '192.168.1.11',
        '192.168.1.10-11 x',
        '192.168.1.13 PC_13',
        '192.168.1.14',
      ].join('\n'),
    );
    expect(list.mistakes.map((m) => m.line)).toEqual([2, 3, 4, 5]);
    expect(list.machines.map((m) => m.address)).toEqual(net(11, 11, 14));
  });
});

describe('mistakes in a list', () => {
  it.each<[string, string, RegExp]>([
    ['a name for an address', 'pc-12', /^"pc-12" is no IPv4 address \(a machine is: address, name, team\)$/],
    ['a title of unknown words', 'Rechner;Gruppe', /^"Rechner" is no IPv4 address/],
    ['half an address', '192.168.1', /^"192.168.1" is no IPv4 address/],
    ['too large a number', '192.168.1.256', /^"192.168.1.256" is no IPv4 address/],
    ['IPv6', 'fe80::1', /^"fe80::1" is no IPv4 address/],
    ['this computer', '127.0.0.1', /^127.0.0.1 is no address of another computer$/],
    ['multicast', '224.0.0.1', /is no address of another computer$/],
    ['a network', '192.168.1.0/24', /^192.168.1.0\/24 is a network: write a range, such as 192.168.1.11-14$/],
    [
      'a range into another network',
      '192.168.1.250-192.168.2.5',
      /^192.168.1.250-192.168.2.5 goes beyond the last number: write one range for each network$/,
    ],
    ['a range backwards', '192.168.1.14-11', /^192.168.1.14-11 ends before it begins$/],
    ['a range too far', '192.168.1.250-300', /^192.168.1.250-300: "192.168.1.300" is no IPv4 address/],
    ['a range of three', '192.168.1.1-2-3', /is no IPv4 address/],
    ['a range without an end', '192.168.1.11-', /is no IPv4 address/],
    ['one name for many', '192.168.1.11-12 pc', /^192.168.1.11-12 are 2 machines, and "pc" is one name/],
    [
      'a name in capitals',
      '192.168.1.11 PC-11',
      /^"PC-11" cannot be the name of 192.168.1.11: small letters/,
    ],
    [
      'a name that is taken',
      '192.168.1.11 localhost',
      /^"localhost" cannot be the name .* other than localhost and kmon-parent$/,
    ],
    ['a hostile name', '192.168.1.11 $(reboot)', /^"\$\(reboot\)" cannot be the name/],
    ['a hostile team', '192.168.1.11 pc-11 a=b', /^"a=b" cannot be the team of 192.168.1.11/],
    ['too many words', '192.168.1.11 pc-11 red old', /^192.168.1.11 has too many words behind it \("old"\)/],
    ['the same address', '192.168.1.11\n192.168.1.11', /^192.168.1.11 is listed already, on line 1$/],
    ['the same address on one line', '192.168.1.11, 192.168.1.11', /^192.168.1.11 is listed twice$/],
    [
      'the parent',
      '192.168.1.9-10',
      /^192.168.1.10 is the parent: it cannot be its own child \(take it out of the list\)$/,
    ],
    [
      'the same name',
      '192.168.1.11 a, 192.168.1.12 a',
      /^192.168.1.12 is named a like 192.168.1.11: names must be unique$/,
    ],
    ["the parent's name", '192.168.1.11 parent', /^192.168.1.11 is named parent like the parent/],
    [
      'the name of a place',
      '192.168.1.11, 192.168.1.12 child-1',
      /^192.168.1.12 is named child-1 like 192.168.1.11/,
    ],
  ])('%s', (_, text, expected) => {
    const { mistakes } = listOf(text, { parent: '192.168.1.10' });
    expect(mistakes.map((m) => m.text)).toEqual([expect.stringMatching(expected)]);
  });

  it('are told once for each address of two ranges that meet', () => {
    const { mistakes } = listOf('192.168.1.11-13\n192.168.1.12-14');
    expect(mistakes.map((m) => m.text)).toEqual([
      '192.168.1.12 is listed already, on line 1',
      '192.168.1.13 is listed already, on line 1',
    ]);
  });
});
