import { exitCodeOfError } from '../errors/exit-code-of-error.js';
import { chooseView } from '../ui/view.js';
import type { View } from '../ui/view.js';
import type { CommonOptions } from './flags.js';
import type { Io } from './io.js';

/**
 * For commands that are not about a room that exists already: a view, the work, the exit code. What `work` throws is shown here and
 * nowhere else. Plain lines unless something else is asked for: there is no run of stages to be shown live.
 */
export async function withView(
  io: Io,
  options: CommonOptions,
  work: (view: View) => Promise<number>,
): Promise<number> {
  const { json = false, plain = true } = options;
  const view = await chooseView({
    json,
    plain,
    stdout: io.stdout,
    stderr: io.stderr,
    env: io.env,
    version: io.version,
  });
  io.onLeave(() => {
    view.abandon();
  });
  let exitCode = 0;
  try {
    exitCode = await work(view);
  } catch (error) {
    view.fail(error);
    exitCode = exitCodeOfError(error);
  }
  await view.close(exitCode);
  return exitCode;
}
