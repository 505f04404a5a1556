import { spawn } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { stepReader } from './point.js';
import type { Changing, Line, Moment, Point, When } from './point.js';

/** How a run of kmon went that may have been struck. */
export interface Struck {
  /** What it was struck at; none: it came to its end before that. */
  readonly point?: Point | Moment;
  /** It was over before its middle came: kmon was struck at its end. */
  readonly late?: true;
  /** Null when it was killed. */
  readonly exitCode: number | null;
  readonly lines: readonly Line[];
  readonly ms: number;
  /** It did not end in time and was killed for it. */
  readonly hung?: true;
  /** From the blow to its end. */
  readonly msToEnd: number;
}

export interface StrikeOptions {
  /** bin/kmon.js. */
  readonly kmon: string;
  readonly folder: string;
  readonly args: readonly string[];
  readonly command: Changing;
  /** The first of them that comes is struck; the others are for another run. */
  readonly points: readonly Point[];
  readonly moment?: Moment;
  readonly limitMs: number;
  /** Ends the run, and rejects. */
  readonly signal: AbortSignal;
  /** Resolves when the test succeeds on the machine; rejects when that is given up. */
  readonly holds: (machine: string, test: string, signal: AbortSignal) => Promise<void>;
  /** Pulls the network cable of a machine; resolves to what puts it back. */
  readonly pullCable: (machine: string) => Promise<() => Promise<void>>;
}

/** The second Ctrl-C of somebody who is impatient. */
const SECOND_CTRL_C_MS = 400;

/** Runs kmon and strikes it at the first of the points that it comes to. Signals go to its process alone. */
export async function strike(o: StrikeOptions): Promise<Struck> {
  const began = performance.now();
  const child = spawn(process.execPath, [o.kmon, ...o.args, '--json'], {
    cwd: o.folder,
    env: { PATH: process.env['PATH'], LANG: 'C.UTF-8', HOME: o.folder },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const lines: Line[] = [];
  const read = stepReader(o.command);
  let hit: { readonly point: Point | Moment; readonly late?: true; readonly at: number } | undefined;
  const state = { hung: false };
  let cable: Promise<() => Promise<void>> | undefined;
  /** Points whose step has begun. */
  const begun = new Set<Point>();
  const over = new AbortController();

  const blow = (point: Point | Moment, machine: string, late?: true): void => {
    if (hit !== undefined) return;
    hit = { point, at: performance.now(), ...(late === undefined ? {} : { late }) };
    const how = 'blow' in point ? point.blow : 'kill';
    if (how === 'kill') child.kill('SIGKILL');
    else if (how === 'cable') cable = o.pullCable(machine);
    else child.kill('SIGINT');
    if (how === 'ctrl-c twice') void delay(SECOND_CTRL_C_MS).then(() => child.kill('SIGINT'));
  };
  const middleOf = (when: Exclude<When, string>, machine: string): Promise<void> => {
    const { signal } = over;
    return 'until' in when
      ? o.holds(machine, when.until, signal)
      : delay(when.afterMs, undefined, { signal });
  };
  const see = (line: Line): void => {
    lines.push(line);
    const seen = read(line);
    if (seen === undefined || hit !== undefined) return;
    for (const point of o.points) {
      if (!point.matches(seen.step)) continue;
      const strikes = (late?: true): void => {
        blow(point, seen.step.machine, late);
      };
      const { when } = point;
      if (seen.is === 'end') {
        if (when === 'ends') strikes();
        else if (begun.has(point)) strikes(true);
        continue;
      }
      begun.add(point);
      if (when === 'begins') strikes();
      else if (when !== 'ends')
        middleOf(when, seen.step.machine).then(
          () => {
            strikes();
          },
          () => undefined,
        );
    }
  };

  const { moment } = o;
  const atMoment = setTimeout(() => {
    if (moment !== undefined) blow(moment, '');
  }, moment?.atMs ?? o.limitMs);
  const limit = setTimeout(() => {
    state.hung = true;
    child.kill('SIGKILL');
  }, o.limitMs);
  let rest = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) if (part !== '') see(JSON.parse(part) as Line);
  });
  const stop = (): void => {
    child.kill('SIGKILL');
  };
  o.signal.addEventListener('abort', stop);
  const exitCode = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  clearTimeout(atMoment);
  clearTimeout(limit);
  over.abort();
  o.signal.removeEventListener('abort', stop);
  const putBack = await cable;
  await putBack?.();
  o.signal.throwIfAborted();
  const ended = performance.now();
  return {
    ...(hit === undefined ? {} : { point: hit.point, ...(hit.late === undefined ? {} : { late: hit.late }) }),
    exitCode,
    lines,
    ms: Math.round(ended - began),
    ...(state.hung ? { hung: true as const } : {}),
    msToEnd: hit === undefined ? 0 : Math.round(ended - hit.at),
  };
}
