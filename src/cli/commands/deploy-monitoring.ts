import { planFor } from '../../engine/plan.js';
import { deployMonitoringStages } from '../../stages/index.js';
import { runPlan } from '../app.js';
import type { CommonOptions } from '../flags.js';
import type { Io } from '../io.js';

/** `kmon deploy-monitoring` */
export function deployMonitoring(io: Io, options: CommonOptions): Promise<number> {
  return runPlan(io, 'deploy-monitoring', options, ({ config }) =>
    planFor('deploy-monitoring', config.room, deployMonitoringStages(config), [config.room.parent]),
  );
}
