import type { Command } from '../shell/command.js';
import type { ExecResult } from '../transport/transport.js';

export type { ExecResult };

/**
 * Runs commands on one machine, as root, by its `sh`, in the C locale. This is the only way from a stage to a machine.
 *
 * A command that ends with an exit code outside its `ok` list rejects with KmonError `command`, which holds the line of stderr that
 * matters. What a login shell prints around the command (banner, .bashrc) is not part of the result.
 */
export interface Runner {
  readonly machine: string;
  readonly dryRun: boolean;
  /** Looks. Runs in a dry run too. */
  query(command: Command<'reads'>): Promise<ExecResult>;
  /** Tries something out that ends by itself; see `Trial` of the engine. Never sent twice. */
  attempt(command: Command<'tries'>): Promise<ExecResult>;
  /**
   * Changes the machine. In a dry run it is recorded and not run, hence it returns nothing.
   *
   * @param stage For whose sake: told with the trace, since several stages may be at work on a machine.
   */
  mutate(intent: string, command: Command<'changes'>, stage?: string): Promise<void>;
}

/** The looking half of a runner: whoever holds only this can change nothing. */
export type Reader = Pick<Runner, 'machine' | 'query'>;
