import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { Commands, Interrupted } from '../../../scripts/test.d/command.js';
import { commandsBelow } from '../../../scripts/test.d/ending.js';

let folder: string;
let said: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'commands-'));
  said = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += String(text);
    return true;
  });
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

const soon = (ms: number): { readonly deadlineMs: number } => ({ deadlineMs: performance.now() + ms });
/** Of a shell and of a program that it waits for. */
const sleeping = (seconds: string): readonly string[] =>
  commandsBelow(process.pid, []).filter((command) => command.includes(`sleep ${seconds}`));

test('a command ends with its exit code, and what it prints goes where it is wanted', async () => {
  const commands = new Commands();
  const file = join(folder, 'out');
  const env = { WHAT: 'a word' };
  const into = { file, what: 'all' } as const;
  const command = ['sh', '-c', 'echo "$WHAT"; echo aside >&2; cat; exit 3'];
  expect(await commands.run(command, { ...soon(20_000), into, env })).toBe(3);
  expect(readFileSync(file, 'utf8')).toBe('a word\naside\n');
  expect(await commands.run(['true'], { ...soon(20_000), nice: true })).toBe(0);
  expect(await commands.run(['/no/such/program'], soon(20_000))).toBe(127);
});

test('a command whose time is over is ended, with all that it started, and that is told', async () => {
  const commands = new Commands();
  expect(await commands.run(['sh', '-c', 'sleep 77777; true'], soon(300))).toBe(124);
  expect(said).toBe('out of time, ended: sh -c sleep 77777; true\n');
  await expect.poll(() => sleeping('77777')).toEqual([]);
  expect(await commands.run(['true'], soon(0))).toBe(124);
  expect(said).toContain('no time is left for: true\n');
});

test('an interruption ends what runs, and nothing is started after it', async () => {
  const commands = new Commands();
  // It does not go when it is asked to.
  const stubborn = commands.run(['sh', '-c', 'trap "" TERM; sleep 88888 & wait; sleep 88888'], soon(60_000));
  const other = commands.run(['sleep', '88888'], soon(60_000));
  const ends = Promise.allSettled([stubborn, other]);
  await expect.poll(() => sleeping('88888').length, { timeout: 10_000 }).toBeGreaterThan(1);
  await commands.interrupt();
  for (const end of await ends) expect(end).toMatchObject({ reason: expect.any(Interrupted) as unknown });
  expect(sleeping('88888')).toEqual([]);
  await expect(commands.run(['true'], soon(1000))).rejects.toThrow(Interrupted);
});
