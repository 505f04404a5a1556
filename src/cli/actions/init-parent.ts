import { planFor } from '../../engine/plan.js';
import type { Plan } from '../../engine/plan.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { Room } from '../../room/room.js';
import { selectMachines } from '../../room/room.js';
import { INIT_PARENT } from '../../stages/index.js';
import type { App, RoomOptions } from '../app.js';
import type { Io } from '../io.js';
import { runPlan } from '../run-plan.js';

/** `kmon init-parent` */
export function initParent(io: Io, options: RoomOptions): Promise<number> {
  const names = (room: Room): void => {
    const only = selectMachines(room, options.only);
    if (!only.includes(room.parent)) {
      throw new KmonError('usage', `init-parent works on the parent, ${room.parent.name}, alone`, {
        hint: 'leave --only out; children are joined by `kmon join-child`',
      });
    }
  };
  const plan = ({ config: { room } }: App): Plan => planFor('init-parent', room, INIT_PARENT, [room.parent]);
  return runPlan(io, 'init-parent', options, plan, { names, needsNetwork: 'tried' });
}
