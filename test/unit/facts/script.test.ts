import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseFacts } from '../../../src/facts/parse.js';
import { FACTS_PARTS, factsCommand } from '../../../src/facts/script.js';
import { readFacts } from '../../../src/facts/read.js';
import type { Runner } from '../../../src/runner/runner.js';
import { factsOf, recording } from './recorded.js';

const { script } = factsCommand('127.0.0.1');

/** Runs a script by the real `sh`, the way a runner does it. */
function sh(
  text: string,
  env: NodeJS.ProcessEnv = process.env,
): { stdout: string; stderr: string; status: number | null } {
  return spawnSync('/bin/sh', ['-c', text], { encoding: 'utf8', env, timeout: 20_000 });
}

const has = (program: string): boolean => spawnSync(program, ['--version']).error === undefined;

describe('the script', () => {
  it('is one that only looks', () => {
    expect(factsCommand('192.168.1.10').effect).toBe('reads');
    // Nothing is written anywhere but to /dev/null and to other descriptors.
    const written = [...script.matchAll(/>\s*(&\d|\S+)/g)].map((m) => m[1]?.replace(/[;)}]+$/, ''));
    expect(new Set(written)).toEqual(new Set(['/dev/null']));
  });

  it('quotes the address', () => {
    expect(factsCommand("10.0.0.1; echo 'x'").script).toContain(`\nroute get $parent\n`);
    expect(factsCommand("10.0.0.1; echo 'x'").script).toContain(`parent='10.0.0.1; echo '\\''x'\\'''\n`);
  });

  it('works on the computer at hand', () => {
    const { stdout, stderr, status } = sh(script);
    expect([status, stderr]).toEqual([0, '']);
    const facts = parseFacts(stdout, { sentAt: Date.now(), receivedAt: Date.now() });
    expect(facts.cpus).toBeGreaterThan(0);
    expect(facts.memoryBytes).toBeGreaterThan(2 ** 27);
    expect(facts.kernel).toMatch(/^\d+\.\d+/);
    expect(facts.freeDiskBytes).toBeGreaterThan(0);
    expect(Math.abs(facts.clockOffsetMs)).toBeLessThan(10_000);
  });

  it('leaves its input alone: what comes after it in a script read from stdin is run', () => {
    const { stdout } = spawnSync('/bin/sh', [], {
      encoding: 'utf8',
      input: `${script}\necho after\n`,
      timeout: 20_000,
    });
    expect(stdout.trimEnd().split('\n').slice(-2)).toEqual(['kmon-facts-end', 'after']);
  });

  it('runs to its end where there is no program at all', () => {
    const bare = script.replace(/^PATH=.*$/m, 'PATH=/nonexistent');
    expect(bare).not.toBe(script);
    const { stdout, stderr, status } = sh(bare, { PATH: '/nonexistent', LC_ALL: 'xx_YY' });
    expect([status, stderr]).toEqual([0, '']);
    const facts = parseFacts(stdout, { sentAt: 0, receivedAt: 0 });
    expect(facts).toMatchObject({ addresses: [], listeners: [] });
    expect(facts.hostname).not.toBe('');
  });

  it.runIf(has('shellcheck'))('pleases shellcheck', () => {
    // As it is written, with what it says to shellcheck; the script itself has no comments.
    const values = script.split('\nLC_ALL=')[0] ?? '';
    const [start = '', ...parts] = ['start', ...FACTS_PARTS].map((part) =>
      readFileSync(new URL(`../../../templates/facts/${part}.sh`, import.meta.url), 'utf8'),
    );
    const input = [values, start, 'look() {', ...parts, '}', 'look', ''].join('\n');
    const { stdout, status } = spawnSync('shellcheck', ['-s', 'sh', '-'], { encoding: 'utf8', input });
    expect([stdout, status]).toEqual(['', 0]);
  });

  it.each(['dash', 'bash', 'busybox'])('is a script for %s', (shell) => {
    const args = shell === 'busybox' ? ['sh', '-n'] : ['-n'];
    const { stderr, error } = spawnSync(shell, args, { encoding: 'utf8', input: script });
    if (error === undefined) expect(stderr).toBe('');
  });
});

it('takes the time of the command and not that of the connection', async () => {
  const machineTime = 1_795_237_100_200;
  const asked: string[] = [];
  const runner: Runner = {
    machine: 'child-1',
    dryRun: true,
    query: async (command) => {
      asked.push(command.script);
      return { exitCode: 0, stdout: recording('laptop'), stderr: '', durationMs: 400 };
    },
    attempt: async () => {
      throw new Error('a look tries nothing out');
    },
    mutate: async () => {
      throw new Error('a look changes nothing');
    },
  };
  const facts = await readFacts(runner, '192.168.1.10', { now: () => machineTime + 200 });
  expect(facts).toEqual({ ...factsOf('laptop'), clockOffsetMs: 0 });
  expect(asked).toEqual([factsCommand('192.168.1.10').script]);
});
