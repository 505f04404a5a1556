import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const KMON = join(import.meta.dirname, '../../bin/kmon.js');

describe('a reader who has heard enough (`kmon … | head`)', () => {
  it.each([[['--help']], [['--version']], [['config', 'schema']]])('does not make kmon fail: %j', (args) => {
    // The reader has gone before the first word, so that every run meets a closed pipe.
    const script = '{ sleep 0.2; "$@"; echo "ended with $?" >&2; } | :';
    const { stderr } = spawnSync('bash', ['-c', script, 'bash', process.execPath, KMON, ...args], {
      encoding: 'utf8',
    });
    expect(stderr).toBe('ended with 0\n');
  });
});
