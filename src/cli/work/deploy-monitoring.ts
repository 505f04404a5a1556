import { planFor } from '../../engine/plan.js';
import { selectMachines } from '../../room/room.js';
import { DEPLOY_MONITORING } from '../../stages/index.js';
import type { RoomOptions } from '../app.js';
import type { Io } from '../io.js';
import { runPlan } from '../run-plan.js';

/** `kmon deploy-monitoring`. With `--only`, these machines' series are what it waits for; the chart is the room's in any case. */
export function deployMonitoring(io: Io, options: RoomOptions): Promise<number> {
  return runPlan(io, 'deploy-monitoring', options, ({ config }) => {
    const about = selectMachines(config.room, options.only);
    return planFor('deploy-monitoring', config.room, DEPLOY_MONITORING, [config.room.parent], about);
  });
}
