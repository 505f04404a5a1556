import { describe, expect, it } from 'vitest';
import { areThere, seek } from '../../../../src/cli/repair/seek.js';
import { whereToLook } from '../../../../src/cli/repair/where-to-look.js';
import { whereaboutsText } from '../../../../src/cli/repair/whereabouts-text.js';
import { fingerprint } from '../../../../src/transport/host-keys/known-hosts.js';
import { plainTheme } from '../../../../src/ui/theme.js';

const key = (text: string): Buffer => {
  const type = Buffer.from('ssh-ed25519');
  return Buffer.concat([Buffer.from([0, 0, 0, type.length]), type, Buffer.from(text)]);
};
const known = (name: string, address: string, port = 22) => ({ name, address, port, keys: [key(name)] });
const never = new AbortController().signal;
/** A network: who shows which key at `address:port`. */
const network = (shown: Readonly<Record<string, Buffer>>) => {
  const asked: string[] = [];
  return {
    asked,
    ask: async ({ host, port }: { readonly host: string; readonly port: number }) => {
      asked.push(`${host}:${port}`);
      return shown[`${host}:${port}`];
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
    });
    const rows = await seek(
      [
        known('moved', '192.0.2.10'),
        known('swap-a', '192.0.2.11'),
        known('swap-b', '192.0.2.12'),
        known('copied', '192.0.2.13'),
        known('away', '192.0.2.14'),
        known('guest', '192.0.2.15', 2222),
      ],
      whereToLook(['192.0.2.10'], []),
      never,
      ask,
    );
    expect(
      rows.map((r) => [r.name, r.is, r.is === 'moved' ? r.now : r.is === 'doubled' ? r.at : '']),
    ).toEqual([
      ['moved', 'moved', '192.0.2.50'],
      ['swap-a', 'moved', '192.0.2.12'],
      ['swap-b', 'moved', '192.0.2.11'],
      ['copied', 'doubled', ['192.0.2.60', '192.0.2.61']],
      ['away', 'lost', ''],
      ['guest', 'moved', '192.0.2.71'],
    ]);
    // Each address once for each port.
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
