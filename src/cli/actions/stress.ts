import type { Config } from '../../config/config.js';
import { teamNames } from '../../config/sections/teams.js';
import { planFor } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import { EXIT_CODES } from '../../errors/exit-codes.js';
import { KmonError } from '../../errors/kmon-error.js';
import { loadOf } from '../../loads/chosen-load.js';
import { completeMoments, stressMarks } from '../../observe/stress-marks.js';
import type { Machine } from '../../room/machine.js';
import { stressStages } from '../../stages/index.js';
import { withoutRelay } from '../../stages/relaying.js';
import { stressTable } from '../../ui/stress-table.js';
import { withApp } from '../app.js';
import type { App, RoomOptions } from '../app.js';
import type { Io } from '../io.js';
import { keepRun } from '../keep-run.js';
import { markLoad } from '../mark-load.js';
import { childrenOf } from './join-child.js';
import { loadOutcomes } from '../load-outcomes.js';
import { unknownTeam } from '../unknown-team.js';

interface StressOptions extends RoomOptions {
  readonly model?: string | undefined;
  readonly cpu?: number | undefined;
  readonly team?: string | undefined;
  /** Seconds. */
  readonly for?: number | undefined;
  /** Degrees Celsius. */
  readonly maxTemperature?: number | undefined;
}

/** `kmon stress`: a child whose load was cut off makes the exit code `partial`, as one that was set aside does. */
export function stress(io: Io, options: StressOptions): Promise<number> {
  const { team } = options;
  // The image of the pods may come from the bundle.
  return withApp(io, 'stress', options, work, { installs: team !== undefined, asksPrometheus: true });

  async function work(app: App): Promise<number> {
    const { room } = app.config;
    const asked = { model: options.model, cpuPercent: options.cpu, seconds: options.for };
    const load = await loadOf(asked, io.cwd);
    const which = {
      ...(options.maxTemperature === undefined ? {} : { limit: { celsius: options.maxTemperature } }),
      ...(team === undefined ? {} : { team }),
    };
    const only = childrenOf(room, options.only);
    const children = team === undefined ? only : childrenOfTeam(team, only, app.config);
    const began = new Date();
    const run = stressStages({ load, ...which });
    const plan = planFor('stress', room, run.stages, children);
    const report = await app.run(app.relayed ? plan : withoutRelay(plan));
    if (options.dryRun === true) {
      app.tell({ type: 'note', text: 'behind it the load would be marked in Grafana, where there is one' });
      return exitCodeOf(report);
    }
    const outcomes = loadOutcomes(children, report, run);
    const code = exitCodeOf(report);
    const exitCode = code === 0 && outcomes.some((o) => o.end === 'cut-off') ? EXIT_CODES.partial : code;
    await keepRun(app, { began, load, ...which, exitCode, outcomes });
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
  }
}

/**
 * Those of the team, of these; of a team without a child of its own those that are of no team, and where there is none all, as its quota is made.
 *
 * @throws KmonError `usage`: kmon.yaml knows no such team, or none of these children is its
 */
function childrenOfTeam(team: string, among: readonly Machine[], config: Config): readonly Machine[] {
  const known = teamNames(config);
  if (!known.includes(team)) throw unknownTeam(team, known, 'in kmon.yaml');
  const of = (some: (child: Machine) => boolean): readonly Machine[] => config.room.children.filter(some);
  const [own, free] = [of((c) => c.team === team), of((c) => c.team === undefined)];
  const its = own.length > 0 ? own : free.length > 0 ? free : config.room.children;
  const found = among.filter((child) => its.includes(child));
  if (found.length > 0) return found;
  throw new KmonError('usage', `none of these children is of the team ${team}`, {
    hint: `its children are ${its.map((c) => c.name).join(', ')}`,
  });
}
