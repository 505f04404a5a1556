import { execFileSync, spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test } from 'vitest';

// `scripts/bench fanout` with real machines, in its shortest form: what it tells, and that nothing of it stays.

const BENCH = join(import.meta.dirname, '../../scripts/bench');

interface Run {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
  /** What carries it is the run's: `kmb-` and a number. */
  readonly name: string;
}

const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGTERM');
});

interface Circumstances {
  /** Sent when the first thing was measured. */
  readonly interrupt?: NodeJS.Signals;
  readonly path?: string;
}

function bench(args: readonly string[], { interrupt, path }: Circumstances = {}): Promise<Run> {
  const child = spawn(BENCH, ['fanout', ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(path === undefined ? {} : { PATH: path }) },
  });
  started.push(child);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    if (interrupt !== undefined && stderr.includes(' round 1: ')) child.kill(interrupt);
  });
  return new Promise((resolve) => {
    child.on('close', (exitCode) => {
      resolve({ exitCode, stdout, stderr, name: /\((kmb-\d+)\)/.exec(stderr)?.[1] ?? 'no machines' });
    });
  });
}

/** Namespaces, links, files and processes of a run. */
function leftOf(run: string): readonly string[] {
  const ip = (...args: readonly string[]): string => execFileSync('ip', args, { encoding: 'utf8' });
  const commands = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return [];
      }
    });
  const names = [
    ...ip('netns', 'list').split('\n'),
    ...ip('-br', 'link').split('\n'),
    ...readdirSync(tmpdir()),
  ];
  return [...names, ...commands].filter((text) => text.includes(`${run}-`));
}

interface Report {
  readonly overFloor: number;
  readonly ansibleSetupOver: number | null;
  readonly clientMemoryMb: number;
  readonly roundTrips: { readonly facts: number; readonly others: number };
  readonly sizes: readonly {
    readonly machines: number;
    readonly clients: Readonly<
      Record<string, { readonly wallMs: number; readonly rounds: readonly number[] }>
    >;
  }[];
}

test('tells how kmon compares, with one round trip a machine for its facts, and leaves nothing', async () => {
  const run = await bench(['--machines', '4', '--rounds', '1', '--only', 'floor,facts,check', '--json']);

  expect(run.stderr).not.toContain('at ');
  expect(run.exitCode).toBe(0);
  const report = JSON.parse(run.stdout) as Report;
  expect(report.overFloor).toBeGreaterThan(0.5);
  expect(report.overFloor).toBeLessThan(20);
  expect(report.ansibleSetupOver).toBeNull();
  expect(report.roundTrips).toEqual({ facts: 1, others: 0 });
  expect(report.clientMemoryMb).toBeGreaterThan(20);
  expect(report.clientMemoryMb).toBeLessThan(150);
  expect(report.sizes.map((size) => [size.machines, Object.keys(size.clients)])).toEqual([
    [4, ['floor', 'facts', 'check']],
  ]);
  for (const client of Object.values(report.sizes[0]?.clients ?? {}))
    expect(client.rounds).toEqual([client.wallMs]);
  expect(run.name).toMatch(/^kmb-\d+$/);
  expect(leftOf(run.name)).toEqual([]);
});

test('leaves nothing when it is interrupted', async () => {
  const run = await bench(['--machines', '2', '--rounds', '50', '--only', 'floor'], { interrupt: 'SIGINT' });

  expect(run.exitCode).toBe(130);
  expect(run.name).toMatch(/^kmb-\d+$/);
  expect(leftOf(run.name)).toEqual([]);
});

test('removes what a killed run has left when the next one begins', async () => {
  const killed = await bench(['--machines', '2', '--rounds', '50', '--only', 'floor'], {
    interrupt: 'SIGKILL',
  });
  expect(killed.exitCode).toBeNull();
  expect(leftOf(killed.name)).not.toEqual([]);

  const next = await bench(['--machines', '1', '--rounds', '1', '--only', 'floor', '--json']);

  expect(next.exitCode).toBe(0);
  expect(next.stderr).toContain('removed what 1 killed run');
  expect(leftOf(killed.name)).toEqual([]);
  expect(leftOf(next.name)).toEqual([]);
});

test('says what is wrong with its arguments, and makes nothing', async () => {
  const run = await bench(['--machines', '65']);

  expect(run).toMatchObject({ exitCode: 1, stdout: '', name: 'no machines' });
  expect(run.stderr).toBe("bench: --machines takes a whole number from 1 to 64, not '65'\n");
});

test('ends, and leaves nothing, when a client does not reach every machine', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  try {
    // Whatever is called `clush` first on the way is the client.
    writeFileSync(join(folder, 'clush'), '#!/bin/sh\necho "m1: reached"\n', { mode: 0o755 });
    const path = `${folder}:${process.env['PATH'] ?? ''}`;
    const run = await bench(['--machines', '2', '--rounds', '1', '--only', 'clush'], { path });

    expect(run.exitCode).toBe(1);
    expect(run.stderr).toContain('clush reached 1 of 2 machines');
    expect(run.name).toMatch(/^kmb-\d+$/);
    expect(leftOf(run.name)).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
