import { planFor } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import { EXIT_CODES } from '../../errors/exit-codes.js';
import { loadOf } from '../../loads/chosen-load.js';
import { completeMoments, stressMarks } from '../../observe/stress-marks.js';
import { stressStages } from '../../stages/index.js';
import { stressTable } from '../../ui/stress-table.js';
import { withApp } from '../app.js';
import type { RoomOptions } from '../app.js';
import type { Io } from '../io.js';
import { keepRun } from '../keep-run.js';
import { markLoad } from '../mark-load.js';
import { childrenOf } from './join-child.js';
import { loadOutcomes } from '../load-outcomes.js';

interface StressOptions extends RoomOptions {
  readonly model?: string | undefined;
  readonly cpu?: number | undefined;
  /** Seconds. */
  readonly for?: number | undefined;
  /** Degrees Celsius. */
  readonly maxTemperature?: number | undefined;
}

/** `kmon stress`: a child whose load was cut off makes the exit code `partial`, as one that was set aside does. */
export function stress(io: Io, options: StressOptions): Promise<number> {
  return withApp(io, 'stress', options, async (app) => {
    const { room } = app.config;
    const asked = { model: options.model, cpuPercent: options.cpu, seconds: options.for };
    const load = await loadOf(asked, io.cwd);
    const limit = options.maxTemperature === undefined ? {} : { limit: { celsius: options.maxTemperature } };
    const children = childrenOf(room, options.only);
    const began = new Date();
    const run = stressStages({ load, ...limit });
    const report = await app.run(planFor('stress', room, run.stages, children));
    if (options.dryRun === true) {
      app.tell({ type: 'note', text: 'behind it the load would be marked in Grafana, where there is one' });
      return exitCodeOf(report);
    }
    const outcomes = loadOutcomes(children, report, run);
    const code = exitCodeOf(report);
    const exitCode = code === 0 && outcomes.some((o) => o.end === 'cut-off') ? EXIT_CODES.partial : code;
    await keepRun(app, { began, load, ...limit, exitCode, outcomes });
    if (report.failure?.code === 'interrupted') return exitCode;
    const loaded = outcomes.flatMap(({ machine, moments }) => {
      const complete = completeMoments(moments);
      return complete === undefined ? [] : [{ machine, moments: complete }];
    });
    await markLoad(app, stressMarks(loaded, load.text));
    const rows = outcomes.flatMap(({ watched, why }) =>
      (watched?.rows ?? []).map((r) => ({ ...r, end: why })),
    );
    if (rows.length > 0 || report.failure === undefined) app.view.result(stressTable(rows), rows);
    return exitCode;
  });
}
