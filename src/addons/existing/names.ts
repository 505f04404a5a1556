import type { ReleaseName } from '../../tools/helm.js';

/** The release of what kmon brings to somebody's Prometheus, in the namespace of the monitoring. */
export const RELEASE = 'kmon-existing';

/** The monitor that has the machines asked, and the rules. */
export const MONITOR = 'kmon-machines';
export const RULES = 'kmon';

export function existingRelease(namespace: string): ReleaseName {
  return { release: RELEASE, namespace };
}
