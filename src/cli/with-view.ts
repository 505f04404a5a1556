import { exitCodeOfError } from '../errors/exit-code-of-error.js';
import { chooseView } from '../ui/choose-view.js';
import type { View } from '../ui/view.js';
import type { Io } from './io.js';

/** What a person may ask of the view. */
export interface ShowOptions {
  readonly json: boolean;
  readonly plain: boolean;
}

/**
 * For commands that are not about a room that exists already: a view, the work, the exit code. What `work` throws is shown here and
 * nowhere else. Plain lines unless JSON is asked for: there is no run of stages to be shown live.
 */
export async function withView(
  io: Io,
  { json }: Pick<ShowOptions, 'json'>,
  work: (view: View) => Promise<number>,
): Promise<number> {
  const view = await openView(io, { json, plain: true });
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

/** The view that the flags ask for. It gives the terminal back when the person leaves at once; otherwise whoever opened it closes it. */
export async function openView(io: Io, { json, plain }: ShowOptions): Promise<View> {
  const { stdout, stderr, env, version } = io;
  const view = await chooseView({ json, plain, stdout, stderr, env, version });
  io.onLeave(() => {
    view.abandon();
  });
  return view;
}
