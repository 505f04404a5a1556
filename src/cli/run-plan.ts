import type { Plan } from '../engine/plan.js';
import { exitCodeOf } from '../engine/report.js';
import { withApp } from './app.js';
import type { App, AppOptions } from './app.js';
import type { Io } from './io.js';

/** The usual command: one plan, carried out. */
export async function runPlan(
  io: Io,
  command: string,
  options: AppOptions,
  plan: (app: App) => Plan,
): Promise<number> {
  const work = async (app: App): Promise<number> => exitCodeOf(await app.run(plan(app)));
  return withApp(io, command, options, work, { installs: true });
}
