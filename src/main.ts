import { ownVersion } from './here/own-folder.js';
import { TESTED_WITH } from './here/tested-with.js';

/**
 * argv to exit code: the only place that ends the process or listens to signals.
 *
 * The first Ctrl-C lets the running command end, undoes what is temporary and reports; the second leaves at once.
 */
export async function main(argv: readonly string[]): Promise<void> {
  outlivesItsReader(process.stdout);
  outlivesItsReader(process.stderr);
  // Before anything is loaded: asking for the version must not cost a command line parser.
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-V')) {
    process.stdout.write(`${ownVersion()}\n${TESTED_WITH}\n`);
    return;
  }
  const { runProgram } = await import('./cli/program.js');
  const interrupt = new AbortController();
  const leave: { now: () => void } = { now: () => undefined };
  const onSignal = (): void => {
    if (interrupt.signal.aborted) {
      leave.now();
      process.exit(130);
    }
    interrupt.abort(new Error('interrupted'));
  };
  process.on('SIGINT', onSignal);
  process.on('SIGTERM', onSignal);
  // Ctrl-Break, on Windows; elsewhere nothing ever sends it.
  process.on('SIGBREAK', onSignal);
  try {
    process.exitCode = await runProgram(argv, {
      stdin: process.stdin,
      stdout: process.stdout,
      stderr: process.stderr,
      env: process.env,
      cwd: process.cwd(),
      version: ownVersion(),
      signal: interrupt.signal,
      onLeave: (now) => (leave.now = now),
    });
  } finally {
    process.off('SIGINT', onSignal);
    process.off('SIGTERM', onSignal);
    process.off('SIGBREAK', onSignal);
  }
}

/** `kmon up | head -3` closes the pipe in the middle of a run. The run matters more than its reader: it goes on unseen. */
function outlivesItsReader(stream: NodeJS.WriteStream): void {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // EOF: what Windows says for EPIPE.
    if (error.code !== 'EPIPE' && error.code !== 'EOF') throw error;
  });
}
