import { ADDONS } from '../../addons/index.js';
import type { Stage } from '../../engine/stage.js';
import { pending, satisfied } from '../../engine/stage.js';
import { removing } from './addon-parts.js';
import { leftInWords, lookAtLeft, NOTHING_LEFT, removingLeft, together } from './left-on-cluster.js';
import type { LeftSeen } from './left-on-cluster.js';
import { lookAtWatched, unmarking } from './unwatch-app.js';
import type { Watched } from './unwatch-app.js';

interface MonitoringSeen {
  /** Somebody's Services that kmon has marked, and its monitors of them. */
  readonly watched: Watched;
  readonly left: LeftSeen;
}

/** Takes the monitoring of a cluster away that lives on, as it was recorded there. */
export const removeMonitoring: Stage<MonitoringSeen> = {
  id: 'remove-monitoring',
  title: 'Take the monitoring away',
  after: [],
  on: 'cluster',
  settleMs: 30_000,
  look: async (c) => {
    const watched = await lookAtWatched(c);
    let left = NOTHING_LEFT;
    for (const addon of ADDONS.filter(({ group }) => group === 'monitoring')) {
      const leaves = addon.leaves?.(c.config);
      if (leaves !== undefined) left = together(left, await lookAtLeft(leaves, c));
    }
    return { watched, left };
  },
  judge: ({ watched, left }) => {
    const marks = watched.services.length + watched.monitors.length;
    const lines = [...(marks === 0 ? [] : [`${marks} marks of watched applications`]), ...leftInWords(left)];
    return lines.length === 0 ? satisfied('there is none of kmon') : pending(lines.join(', '));
  },
  steps: ({ watched, left }, c) => [
    ...watched.services.map((service) => unmarking(service, c.cluster)),
    ...watched.monitors.map((monitor) => removing(monitor, c.cluster)),
    ...removingLeft(left, c),
  ],
};
