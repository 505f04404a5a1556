// Kubernetes' own tests, run from this computer on a cluster.
import { spawn } from 'node:child_process';
import { createWriteStream, existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readReport } from './report.js';
import type { RunReport } from './report.js';
import { ginkgoArgs } from './selection.js';
import type { Selection } from './selection.js';

export interface TestRun {
  /** What `scripts/bundle/build --tests` prints last. */
  readonly tests: string;
  readonly kubeconfig: string;
  /** For the report, the log and what the tests write; made when it is missing. */
  readonly folder: string;
  readonly selection: Selection;
  /** How many tests run at a time. */
  readonly processes: number;
  readonly limitMs: number;
  /** Ends it, and makes the promise reject. */
  readonly signal?: AbortSignal;
  /** How many tests have ended, each time that one does. */
  readonly onProgress?: (ended: number) => void;
}

const ENDED = '•';
const TOLD_CHARS = 2000;

/** @throws Error when the tests could not be begun or did not come to their end; not when some fail */
export async function runTests(o: TestRun): Promise<RunReport> {
  const temporary = join(o.folder, 'tmp');
  mkdirSync(temporary, { recursive: true });
  const log = join(o.folder, 'e2e.log');
  const report = 'report.json';
  await run(o, log, temporary, [
    `--procs=${o.processes}`,
    '--no-color',
    '--succinct',
    `--timeout=${Math.ceil(o.limitMs / 1000)}s`,
    `--output-dir=${o.folder}`,
    `--json-report=${report}`,
    ...ginkgoArgs(o.selection),
    join(o.tests, 'e2e.test'),
    '--',
    `--kubeconfig=${o.kubeconfig}`,
    `--kubectl-path=${join(o.tests, 'kubectl')}`,
    '--provider=skeleton',
    '--disable-log-dump',
    `--e2e-output-dir=${temporary}`,
  ]);
  const file = join(o.folder, report);
  if (!existsSync(file)) throw new Error(`the tests left no report:\n${tail(log)}`);
  return readReport(file, o.selection);
}

/** In a process group of its own: the runner does not end what it has started when it is ended itself. */
function run(o: TestRun, log: string, temporary: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    o.signal?.throwIfAborted();
    const child = spawn(join(o.tests, 'ginkgo'), args, {
      cwd: o.folder,
      // Nothing of the owner's settings is seen, and nothing is left in the folders of the owner.
      env: { PATH: process.env['PATH'], HOME: temporary, TMPDIR: temporary, LC_ALL: 'C.UTF-8' },
      stdio: ['ignore', 'pipe', 'pipe'],
      detached: true,
    });
    const end = (): void => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    };
    const file = createWriteStream(log);
    let ended = 0;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      file.write(text);
      const more = text.split(ENDED).length - 1;
      if (more === 0) return;
      ended += more;
      o.onProgress?.(ended);
    });
    child.stderr.on('data', (chunk: Buffer) => file.write(chunk));
    o.signal?.addEventListener('abort', end, { once: true });
    child.once('error', reject);
    child.once('close', () => {
      o.signal?.removeEventListener('abort', end);
      end();
      file.end(() => {
        if (o.signal?.aborted === true) reject(asError(o.signal.reason));
        else resolve();
      });
    });
  });
}

function asError(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

function tail(file: string): string {
  return readFileSync(file, 'utf8').trim().slice(-TOLD_CHARS);
}
