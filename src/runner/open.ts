import type { Secret } from '../shell/secret.js';
import type { Transport } from '../transport/transport.js';
import { dryRunner } from './dry.js';
import { liveRunner } from './live.js';
import type { Runner } from './runner.js';
import { probeSudo } from './sudo.js';
import type { Trace } from './traced.js';

export interface OpenRunnerOptions {
  readonly machine: string;
  readonly transport: Transport;
  readonly dryRun: boolean;
  /** Called only when sudo there needs a password. */
  readonly askPassword: () => Promise<Secret | undefined>;
  readonly trace?: Trace;
  readonly signal?: AbortSignal;
  readonly defaultTimeoutMs?: number;
}

/**
 * A machine's runner as root: finds out about sudo, and stops short of every change in a dry run.
 *
 * @throws KmonError of the connection, or `no-sudo`.
 */
export async function openRunner(options: OpenRunnerOptions): Promise<Runner> {
  const { dryRun, askPassword, ...live } = options;
  const { machine, transport, signal } = options;
  const sudo = await probeSudo(transport, {
    machine,
    askPassword,
    ...(signal === undefined ? {} : { signal }),
  });
  const runner = liveRunner({ ...live, sudo });
  return dryRun ? dryRunner(runner, options.trace) : runner;
}
