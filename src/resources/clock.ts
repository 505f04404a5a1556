import { changes, reads } from '../shell/command.js';
import { Fields } from './fields.js';
import type { Resource } from './resource.js';

export type ClockParams = {
  /** What the clock shows minus the time since the machine started, in milliseconds, when the clock is right. */
  readonly startedMs: number;
};

/** The same of the clock as it is. It stays the same while time passes, so that two looks can be compared. */
export type ClockState = { readonly startedMs: number };

/** A clock is set to the second, and read a moment later. */
const TOLERANCE_MS = 2500;

/**
 * The clock of the running system, against the time since the machine started, which no clock setting moves (CLOCK_BOOTTIME, shown in
 * /proc/uptime). What is sent is how far the clock is off: a time that is sent is past when it arrives. The clock of the hardware is the
 * kernel's or the owner's matter. A clock that was wrong is not made wrong again.
 */
export function clock(params: ClockParams): Resource<ClockState> {
  const off = (now: ClockState): number => params.startedMs - now.startedMs;
  return {
    id: 'clock',
    kind: 'clock',
    params,
    read: readClock,
    parse: (result) => ({ startedMs: startedMs(result.stdout) }),
    satisfied: (now) => Math.abs(off(now)) <= TOLERANCE_MS,
    change: (now) => changes`date -s "@$(($(date +%s) + ${Math.round(off(now) / 1000)}))" >/dev/null`,
    describe: (now) => {
      const seconds = Math.round(off(now) / 1000);
      return `set the clock ${Math.abs(seconds)} s ${seconds > 0 ? 'forward' : 'back'}`;
    },
    restore: (found, now) =>
      Math.abs(found.startedMs - now.startedMs) <= TOLERANCE_MS
        ? 'nothing'
        : { leave: 'the clock was wrong before; it is not made wrong again' },
  };
}

/** Prints what `startedMs` reads. */
export const readClock = reads`printf 'clock %s\nuptime %s\n' "$(date +%s)" "$(cut -d ' ' -f 1 /proc/uptime)"`;

/** When the machine started by its own clock, in milliseconds since the epoch; right to about a second. @throws TypeError for another text. */
export function startedMs(stdout: string): number {
  const fields = new Fields({ exitCode: 0, stdout, stderr: '', durationMs: 0 }, ['clock', 'uptime']);
  const [clockS, uptimeS] = [fields.one('clock'), fields.one('uptime')];
  if (!/^\d+$/.test(clockS) || !/^\d+(\.\d+)?$/.test(uptimeS))
    throw new TypeError(`not a time: ${clockS} ${uptimeS}`);
  return Math.round(Number(clockS) * 1000 - Number(uptimeS) * 1000);
}
