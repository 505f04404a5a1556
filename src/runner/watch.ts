import { setTimeout as sleep } from 'node:timers/promises';

/** Sooner nobody wonders. */
const EVERY_MS = 10_000;

/** What is silent for so long is told of all the same. */
const SILENT_MS = 30_000;

/** How far a download is, as a `watch` prints it; see `Command`. */
export interface Fetching {
  readonly what: string;
  readonly bytes: number;
  /** Absent where nobody knows. */
  readonly of?: number;
}

/** Reads the line "BYTES TOTAL WHAT", TOTAL "-" where it is not known; `undefined`: nothing is fetched now. */
export function parseFetching(stdout: string): Fetching | undefined {
  const [, bytes = '', total = '', what] = /^(\d+) (\d+|-) (.+)$/m.exec(stdout) ?? [];
  if (what === undefined) return undefined;
  const of = total === '-' ? 0 : Number(total);
  return { what, bytes: Number(bytes), ...(of > 0 ? { of } : {}) };
}

/** "kubelet_1.36.3: 3.1 of 14.0 MB, nothing has come for 20 s" */
export function fetchingInWords({ what, bytes, of }: Fetching, silentMs: number): string {
  const far =
    of === undefined ? `${megabytes(bytes)} MB so far` : `${megabytes(bytes)} of ${megabytes(of)} MB`;
  return `${what}: ${far}${silentMs < EVERY_MS ? '' : `, nothing has come for ${seconds(silentMs)} s`}`;
}

/**
 * Waits for work, and tells from time to time how it gets on. A look that fails is no matter; none is left to wait for when the work has ended.
 *
 * @param look what a `watch` prints.
 */
export async function watched<T>(
  work: Promise<T>,
  look: () => Promise<string>,
  tell: (text: string) => void,
  wait: (ms: number, signal: AbortSignal) => Promise<void> = pause,
): Promise<T> {
  const ended = new AbortController();
  const watching = watchUntil(ended.signal, look, tell, wait);
  try {
    return await work;
  } finally {
    ended.abort();
    void watching.catch(() => undefined);
  }
}

async function watchUntil(
  ended: AbortSignal,
  look: () => Promise<string>,
  tell: (text: string) => void,
  wait: (ms: number, signal: AbortSignal) => Promise<void>,
): Promise<void> {
  let last: Fetching | undefined;
  let passedMs = 0;
  let silentMs = 0;
  for (;;) {
    await wait(EVERY_MS, ended);
    const now = parseFetching(await look().catch(() => ''));
    if (ended.aborted) return;
    passedMs += EVERY_MS;
    const same = now !== undefined && now.what === last?.what && now.bytes === last.bytes;
    silentMs = same || (now === undefined && last === undefined) ? silentMs + EVERY_MS : 0;
    last = now;
    if (now !== undefined) tell(fetchingInWords(now, silentMs));
    else if (silentMs >= SILENT_MS) tell(`under way for ${seconds(passedMs)} s`);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return sleep(ms, undefined, { signal, ref: false });
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}

function seconds(ms: number): number {
  return Math.round(ms / 1000);
}
