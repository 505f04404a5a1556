// Other programs, each run to its end.
import { spawn } from 'node:child_process';

export interface RunOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly input?: string;
  /** Ends it, and makes the promise reject. */
  readonly signal?: AbortSignal;
  readonly limitMs?: number;
}

export interface Ran {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly wallMs: number;
}

const LIMIT_MS = 1_200_000;
const TOLD_CHARS = 4000;

/** Rejects when it cannot begin, is killed or takes too long; not when it fails. */
export function runProgram(program: string, args: readonly string[], o: RunOptions = {}): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(program, args, {
      cwd: o.cwd,
      env: o.env,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: o.limitMs ?? LIMIT_MS,
      ...(o.signal === undefined ? {} : { signal: o.signal }),
    });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.once('error', reject);
    child.once('close', (exitCode, signal) => {
      const [stdout, stderr] = [out, err].map((chunks) => Buffer.concat(chunks).toString('utf8'));
      if (exitCode === null)
        reject(
          new Error(
            `${program} ${args.join(' ')} was ended by ${String(signal)}: ${tail(`${stdout ?? ''}${stderr ?? ''}`)}`,
          ),
        );
      else
        resolve({ exitCode, stdout: stdout ?? '', stderr: stderr ?? '', wallMs: performance.now() - began });
    });
    // A program that reads nothing closes its stdin.
    child.stdin.on('error', () => undefined);
    child.stdin.end(o.input ?? '');
  });
}

/** The same for what has to succeed; gives what it printed. */
export async function output(program: string, args: readonly string[], o: RunOptions = {}): Promise<string> {
  return (await succeeded(program, args, o)).stdout;
}

/** @throws Error with the end of what it wrote, when it failed */
export async function succeeded(program: string, args: readonly string[], o: RunOptions = {}): Promise<Ran> {
  const ran = await runProgram(program, args, o);
  if (ran.exitCode === 0) return ran;
  throw new Error(
    `${program} ${args.join(' ')}: exit code ${ran.exitCode}\n${tail(`${ran.stdout}\n${ran.stderr}`)}`,
  );
}

function tail(text: string): string {
  return text.trim().slice(-TOLD_CHARS);
}
