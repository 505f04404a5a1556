import { planFor } from '../../engine/plan.js';
import type { Plan } from '../../engine/plan.js';
import { selectMachines } from '../../room/room.js';
import { withListedAddons } from '../../stages/cluster/catalogue-stages.js';
import { UP } from '../../stages/index.js';
import { addonNamed } from '../about-addons.js';
import type { App, RoomOptions } from '../app.js';
import type { Io } from '../io.js';
import { runPlan } from '../run-plan.js';
import { mustBeSupplied } from '../supplied-addons.js';

/** `kmon up`. With `--only`, the parent is looked after all the same: nothing works without it. */
export function up(io: Io, options: RoomOptions): Promise<number> {
  const plan = ({ config, supply }: App): Plan => {
    mustBeSupplied(config.addons.map(addonNamed), supply);
    const { room } = config;
    const selected = selectMachines(room, options.only);
    const targets = [room.parent, ...selected.filter((m) => m.role === 'child')];
    return withListedAddons(planFor('up', room, UP, targets), config);
  };
  return runPlan(io, 'up', options, plan, {
    monitors: true,
    names: (room) => selectMachines(room, options.only),
    needsNetwork: 'tried',
  });
}
