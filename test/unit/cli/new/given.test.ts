import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readGiven, readMachines } from '../../../../src/cli/new/given.js';
import type { NewOptions } from '../../../../src/cli/new/given.js';

let cwd = '';
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'kmon-given-'));
  await mkdir(join(cwd, 'home'));
  await writeFile(join(cwd, 'home/id'), '-----BEGIN OPENSSH PRIVATE KEY-----\n');
  await writeFile(join(cwd, 'home/id.pub'), 'ssh-ed25519 AAAA\n');
  await writeFile(join(cwd, 'room.txt'), '192.168.1.11 pc-11\n192.168.1.12\n');
  await writeFile(join(cwd, 'bad.txt'), 'pc-11\n192.168.1.12 $()\n');
});
afterEach(() => rm(cwd, { recursive: true, force: true }));

const read = (options: Partial<NewOptions>, attended = true) =>
  readGiven({ try: true, ...options }, { cwd, home: join(cwd, 'home') }, attended);

describe('the flags of kmon new', () => {
  it('may all be left out where somebody can be asked', async () => {
    expect(await read({})).toEqual({});
  });

  it('are checked, and paths are made absolute', async () => {
    expect(
      await read({
        room: 'r',
        parent: '192.168.1.10',
        children: ['192.168.1.11-12,', '192.168.1.20', 'pc-20'],
        user: 'student',
        key: '~/id',
        names: 'place',
        podSubnet: '10.1.0.0/16',
        serviceSubnet: '10.2.0.0/16',
      }),
    ).toEqual({
      room: 'r',
      parent: '192.168.1.10',
      children: [
        { address: '192.168.1.11' },
        { address: '192.168.1.12' },
        { address: '192.168.1.20', name: 'pc-20' },
      ],
      user: 'student',
      key: join(cwd, 'home/id'),
      names: 'place',
      podSubnet: '10.1.0.0/16',
      serviceSubnet: '10.2.0.0/16',
    });
  });

  it('take children from a file', async () => {
    const { children } = await read({ childrenFile: 'room.txt' });
    expect(children).toEqual([{ address: '192.168.1.11', name: 'pc-11' }, { address: '192.168.1.12' }]);
  });

  it('name the version of Kubernetes in the bundle', async () => {
    await mkdir(join(cwd, 'b'));
    await writeFile(join(cwd, 'b/bundle.yaml'), 'not a bundle\n');
    await expect(read({ bundle: 'b' })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(/^--bundle: /) as string,
    });
  });

  it.each<[string, Partial<NewOptions>, RegExp]>([
    ['a room of two words', { room: 'a b' }, /^--room must be a name of letters, .*, not "a b"$/],
    ['a name for an address', { parent: 'pc-10' }, /^--parent must be an IPv4 address .*, not "pc-10"$/],
    ['no user', { user: '' }, /^--user must be a user name, not ""$/],
    ['a missing key', { key: 'none' }, /^--key "none" does not exist$/],
    ['a public key', { key: '~/id.pub' }, /^--key "~\/id.pub" is a public key: it must be the private one$/],
    ['other names', { names: 'nice' }, /^--names must be hostname or place, not "nice"$/],
    ['no range', { podSubnet: '10.0.0.1/16' }, /^--pod-subnet must be a range from \/8 to \/24/],
    [
      'ranges that meet',
      { podSubnet: '10.0.0.0/8', serviceSubnet: '10.96.0.0/12' },
      /^--pod-subnet and --service-subnet have addresses in common$/,
    ],
    [
      'a range over the parent',
      { podSubnet: '10.0.0.0/8', parent: '10.1.1.1' },
      /^--pod-subnet holds the address of the parent$/,
    ],
    [
      'children twice',
      { children: ['192.168.1.11'], childrenFile: 'room.txt' },
      /^--children and --children-file name the same thing/,
    ],
    [
      'the parent as a child',
      { parent: '192.168.1.11', children: ['192.168.1.11'] },
      /^--children: 192.168.1.11 is the parent/,
    ],
    [
      'mistakes in a file',
      { childrenFile: 'bad.txt' },
      /^bad.txt:1:1: "pc-11" is no IPv4 address .*; bad.txt:2:14: "\$\(\)" cannot be the name of 192.168.1.12/,
    ],
    ['a missing file', { childrenFile: 'none.txt' }, /^none.txt: there is no such file$/],
    ['no bundle', { bundle: 'none' }, /^--bundle: /],
    ['many at once', { room: '', user: '' }, /^--room must .*; --user must /],
  ])('refuse %s', async (_, options, expected) => {
    await expect(read(options)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringMatching(expected) as string,
      hint: expect.any(String) as string,
    });
  });

  it.each<[string, Partial<NewOptions>, boolean, string]>([
    [
      'a missing file',
      { childrenFile: 'none.txt' },
      false,
      'give the path of a file with one machine a line, such as 192.168.1.11;pc-11;red',
    ],
    [
      'mistakes in a file',
      { childrenFile: 'bad.txt' },
      false,
      'correct bad.txt and run the command again (nothing was written)',
    ],
    [
      'a workbook',
      { childrenFile: 'room.xlsx' },
      true,
      'save it as CSV (File, Save As, "CSV UTF-8" or "Text CSV") and give that file',
    ],
    ['a bad key', { key: 'none' }, false, 'correct --key'],
    [
      'a bad key, where one may be asked',
      { key: 'none' },
      true,
      'correct --key, or leave it out to be asked',
    ],
    ['two flags', { key: 'none', user: '' }, false, 'correct --user and --key'],
    [
      'a flag and a file',
      { user: '', childrenFile: 'bad.txt' },
      false,
      'correct bad.txt and run the command again (nothing was written); correct --user',
    ],
  ])('are told a remedy for what is wrong, and for nothing else: %s', async (_, options, attended, hint) => {
    await writeFile(join(cwd, 'room.xlsx'), 'PK\u0003\u0004');
    await expect(read({ parent: '192.168.1.10', ...options }, attended)).rejects.toMatchObject({
      code: 'usage',
      hint,
    });
  });

  it('name the place of every mistake in a file', async () => {
    await expect(read({ childrenFile: 'bad.txt', user: '' })).rejects.toMatchObject({
      mistakes: [
        { text: expect.stringMatching(/^--user must/) as string },
        { place: { file: 'bad.txt', line: 1, column: 1 } },
        { place: { file: 'bad.txt', line: 2, column: 14 } },
      ],
    });
  });

  it('say that a range is no parent', async () => {
    await expect(read({ parent: '192.168.1.10-14' })).rejects.toThrow(
      /^--parent must be .*, not "192.168.1.10-14": a range is for --children$/,
    );
  });

  it('must name the parent where nobody can be asked', async () => {
    await expect(read({}, false)).rejects.toMatchObject({
      code: 'usage',
      message: '--parent is missing, and nobody can be asked for the address of the parent',
      hint: expect.stringContaining('--parent 192.168.1.10 --children') as string,
    });
  });
});

describe('the answer about the children', () => {
  const place = () => ({ cwd, home: join(cwd, 'home') });
  it.each<[string, number]>([
    ['', 0],
    ['192.168.1.11-14', 4],
    ['room.txt', 2],
    [' ./room.txt ', 2],
  ])('%j', async (text, count) => {
    const { machines, mistakes } = await readMachines(text, place(), '192.168.1.10');
    expect(mistakes).toEqual([]);
    expect(machines).toHaveLength(count);
  });

  it('is a list or a file, and says so when it is neither', async () => {
    expect((await readMachines('pc-11', place(), undefined)).mistakes).toEqual([
      'pc-11: there is no such file; give the path of a file with one machine a line, such as 192.168.1.11;pc-11;red',
    ]);
    expect((await readMachines('home', place(), undefined)).mistakes).toEqual([
      expect.stringMatching(/^home: it cannot be read \(EISDIR\); give the path of a file/),
    ]);
  });
});
