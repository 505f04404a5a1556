import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { writePrivateFile } from '../../../src/here/private-files.js';

function folder(): string {
  const made = mkdtempSync(join(tmpdir(), 'kmon-test-'));
  onTestFinished(() => {
    rmSync(made, { recursive: true });
  });
  return made;
}

describe('a private file', () => {
  it('is written whole, for its owner alone, and nothing else is touched', async () => {
    const here = folder();
    const file = join(here, 'x');
    writeFileSync(`${file}.new`, 'somebody else’s');
    writeFileSync(file, 'before', { mode: 0o644 });
    await writePrivateFile(file, 'now');
    expect(readFileSync(file, 'utf8')).toBe('now');
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600');
    expect(readFileSync(`${file}.new`, 'utf8')).toBe('somebody else’s');
    expect(readdirSync(here)).toEqual(['x', 'x.new']);
  });

  it('that cannot be written leaves nothing behind', async () => {
    const here = folder();
    mkdirSync(join(here, 'x'));
    await expect(writePrivateFile(join(here, 'x'), 'now')).rejects.toThrow();
    expect(readdirSync(here)).toEqual(['x']);
  });
});
