/**
 * What a runner tells about each command it was given, when it has ended: enough for a transcript, and never what goes to stdin. It is
 * the engine's event `command`, declared here since a runner knows nothing of the engine.
 */
export interface CommandTrace {
  readonly type: 'command';
  readonly machine: string;
  readonly verb: 'query' | 'try' | 'mutate';
  /** Of a change: what it is for. */
  readonly intent?: string;
  /** Of a change: the stage that makes it; absent for the room's lock. */
  readonly stage?: string;
  /** The script as the machine's `sh` reads it. */
  readonly shown: string;
  /** Absent when there was none: the connection broke, the time was over, a dry run. */
  readonly exitCode?: number;
  readonly durationMs: number;
  /** A dry run did not run it. */
  readonly skipped?: true;
  /** Of a command that failed: what it wrote there, secrets masked. */
  readonly stderr?: string;
}

/**
 * A change that is sent to the machine now. Its end is a `CommandTrace` with the same intent, or never comes: who sees only this one knows
 * what a machine hangs on, or what kmon was doing when it died.
 */
export interface ChangeBegins {
  readonly type: 'command-started';
  readonly machine: string;
  readonly verb: 'mutate';
  readonly intent: string;
  readonly stage?: string;
}

/** How a change gets on that takes long, in words: the engine's event `progress`. */
export interface ChangeGoesOn {
  readonly type: 'progress';
  readonly machine: string;
  readonly stage: string;
  readonly text: string;
}

export type Trace = (trace: ChangeBegins | ChangeGoesOn | CommandTrace) => void;
