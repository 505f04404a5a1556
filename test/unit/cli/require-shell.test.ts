import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { requireShell } from '../../../src/cli/require-shell.js';

const like = (name: 'windows' | 'posix') => ({
  name,
  path: posix,
  programEndings: () => (name === 'windows' ? ['.exe'] : ['']),
});

it('tells of a Windows without sh, and of no other', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kmon-sh-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  expect(() => {
    requireShell({ PATH: folder }, like('windows'));
  }).toThrow('there is no sh on this computer');
  requireShell({ PATH: folder }, like('posix'));
  writeFileSync(join(folder, 'sh.exe'), '');
  chmodSync(join(folder, 'sh.exe'), 0o755);
  requireShell({ PATH: folder }, like('windows'));
});
