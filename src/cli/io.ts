/** The outside of a command, handed in so that tests can give another. */
export interface Io {
  readonly stdin: NodeJS.ReadStream;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Version of kmon. */
  readonly version: string;
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal;
  /** What the second Ctrl-C does before the process ends. */
  onLeave(now: () => void): void;
}
