import { configForContext } from '../../config/without-room.js';
import { planFor, planForCluster } from '../../engine/plan.js';
import type { Plan } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import { selectMachines } from '../../room/room.js';
import { DEPLOY_MONITORING, MONITOR_CLUSTER } from '../../stages/index.js';
import { withApp } from '../app.js';
import type { App, RoomOptions } from '../app.js';
import type { Io } from '../io.js';
import { runPlan } from '../run-plan.js';

interface MonitoringOptions extends RoomOptions {
  readonly context: string | undefined;
}

/** `kmon deploy-monitoring`. With `--only`, these machines' series are what it waits for; the chart is the room's in any case. */
export function deployMonitoring(io: Io, options: MonitoringOptions): Promise<number> {
  if (options.context !== undefined) return onContext(io, options, options.context);
  const plan = ({ config: { room } }: App): Plan => {
    const about = selectMachines(room, options.only);
    return planFor('deploy-monitoring', room, DEPLOY_MONITORING, [room.parent], about);
  };
  return runPlan(io, 'deploy-monitoring', options, plan, { monitors: true });
}

/** The same on a cluster that is there already, whoever made it. */
function onContext(io: Io, options: MonitoringOptions, context: string): Promise<number> {
  const work = async (app: App): Promise<number> => {
    const plan = planForCluster('deploy-monitoring', MONITOR_CLUSTER, app.config.room.parent);
    return exitCodeOf(await app.run(plan));
  };
  return withApp(io, 'deploy-monitoring', options, work, {
    load: () => configForContext(context, options.config, io.cwd),
    context,
    monitors: true,
  });
}
