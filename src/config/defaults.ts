import { ADDONS } from './sections/addons.js';
import { KUBERNETES } from './sections/kubernetes.js';
import { CHILDREN } from './sections/machines.js';
import { MONITORING } from './sections/monitoring.js';
import { TEAMS } from './sections/teams.js';

/** What kmon takes where kmon.yaml says nothing, section by section. */
export const DEFAULTS = {
  children: CHILDREN,
  kubernetes: KUBERNETES,
  monitoring: MONITORING,
  addons: ADDONS,
  teams: TEAMS,
} as const;
