import type { Command, Effect } from './command.js';
import type { PowerShell } from './powershell.js';

/** Scripts by the language that they are written in: what one shell reads is nothing to the other. */
export interface Scripts<E extends Effect = Effect> {
  readonly sh: Command<E>;
  readonly powershell: PowerShell<E>;
}

export type Language = keyof Scripts;

export type Script<L extends Language, E extends Effect = Effect> = Scripts<E>[L];
