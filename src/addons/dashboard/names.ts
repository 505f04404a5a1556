import { join } from 'node:path';
import type { Config } from '../../config/config.js';

/** Where Headlamp is. */
export const DASHBOARD = { namespace: 'kmon-dashboard', name: 'kmon-dashboard', port: 'http' } as const;

/** The account whose token the teacher signs in with, in the namespace of the add-on: see templates/addons/dashboard/dashboard.yaml. */
export const TEACHER = { namespace: DASHBOARD.namespace, name: 'teacher' } as const;

/** How long a token of the teacher's is good: a day at school. */
export const TEACHER_HOURS = 8;

/** Where the teacher finds it. */
export function teacherTokenFile({ stateDir }: Pick<Config, 'stateDir'>): string {
  return join(stateDir, 'dashboard-token');
}
