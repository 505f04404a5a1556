import { lookAtOther } from '../../computers/look.js';
import type { ComputerStage } from '../../engine/stage.js';
import { satisfied } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { ObservedSeen } from '../../findings/sight/sight.js';
import type { KnownRoom } from '../../room/room.js';

/** Nothing of it: its SSH is closed, or it runs a Linux. */
export type ComputerSeen = Pick<ObservedSeen, 'system' | 'look'>;

/**
 * Looks at the computers that are only observed. One that cannot be reached, or that runs a Linux, tells nothing: that is no finding, and no
 * failure.
 */
export const lookAtComputers: ComputerStage<ComputerSeen, KnownRoom> = {
  id: 'look-there',
  title: 'Look at the observed computers',
  after: [],
  on: 'observed',
  settleMs: 0,
  look: async (c) => {
    try {
      const other = await c.reach();
      if (other === undefined) return {};
      return { system: other.system, look: await lookAtOther(other, c.machine) };
    } catch (error) {
      if (error instanceof KmonError && error.code !== 'interrupted') return {};
      throw error;
    }
  },
  judge: ({ system }) => satisfied(system === undefined ? 'not looked into' : `it runs ${system.name}`),
};
