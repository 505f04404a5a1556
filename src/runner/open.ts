import type { Command } from '../shell/command.js';
import type { Secret } from '../shell/secret.js';
import type { Transport } from '../transport/transport.js';
import { dryRunner } from './dry.js';
import { errand } from './errand.js';
import { liveRunner } from './live.js';
import type { Reader, Runner } from './runner.js';
import { probeSudo, removeSudoMark } from './sudo.js';
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
  /** What the runner will surely be asked first: it travels with the look for sudo, and the first such query is answered by that. */
  readonly along?: Command<'reads'>;
}

/** A runner, and how to end with it. */
export interface OpenRunner {
  readonly runner: Runner;
  /** The same for what is asked again and again while somebody watches: its commands are told to nobody, or a transcript would be full of them. */
  readonly untold: Reader;
  /** Takes away what becoming root itself left on the machine; call it last. Rejects when the machine is lost. */
  leave(): Promise<void>;
}

/**
 * A machine's runner as root: finds out about sudo, and stops short of every change in a dry run.
 *
 * @throws KmonError of the connection, `no-sudo`, or `not-a-node` for a computer that is no Linux.
 */
export async function openRunner(options: OpenRunnerOptions): Promise<OpenRunner> {
  const { dryRun, askPassword, along, trace, ...live } = options;
  const { machine, transport, signal } = options;
  const query = along === undefined ? undefined : errand(along);
  const sudo = await probeSudo(transport, {
    machine,
    askPassword,
    ...(signal === undefined ? {} : { signal }),
    ...(query === undefined ? {} : { errand: query }),
  });
  const runner = liveRunner({
    ...live,
    sudo,
    ...(trace === undefined ? {} : { trace }),
    ...(query === undefined ? {} : { early: query.take }),
  });
  return {
    runner: dryRun ? dryRunner(runner, trace) : runner,
    untold: liveRunner({ ...live, sudo }),
    leave: () => removeSudoMark(transport, sudo),
  };
}
