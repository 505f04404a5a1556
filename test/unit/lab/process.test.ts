import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { lastLine, runProgram } from '../../../src/lab/process.js';

describe('a program', () => {
  it('gives its exit code, streams and stdin back, in the C locale', async () => {
    const end = await runProgram('sh', ['-c', 'cat; echo "$LC_ALL"; echo no >&2; exit 3'], { input: 'in\n' });
    expect(end).toEqual({ missing: false, exitCode: 3, stdout: 'in\nC', stderr: 'no' });
  });

  it('finds what only root has on its PATH', async () => {
    const { stdout } = await runProgram('sh', ['-c', 'echo "$PATH"']);
    expect(stdout.split(':')).toEqual(expect.arrayContaining(['/usr/sbin', '/sbin']));
  });

  it('may be missing', async () => {
    expect(await runProgram('kmon-no-such-program', [])).toMatchObject({ missing: true });
  });

  it('tells its stderr line by line and keeps it', async () => {
    const seen: string[] = [];
    const end = await runProgram('sh', ['-c', 'echo a >&2; echo b >&2'], {
      onStderrLine: (line) => {
        seen.push(line);
      },
    });
    expect(seen).toEqual(['a', 'b']);
    expect(end.stderr).toBe('a\nb');
  });

  it('is stopped with all that it has started', async () => {
    const stop = new AbortController();
    let child = 0;
    const running = runProgram('sh', ['-c', 'sleep 60 & echo $! >&2; wait'], {
      group: true,
      signal: stop.signal,
      onStderrLine: (line) => {
        child = Number(line);
        stop.abort();
      },
    });
    await expect(running).rejects.toMatchObject({ code: 'interrupted' });
    expect(child).toBeGreaterThan(0);
    await expect.poll(() => isRunning(child)).toBe(false);
  });

  it('has a deadline', async () => {
    await expect(runProgram('sleep', ['60'], { timeoutMs: 20 })).rejects.toMatchObject({ code: 'timeout' });
  });
});

it('finds the line that tells why', () => {
  expect(lastLine('E: no mirror\nI: cleaning up\n')).toBe('E: no mirror');
  expect(lastLine('a\nb\n\n')).toBe('b');
  expect(lastLine('')).toBe('');
});

/** A process that ended and that nobody waited for (state Z) does not run. */
function isRunning(pid: number): boolean {
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'utf8').includes(') Z ');
  } catch {
    return false;
  }
}
