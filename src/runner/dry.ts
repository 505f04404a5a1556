import type { Runner } from './runner.js';
import type { Trace } from './traced.js';

/** A change that a dry run did not make. */
export interface SkippedChange {
  readonly intent: string;
  readonly script: string;
}

export interface DryRunner extends Runner {
  readonly dryRun: true;
  /** Every change that was asked for, in order. */
  readonly skipped: readonly SkippedChange[];
}

/** Looks through `inner`, and never changes anything: `mutate` is recorded and told, and not passed on. */
export function dryRunner(inner: Pick<Runner, 'machine' | 'query' | 'attempt'>, trace?: Trace): DryRunner {
  const skipped: SkippedChange[] = [];
  const { machine } = inner;
  return {
    machine,
    dryRun: true,
    skipped,
    query: (command) => inner.query(command),
    attempt: (command) => inner.attempt(command),
    async mutate(intent, command, stage) {
      skipped.push({ intent, script: command.script });
      trace?.({
        type: 'command',
        machine,
        verb: 'mutate',
        intent,
        ...(stage === undefined ? {} : { stage }),
        shown: command.script,
        durationMs: 0,
        skipped: true,
      });
    },
  };
}
