import type { Runner } from './runner.js';

/** The same machine, with its changes told as those of one stage. */
export function forStage(run: Runner, stage: string): Runner {
  return {
    machine: run.machine,
    dryRun: run.dryRun,
    query: (command) => run.query(command),
    attempt: (command) => run.attempt(command),
    mutate: (intent, command) => run.mutate(intent, command, stage),
  };
}
