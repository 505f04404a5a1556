import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { filesMatching } from '../../../../src/transport/ssh-config/file-pattern.js';

describe('filesMatching', () => {
  let dir: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'kmon-pattern-'));
    for (const folder of ['a', 'b']) mkdirSync(join(dir, folder));
    for (const file of ['a/1.conf', 'a/2.conf', 'a/10.txt', 'a/.hidden.conf', 'b/1.conf', 'b/x(1).conf']) {
      writeFileSync(join(dir, file), '');
    }
  });
  afterAll(() => {
    rmSync(dir, { recursive: true });
  });

  it.each([
    ['a/1.conf', ['a/1.conf']],
    ['a/missing', []],
    ['a/*.conf', ['a/1.conf', 'a/2.conf']],
    ['*/1.conf', ['a/1.conf', 'b/1.conf']],
    ['a/?.conf', ['a/1.conf', 'a/2.conf']],
    ['a/[13-9].conf', ['a/1.conf']],
    ['a/[!1].conf', ['a/2.conf']],
    ['a/.h*', ['a/.hidden.conf']],
    ['b/x(?).conf', ['b/x(1).conf']],
    ['a/1.conf/*', []],
    ['a/[', []],
  ])('%s', (pattern, files) => {
    expect(filesMatching(join(dir, pattern))).toEqual(files.map((file) => join(dir, file)));
  });
});
