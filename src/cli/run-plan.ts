import type { Plan } from '../engine/plan.js';
import { exitCodeOf } from '../engine/report.js';
import { withoutRelay } from '../stages/relaying.js';
import { withApp } from './app.js';
import type { App, AppOptions, Setup } from './app.js';
import type { Io } from './io.js';

/** The usual command: one plan, carried out. */
export async function runPlan(
  io: Io,
  command: string,
  options: AppOptions,
  plan: (app: App) => Plan,
  setup: Pick<Setup, 'monitors' | 'names' | 'needsNetwork'> = {},
): Promise<number> {
  const work = async (app: App): Promise<number> => {
    const made = plan(app);
    return exitCodeOf(await app.run(app.relayed ? made : withoutRelay(made)));
  };
  // What is brought onto the machines is for the monitoring too.
  return withApp(io, command, options, work, {
    needsNetwork: 'seen',
    ...setup,
    installs: true,
    asksProfile: () => true,
  });
}
