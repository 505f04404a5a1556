import type { OtherRunner } from './open-other.js';
import type { PowerShellRunner } from './powershell-runner.js';
import type { Runner } from './runner.js';
import type { CommandTrace, Trace } from './traced.js';

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
      trace?.(skip(machine, intent, command.script, stage));
    },
  };
}

/** The same on a computer that is no Linux. */
export function dryOther(other: OtherRunner, trace?: Trace): OtherRunner {
  if (other.family === 'macos') return { ...other, run: dryRunner(other.run, trace) };
  const live = other.run;
  const { machine } = live;
  const run: PowerShellRunner = {
    machine,
    query: (script) => live.query(script),
    mutate: async (intent, { text }, stage) => {
      trace?.(skip(machine, intent, text, stage));
      return '';
    },
  };
  return { ...other, run };
}

function skip(machine: string, intent: string, shown: string, stage: string | undefined): CommandTrace {
  return {
    type: 'command',
    machine,
    verb: 'mutate',
    intent,
    ...(stage === undefined ? {} : { stage }),
    shown,
    durationMs: 0,
    skipped: true,
  };
}
