import { planFor } from '../../engine/plan.js';
import { selectMachines } from '../../machines/room.js';
import { CHECK } from '../../stages/index.js';
import { runPlan } from '../app.js';
import type { CommonOptions } from '../flags.js';
import type { Io } from '../io.js';

/** `kmon check` */
export function check(io: Io, options: CommonOptions): Promise<number> {
  return runPlan(io, 'check', options, ({ config }) => {
    return planFor('check', config.room, CHECK, selectMachines(config.room, options.only ?? []));
  });
}
