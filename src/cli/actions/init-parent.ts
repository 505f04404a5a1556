import { planFor } from '../../engine/plan.js';
import type { Plan } from '../../engine/plan.js';
import { KmonError } from '../../errors/kmon-error.js';
import { selectMachines } from '../../room/room.js';
import { INIT_PARENT } from '../../stages/index.js';
import type { App, RoomOptions } from '../app.js';
import type { Io } from '../io.js';
import { runPlan } from '../run-plan.js';

/** `kmon init-parent` */
export function initParent(io: Io, options: RoomOptions): Promise<number> {
  const plan = ({ config: { room } }: App): Plan => {
    const only = selectMachines(room, options.only);
    if (!only.includes(room.parent)) {
      throw new KmonError('usage', `init-parent works on the parent, ${room.parent.name}, alone`, {
        hint: 'leave --only out; children are joined by `kmon join-child`',
      });
    }
    return planFor('init-parent', room, INIT_PARENT, [room.parent]);
  };
  return runPlan(io, 'init-parent', options, plan, { needsNetwork: 'tried' });
}
