import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Ended, Running } from '../../../src/transport/attend.js';
import { attend } from '../../../src/transport/attend.js';
import { standingShell } from '../../../src/transport/standing-shell.js';
import { MAX_SHELL_AGE_MS, standingShells } from '../../../src/transport/standing-shells.js';

/** A shell whose words are put into its mouth. */
function fakeShell() {
  const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
  let told = '';
  stdin.setEncoding('utf8').on('data', (text: string) => (told += text));
  let over: (ended: Ended) => void = () => undefined;
  const ended = new Promise<Ended>((resolve) => (over = resolve));
  const running: Running = { stdin, stdout, stderr, ended, abandon: () => undefined };
  return {
    running,
    stdout,
    stderr,
    over: (how: Ended) => {
      over(how);
    },
    told: () => told,
    /** What it was told last to print behind a script. */
    end: async (): Promise<string> => {
      await new Promise((done) => setImmediate(done));
      return /kmon-end:[0-9a-f]+:/.exec(told.slice(told.lastIndexOf('(eval')))?.[0] ?? 'none';
    },
  };
}

const START = { wire: 'exec sh', stdin: [] };

describe('a shell that stays', () => {
  // Output knows nothing of the mark: it may end without a line end, look like the mark's beginning, and come in pieces of any size.
  const outputs = [
    '',
    '\n',
    'text',
    'no end\nof line',
    'kmon-end:',
    'kmon-end:0123\n',
    'k',
    'é€\n',
    'x'.repeat(300),
  ];
  it.each([1, 2, 3, 7, 40, 1000])('finds the end of a script in pieces of %i bytes', async (size) => {
    for (const [i, stdout] of outputs.entries()) {
      const stderr = outputs.at(-i) ?? '';
      const fake = fakeShell();
      const shell = standingShell(fake.running, START);
      const result = attend('pc-1', () => Promise.resolve(shell.run('true')));
      const mark = await fake.end();
      const say = (to: PassThrough, text: string): void => {
        const bytes = Buffer.from(`${text}${mark}${i * 30}\n`);
        for (let at = 0; at < bytes.length; at += size) to.write(bytes.subarray(at, at + size));
      };
      say(fake.stdout, stdout);
      say(fake.stderr, stderr);
      expect(await result).toMatchObject({ exitCode: i * 30, stdout, stderr });
      expect(shell.idle).toBe(true);
    }
  });

  it.each<[string, Ended, object]>([
    ['was killed', { kind: 'killed', signal: 'SIGKILL' }, { code: 'command' }],
    ['says that all is well', { kind: 'exited', code: 0 }, { code: 'connection-lost' }],
  ])('takes no script for ended whose shell %s', async (_how, ended, error) => {
    const fake = fakeShell();
    const shell = standingShell(fake.running, START);
    const result = attend('pc-1', () => Promise.resolve(shell.run('true')));
    const mark = await fake.end();
    fake.stdout.write(`half\n${mark}0\n`);
    fake.over(ended);
    await expect(result).rejects.toMatchObject(error);
    expect(shell.idle).toBe(false);
  });

  it('gives no script to a shell that came when nobody waits any more, and keeps the shell', async () => {
    const fake = fakeShell();
    let open: (running: Running) => void = () => undefined;
    let opened = 0;
    const shells = standingShells(
      () => {
        opened += 1;
        return new Promise((resolve) => (open = resolve));
      },
      () => false,
    );
    const givenUp = new AbortController();
    const first = shells.run(START, 'echo never', undefined, givenUp.signal);
    givenUp.abort(new Error('too late'));
    open(fake.running);
    await expect(first).rejects.toThrow('too late');
    void shells.run(START, 'echo on', undefined, new AbortController().signal);
    expect(await fake.end()).toMatch(/^kmon-end:/);
    expect(fake.told()).not.toContain('never');
    expect(opened).toBe(1);
  });

  it('takes a new one when it is old, so that no limit of sudo ends a script early', async () => {
    const opened: ReturnType<typeof fakeShell>[] = [];
    let now = 0;
    const shells = standingShells(
      () => {
        const fake = fakeShell();
        opened.push(fake);
        return Promise.resolve(fake.running);
      },
      () => false,
      () => now,
    );
    const run = async (): Promise<void> => {
      const ended = attend('pc-1', (givenUp) => shells.run(START, 'true', undefined, givenUp));
      await new Promise((done) => setImmediate(done));
      const fake = opened.at(-1);
      const end = `${(await fake?.end()) ?? ''}0\n`;
      fake?.stdout.write(end);
      fake?.stderr.write(end);
      await ended;
    };
    await run();
    now = MAX_SHELL_AGE_MS;
    await run();
    expect(opened).toHaveLength(1);
    now += 1;
    await run();
    expect(opened).toHaveLength(2);
    expect(opened[0]?.running.stdin.writableEnded).toBe(true);
  });

  it('opens one for each script that finds none without work, also when all come at once', async () => {
    const opened: ReturnType<typeof fakeShell>[] = [];
    const shells = standingShells(
      () => {
        const fake = fakeShell();
        opened.push(fake);
        return Promise.resolve(fake.running);
      },
      () => false,
    );
    const signal = new AbortController().signal;
    const run = () => attend('pc-1', () => shells.run(START, 'true', undefined, signal));
    const both = [run(), run()];
    await new Promise((done) => setImmediate(done));
    expect(opened).toHaveLength(2);
    for (const fake of opened) {
      const end = `${await fake.end()}0\n`;
      fake.stdout.write(end);
      fake.stderr.write(end);
    }
    await Promise.all(both);
    void run().catch(() => undefined);
    await new Promise((done) => setImmediate(done));
    expect(opened).toHaveLength(2);
  });
});
