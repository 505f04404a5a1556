import { describe, expect, it } from 'vitest';
import { areThere, seek } from '../../../../src/cli/repair/seek.js';
import { whatToWrite } from '../../../../src/cli/repair/what-to-write.js';
import { whereToLook } from '../../../../src/cli/repair/where-to-look.js';
import { whereaboutsText } from '../../../../src/cli/repair/whereabouts-text.js';
import type { Asked } from '../../../../src/transport/host-keys/shown-key.js';
import { fingerprint } from '../../../../src/transport/host-keys/known-hosts.js';
import { plainTheme } from '../../../../src/ui/theme.js';

const key = (text: string, named = 'ssh-ed25519'): Buffer => {
  const type = Buffer.from(named);
  return Buffer.concat([Buffer.from([0, 0, 0, type.length]), type, Buffer.from(text)]);
};
const known = (name: string, address: string, port = 22) => ({ name, address, port, keys: [key(name)] });
const never = new AbortController().signal;
/** A network: who shows which key at `address:port`. */
const network = (shown: Readonly<Record<string, Buffer>>) => {
  const asked: string[] = [];
  return {
    asked,
    ask: async ({ host, port, types }: Asked) => {
      asked.push(`${host}:${port} ${types.join(' ')}`);
      return shown[`${host}:${port} ${types.join(' ')}`] ?? shown[`${host}:${port}`];
    },
  };
};

describe('where a machine may be', () => {
  it('is the network around its address and the parent, without who is there', () => {
    const all = whereToLook(['192.0.2.11', '192.0.2.10'], ['192.0.2.10']);
    expect(all).toHaveLength(253);
    expect([all[0], all.at(-1)]).toEqual(['192.0.2.1', '192.0.2.254']);
    expect(all).not.toContain('192.0.2.10');
    expect(whereToLook(['192.0.2.11', '198.51.100.7'], [])).toHaveLength(508);
    expect(whereToLook([], [])).toEqual([]);
  });
});

describe('machines that are looked for', () => {
  it('are there only with one of their own keys', async () => {
    const { ask } = network({
      '192.0.2.11:22': key('pc-11'),
      '192.0.2.12:22': key('a stranger'),
    });
    const machines = [
      known('pc-11', '192.0.2.11'),
      known('pc-12', '192.0.2.12'),
      known('pc-13', '192.0.2.13'),
    ];
    expect([...(await areThere(machines, never, ask))]).toEqual([
      ['pc-11', true],
      ['pc-12', false],
      ['pc-13', false],
    ]);
  });

  it('are found by their keys: moved, swapped, copied, away', async () => {
    const { ask, asked } = network({
      '192.0.2.50:22': key('moved'),
      '192.0.2.12:22': key('swap-a'),
      '192.0.2.11:22': key('swap-b'),
      '192.0.2.60:22': key('copied'),
      '192.0.2.61:22': key('copied'),
      '192.0.2.70:22': key('a stranger'),
      '192.0.2.71:2222': key('guest'),
      // A server shows one key, of the type that it is asked for first.
      '192.0.2.80:22 ssh-rsa': key('keyed', 'ssh-rsa'),
      '192.0.2.17:22': key('slow'),
      '192.0.2.90:22': key('clone'),
    });
    const keyed = { name: 'keyed', address: '192.0.2.16', port: 22, keys: [key('keyed', 'ssh-rsa')] };
    const rows = await seek(
      [
        known('moved', '192.0.2.10'),
        known('swap-a', '192.0.2.11'),
        known('swap-b', '192.0.2.12'),
        known('copied', '192.0.2.13'),
        known('away', '192.0.2.14'),
        known('guest', '192.0.2.15', 2222),
        keyed,
        known('slow', '192.0.2.17'),
        { ...known('clone-a', '192.0.2.18'), keys: [key('clone')] },
        { ...known('clone-b', '192.0.2.19'), keys: [key('clone')] },
      ],
      whereToLook(['192.0.2.10'], []),
      never,
      ask,
    );
    expect(
      rows.map((r) => [
        r.name,
        r.is,
        r.is === 'moved' ? r.now : r.is === 'doubled' ? r.at : r.is === 'shared' ? r.of : '',
      ]),
    ).toEqual([
      ['moved', 'moved', '192.0.2.50'],
      ['swap-a', 'moved', '192.0.2.12'],
      ['swap-b', 'moved', '192.0.2.11'],
      ['copied', 'doubled', ['192.0.2.60', '192.0.2.61']],
      ['away', 'lost', ''],
      ['guest', 'moved', '192.0.2.71'],
      ['keyed', 'moved', '192.0.2.80'],
      ['slow', 'there', ''],
      ['clone-a', 'shared', ['clone-a', 'clone-b']],
      ['clone-b', 'shared', ['clone-a', 'clone-b']],
    ]);
    // Each address once for each port and type of key.
    expect(new Set(asked).size).toBe(asked.length);
    expect(whereaboutsText(rows.slice(0, 1), plainTheme)).toBe(
      `machine  in kmon.yaml  is at       host key\nmoved    192.0.2.10    192.0.2.50  ${fingerprint(key('moved'))}`,
    );
  });

  it('asks no one where everybody is there', async () => {
    const { ask, asked } = network({});
    expect(await seek([], whereToLook([], []), never, ask)).toEqual([]);
    expect(asked).toEqual([]);
  });
});

describe('what is written down', () => {
  const move = (name: string, was: string, now: string) => ({
    ...{ name, was, is: 'moved' as const, now, port: 22, key: key(name), fingerprint: '' },
  });
  const addresses = new Map([
    ['parent', '192.0.2.10'],
    ['a', '192.0.2.11'],
    ['b', '192.0.2.12'],
    ['c', '192.0.2.13'],
    ['screen', '192.0.2.20'],
  ]);
  const a = move('a', '192.0.2.11', '192.0.2.12');
  const b = move('b', '192.0.2.12', '192.0.2.11');
  const c = move('c', '192.0.2.13', '192.0.2.77');
  it.each([
    ['all that moved', [c], [c], []],
    ['a swap', [a, b, c], [a, b, c], []],
    ['a swap of which one was found', [a, c], [c], ['a by b']],
    ['a chain whose end was not found', [a, move('c', '192.0.2.13', '192.0.2.11')], [], ['a by b', 'c by a']],
    ['the address of an observed computer', [move('a', '192.0.2.11', '192.0.2.20')], [], ['a by screen']],
    ['the address of the parent', [move('a', '192.0.2.11', '192.0.2.10'), c], [c], ['a by parent']],
  ])('is what can stand in one kmon.yaml: %s', (_about, moved, write, held) => {
    const found = whatToWrite(moved, addresses);
    expect(found.write).toEqual(write);
    expect(found.held.map((h) => `${h.move.name} by ${h.by}`)).toEqual(held);
  });
});
