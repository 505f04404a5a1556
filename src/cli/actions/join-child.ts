import { planFor } from '../../engine/plan.js';
import type { Plan } from '../../engine/plan.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { Machine } from '../../room/machine.js';
import type { Room } from '../../room/room.js';
import { selectMachines } from '../../room/room.js';
import { JOIN_CHILD } from '../../stages/index.js';
import type { App, RoomOptions } from '../app.js';
import type { Io } from '../io.js';
import { runPlan } from '../run-plan.js';

/** `kmon join-child`: the parent is a target too, for its routes to the newcomers. */
export function joinChildren(io: Io, options: RoomOptions): Promise<number> {
  const plan = ({ config: { room } }: App): Plan => {
    const children = childrenOf(room, options.only);
    return planFor('join-child', room, JOIN_CHILD, [room.parent, ...children], children);
  };
  return runPlan(io, 'join-child', options, plan, {
    names: (room) => childrenOf(room, options.only),
    needsNetwork: 'laid',
  });
}

/** The selected children. @throws KmonError `usage` when the parent is named, or nobody is there. */
export function childrenOf(room: Room, only: readonly string[]): readonly Machine[] {
  const selected = selectMachines(room, only);
  if (only.length > 0 && selected.includes(room.parent)) {
    throw new KmonError('usage', `${room.parent.name} is the parent, not a child`, {
      hint: 'name children with --only',
    });
  }
  const children = selected.filter((m) => m.role === 'child');
  if (children.length === 0) {
    throw new KmonError('usage', 'the room has no children', {
      hint: 'list them under `children` in kmon.yaml',
    });
  }
  return children;
}
