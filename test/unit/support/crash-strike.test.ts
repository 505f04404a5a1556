import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pointNamed } from '../../support/crash/point.js';
import type { Blow, Point, When } from '../../support/crash/point.js';
import { strike } from '../../support/crash/strike.js';
import type { StrikeOptions } from '../../support/crash/strike.js';

/** A kmon that makes three changes of 100 ms and stops for nobody but Ctrl-C twice; after one Ctrl-C it ends with 130 as soon as a change has ended. */
const FAKE = `
let asked = 0;
process.on('SIGINT', () => { if (++asked === 2) process.exit(130); });
const say = (line) => process.stdout.write(JSON.stringify(line) + '\\n');
for (const intent of ['first', 'second', 'third']) {
  say({ type: 'command-started', machine: 'parent', stage: 'tools', intent });
  await new Promise((r) => setTimeout(r, Number(process.argv[2])));
  say({ type: 'command', machine: 'parent', stage: 'tools', intent, durationMs: 100, exitCode: 0 });
  if (asked === 1) process.exit(130);
}
`;

describe('a blow at kmon', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmon-strike-'));
    writeFileSync(join(folder, 'kmon.mjs'), FAKE);
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const at = (intent: RegExp, when: When, blow?: Blow): Point =>
    pointNamed({ command: 'up', stage: 'tools', machine: 'parent', intent }, when, blow);
  const pulled: string[] = [];
  const run = (points: readonly Point[], more: Partial<StrikeOptions> & { readonly stepMs?: number } = {}) =>
    strike({
      kmon: join(folder, 'kmon.mjs'),
      folder,
      args: [String(more.stepMs ?? 100)],
      command: 'up',
      points,
      limitMs: 20_000,
      signal: new AbortController().signal,
      holds: () => new Promise(() => undefined),
      pullCable: async (machine) => {
        pulled.push(`${machine} down`);
        return async () => void pulled.push(`${machine} up`);
      },
      ...more,
    });
  const ended = (lines: readonly Readonly<Record<string, unknown>>[]): readonly unknown[] =>
    lines.filter((line) => line['type'] === 'command').map((line) => line['intent']);

  it('lets a run be that comes to no point', async () => {
    const struck = await run([at(/^fourth/, 'begins')]);
    expect(struck).toMatchObject({ exitCode: 0 });
    expect(struck.point).toBeUndefined();
    expect(ended(struck.lines)).toEqual(['first', 'second', 'third']);
  });

  it.each([
    ['begins', 'begins', ['first']],
    ['is half done', { afterMs: 50 }, ['first']],
    ['has ended', 'ends', ['first', 'second']],
  ] as const)('kills when a step %s', async (_, when, done) => {
    const point = at(/^second/, when);
    const struck = await run([at(/^third/, 'begins'), point], { stepMs: 400 });
    expect(struck).toMatchObject({ point, exitCode: null });
    expect(struck).not.toHaveProperty('late');
    expect(ended(struck.lines)).toEqual(done);
  });

  it('kills as soon as the machine shows how far a step is', async () => {
    const point = at(/^second/, { until: 'test -e half' });
    const asked: string[] = [];
    const holds = async (machine: string, test: string): Promise<void> => {
      asked.push(`${machine}: ${test}`);
      await delay(20);
    };
    expect(await run([point], { holds, stepMs: 400 })).toMatchObject({ point, exitCode: null });
    expect(asked).toEqual(['parent: test -e half']);
  });

  it('kills at its end when the middle of a step never comes, and says so', async () => {
    const point = at(/^second/, { until: 'false' });
    expect(await run([point])).toMatchObject({ point, late: true, exitCode: null });
  });

  it('asks once, and kmon ends the step; asks twice, and it leaves at once', async () => {
    const once = await run([at(/^first/, 'begins', 'ctrl-c')], { stepMs: 1500 });
    expect(once.exitCode).toBe(130);
    expect(ended(once.lines)).toEqual(['first']);
    const twice = await run([at(/^first/, 'begins', 'ctrl-c twice')], { stepMs: 5000 });
    expect(twice.exitCode).toBe(130);
    expect(ended(twice.lines)).toEqual([]);
    expect(twice.msToEnd).toBeLessThan(4000);
  });

  it('pulls the cable of the machine it is at, and puts it back when kmon has ended', async () => {
    const struck = await run([at(/^second/, 'begins', 'cable')]);
    expect(struck.exitCode).toBe(0);
    expect(pulled).toEqual(['parent down', 'parent up']);
  });

  it('kills at any moment', async () => {
    const moment = { command: 'up', atMs: 300 } as const;
    expect(await run([], { moment, stepMs: 5000 })).toMatchObject({ point: moment, exitCode: null });
  });

  it('ends a run that hangs', async () => {
    expect(await run([], { limitMs: 500, stepMs: 5000 })).toMatchObject({ hung: true, exitCode: null });
  });

  it('ends with whoever runs it', async () => {
    await expect(run([], { signal: AbortSignal.timeout(300), stepMs: 5000 })).rejects.toThrow('timeout');
  });
});
