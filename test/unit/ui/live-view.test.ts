import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { EngineEvent } from '../../../src/engine/events.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { LiveView } from '../../../src/ui/live-view.js';
import { FakeTerminal } from './fake-terminal.js';
import { sampleReport } from '../../support/sample-report.js';

const taken = new KmonError('precondition', 'port 10250 is taken by k3s-agent (pid 812)', {
  machine: 'pc-12',
  stage: 'join-child',
  hint: 'stop it on that machine (sudo systemctl stop k3s-agent) and run `kmon join-child --only pc-12`',
});

function open(size: { columns?: number; rows?: number } = {}, env: Record<string, string> = {}) {
  const stderr = new FakeTerminal(size);
  const stdout = new FakeTerminal({ isTTY: false });
  let now = 1_000_000;
  const view = new LiveView(
    {
      stdout: stdout.asStream(),
      stderr: stderr.asStream(),
      env: { NO_COLOR: '1', ...env },
      version: '1.2.3',
    },
    () => now,
  );
  const frame = async (ms = 200): Promise<readonly string[]> => {
    now += ms;
    await vi.advanceTimersByTimeAsync(ms);
    return stderr.screen;
  };
  const tell = (...events: readonly EngineEvent[]): void => {
    for (const event of events) view.handle(event);
  };
  return { view, stdout, stderr, frame, tell };
}

const join = (machines: readonly string[]): EngineEvent => ({
  type: 'stage-started',
  stage: 'join-child',
  title: 'Join the children',
  machines,
});
const started = (machine: string): EngineEvent => ({ type: 'machine-started', stage: 'join-child', machine });
const says = (machine: string, text: string): EngineEvent => ({
  type: 'progress',
  stage: 'join-child',
  machine,
  text,
});
const ended = (machine: string, outcome: 'changed' | 'unchanged' | 'planned'): EngineEvent => ({
  type: 'machine-finished',
  stage: 'join-child',
  machine,
  outcome,
  because: 'as it should be',
});
const failed = (machine: string): EngineEvent => ({
  type: 'machine-finished',
  stage: 'join-child',
  machine,
  outcome: 'failed',
  error: taken,
});
const stageEnded: EngineEvent = { type: 'stage-finished', stage: 'join-child' };
const class30 = Array.from({ length: 30 }, (_, i) => `pc-${11 + i}`);

/** Spinner frames differ from picture to picture. */
const still = (lines: readonly string[]): string =>
  lines
    .join('\n')
    .replace(/[⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏]/gu, '*')
    .trimEnd();

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** listr2 loads its drawing parts when the first list opens; that is real I/O, which fake timers do not move. */
async function shown(terminal: FakeTerminal, text: string): Promise<void> {
  await vi.waitFor(() => {
    vi.advanceTimersByTime(100);
    expect(terminal.screen.join('\n')).toContain(text);
  });
}

describe('a live list of a few machines', () => {
  it('shows what each machine does now, with the seconds of a long wait', async () => {
    const { stderr, frame, tell, view } = open();
    tell(join(['pc-11', 'pc-12', 'pc-13']), started('pc-11'), started('pc-12'));
    tell(says('pc-11', 'waiting for the node to be Ready'), ended('pc-12', 'unchanged'));
    await shown(stderr, 'Join the children');
    expect(still(await frame(7000))).toBe(
      [
        '* Join the children  running 1, waiting 1, unchanged 1',
        '  * pc-11  waiting for the node to be Ready (7 s)',
        '  ✔ pc-12  unchanged: as it should be',
        '  · pc-13  waiting',
      ].join('\n'),
    );
    view.abandon();
  });

  it('leaves one line of a stage in which all went well', async () => {
    const { stderr, tell, view } = open();
    tell(join(['pc-11', 'pc-12']), started('pc-11'), started('pc-12'));
    await shown(stderr, 'pc-12');
    tell(ended('pc-11', 'changed'), ended('pc-12', 'changed'), stageEnded);
    await view.close();
    expect(still(stderr.screen)).toBe('✔ Join the children  changed 2');
    expect(stderr.isCursorShown).toBe(true);
  });

  it('leaves the line of every machine when one was set aside, then the report with cause and remedy', async () => {
    const { stderr, stdout, tell, view } = open({ columns: 160 });
    tell({
      type: 'run-started',
      command: 'join-child',
      machines: ['pc-11', 'pc-12'],
      addresses: { 'pc-11': '192.168.1.11', 'pc-12': '192.168.1.12' },
      dryRun: false,
      transcript: '/tmp/t.jsonl',
    });
    tell(join(['pc-11', 'pc-12']), started('pc-11'), started('pc-12'));
    await shown(stderr, 'pc-12');
    tell(ended('pc-11', 'changed'), failed('pc-12'));
    tell({ type: 'set-aside', machine: 'pc-12', stage: 'join-child', error: taken }, stageEnded);
    await view.finish(
      sampleReport({
        command: 'join-child',
        rows: [
          { stage: 'join-child', machine: 'pc-11', outcome: 'changed' },
          { stage: 'join-child', machine: 'pc-12', outcome: 'failed' },
        ],
        setAside: [{ machine: 'pc-12', error: taken }],
      }),
    );
    expect(still(stderr.screen)).toBe(
      [
        '⚠ Join the children  changed 1, failed 1',
        '  ✔ pc-11  changed: as it should be',
        '  ⚠ pc-12  set aside: port 10250 is taken by k3s-agent (pid 812)',
        '✖ join-child on pc-12 (192.168.1.12): port 10250 is taken by k3s-agent (pid 812)',
        '  fix: stop it on that machine (sudo systemctl stop k3s-agent) and run `kmon join-child --only pc-12`',
        '  transcript: /tmp/t.jsonl',
      ].join('\n'),
    );
    expect(stdout.raw).toBe('set aside: pc-12\nkmon join-child: changed 1, failed 1\n');
  });

  it('shows one stage after the other, also when the next begins before the last is drawn to its end', async () => {
    const { stderr, tell, view } = open();
    tell({ type: 'stage-started', stage: 'connect', title: 'Connect', machines: ['pc-11'] });
    tell({ type: 'stage-finished', stage: 'connect' });
    tell(join(['pc-11']), ended('pc-11', 'planned'), stageEnded);
    await view.close();
    expect(still(stderr.screen)).toBe('· Connect  not finished 1\n→ Join the children  planned 1');
  });
});

describe('a live list of a class of thirty', () => {
  it('fits 80 by 24, with only machines that run or failed, and counts of all', async () => {
    const { stderr, frame, tell, view } = open();
    tell(join(class30), ...class30.map(started));
    await shown(stderr, 'Join the children');
    expect((await frame()).filter((line) => line !== '')).toHaveLength(22);
    tell(...class30.slice(0, 9).map((m) => ended(m, 'unchanged')));
    tell(failed('pc-40'), ...class30.slice(9, 29).map((m) => says(m, 'x'.repeat(300))));
    await shown(stderr, 'Join the children');
    const lines = (await frame()).filter((line) => line !== '');
    expect(lines.length).toBeLessThanOrEqual(23);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(79);
    expect(lines[0]).toContain('Join the children  running 20, unchanged 9, failed 1');
    expect(lines.at(-1)).toContain('✖ pc-40  failed: port 10250 is taken');
    expect(lines.join('\n')).not.toContain('pc-11');
    tell(...class30.slice(9, 29).map((m) => ended(m, 'changed')), stageEnded);
    await view.close();
    expect(still(stderr.screen)).toBe(
      [
        '✖ Join the children  changed 20, unchanged 9, failed 1',
        '  ✖ pc-40  failed: port 10250 is taken by k3s-agent (pid 812)',
      ].join('\n'),
    );
  });
});

describe('what else is to be shown', () => {
  it('shows a note inside the running list at once and keeps it', async () => {
    const { stderr, frame, tell, view } = open();
    tell(join(['pc-11']), started('pc-11'));
    await shown(stderr, 'pc-11');
    tell({ type: 'note', text: 'stopping after the \u001b[2Jcurrent command' });
    expect(still(await frame())).toContain('stopping after the current command');
    tell(ended('pc-11', 'unchanged'), stageEnded);
    await view.close();
    expect(still(stderr.screen)).toBe('✔ Join the children  unchanged 1\nstopping after the current command');
  });

  it('holds results back until the list is done', async () => {
    const { stderr, stdout, tell, view } = open();
    tell(join(['pc-11']), started('pc-11'));
    await shown(stderr, 'pc-11');
    view.result('a table');
    expect(stdout.raw).toBe('');
    tell(ended('pc-11', 'changed'), stageEnded);
    await view.close();
    expect(stdout.raw).toBe('a table\n');
  });

  it('ends an open list when the command fails, and says that its machines told no end', async () => {
    const { stderr, tell, view } = open();
    tell(join(['pc-11']), started('pc-11'));
    await shown(stderr, 'pc-11');
    view.fail(new KmonError('interrupted', 'stopped by Ctrl-C'));
    await view.close();
    expect(still(stderr.screen)).toBe('? Join the children  not finished 1\n✖ stopped by Ctrl-C');
    expect(stderr.isCursorShown).toBe(true);
  });

  it('gives the terminal back at once when abandoned', async () => {
    const { stderr, tell, view } = open();
    tell(join(['pc-11']), started('pc-11'));
    await shown(stderr, 'pc-11');
    expect(stderr.isCursorShown).toBe(false);
    view.abandon();
    expect(stderr.isCursorShown).toBe(true);
    const written = stderr.writes.length;
    vi.advanceTimersByTime(1000);
    expect(stderr.writes.length).toBe(written);
    tell(ended('pc-11', 'changed'), stageEnded, { type: 'note', text: 'late' });
    await view.close();
    expect(stderr.writes.length).toBe(written);
  });

  it('leaves the terminal alone when abandoned before the first picture', async () => {
    const { stderr, tell, view } = open();
    tell(join(['pc-11']));
    await Promise.resolve();
    view.abandon();
    await vi.waitFor(() => {
      expect(stderr.raw).toContain('\u001b[?25l');
    });
    expect(stderr.isCursorShown).toBe(true);
    await view.close();
  });

  it('adds no listener for Ctrl-C of its own', async () => {
    const before = process.listeners('SIGINT');
    const { stderr, tell, view } = open();
    tell(join(['pc-11']));
    await shown(stderr, 'pc-11');
    expect(process.listeners('SIGINT')).toEqual(before);
    view.abandon();
  });

  it('uses colours unless NO_COLOR is set', async () => {
    const { stderr, tell, view } = open({}, { NO_COLOR: '' });
    tell(join(['pc-11']), ended('pc-11', 'changed'), stageEnded);
    await view.close();
    expect(stderr.raw).toContain('\u001b[32m✔\u001b[39m');
  });
});
