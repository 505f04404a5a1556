import { CLUSTER } from './cluster.js';
import type { Dashboard } from './frame.js';
import { MACHINE } from './machine.js';
import { ROOM } from './room.js';
import { STRESS } from './stress.js';
import { TEAM } from './team.js';

/** Every dashboard of kmon, in the order of `SHIPPED`. */
export const DASHBOARDS: readonly Dashboard[] = [ROOM, MACHINE, TEAM, STRESS, CLUSTER];
