import { posix, win32 } from 'node:path';
import { describe, expect, it } from 'vitest';
import { contractPath, expandPath } from '../../../src/config/paths.js';

const LINUX = { name: 'linux', path: posix } as const;
const WINDOWS = { name: 'windows', path: win32 } as const;
const HOME = String.raw`C:\Users\Anna Muster`;

describe('paths in kmon.yaml, on Windows', () => {
  const base = { folder: win32.join(HOME, 'class'), home: HOME };
  it.each([
    ['~', HOME],
    ['~/.ssh/id', String.raw`C:\Users\Anna Muster\.ssh\id`],
    [String.raw`~\.ssh\id`, String.raw`C:\Users\Anna Muster\.ssh\id`],
    ['./room/key', String.raw`C:\Users\Anna Muster\class\room\key`],
    [String.raw`room\key`, String.raw`C:\Users\Anna Muster\class\room\key`],
    ['../key', String.raw`C:\Users\Anna Muster\key`],
    ['D:/keys/id', String.raw`D:\keys\id`],
    [String.raw`\\server\share\id`, String.raw`\\server\share\id`],
    ['//server/share/id', String.raw`\\server\share\id`],
    ['/keys/id', String.raw`C:\keys\id`],
  ])('%s', (written, path) => {
    expect(expandPath(written, base, WINDOWS)).toBe(path);
  });

  it.each([
    [String.raw`C:\Users\Anna Muster\class\keys\id`, './keys/id'],
    [String.raw`c:\users\anna muster\CLASS\keys\id`, './keys/id'],
    [String.raw`C:\Users\Anna Muster\.ssh\id`, '~/.ssh/id'],
    [String.raw`D:\keys\id`, 'D:/keys/id'],
    [String.raw`\\server\share\id`, '//server/share/id'],
    [String.raw`C:\Users\Anna Muster\class..\id`, '~/class../id'],
  ])('%s is written with slashes, and read back', (path, written) => {
    expect(contractPath(path, base, WINDOWS)).toBe(written);
    expect(expandPath(written, base, WINDOWS).toLowerCase()).toBe(path.toLowerCase());
  });
});

it('leaves a backslash alone where it is a letter like others', () => {
  const base = { folder: '/home/anna', home: '/home/anna' };
  expect(expandPath(String.raw`~\x`, base, LINUX)).toBe(String.raw`/home/anna/~\x`);
  expect(contractPath(String.raw`/home/anna/a\b`, base, LINUX)).toBe(String.raw`~/a\b`);
});
