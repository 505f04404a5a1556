import type { Config } from '../config/config.js';

/** Under which job a Prometheus of kmon's own has the room's machines: what rules and dashboards are written with. */
export const EXPORTER_JOB = 'node-exporter';

/**
 * The same in a Prometheus of somebody else's. It mostly has a job `node-exporter` already, of the same machines and without their names: under
 * one name both would be counted.
 */
export const JOB_AMONG_OTHERS = 'kmon-node-exporter';

/** Computers that are only observed. */
export const OBSERVED_JOB = 'observed';

/** Under which job this room's Prometheus has its machines. */
export function exporterJob({ monitoring: { profile } }: Pick<Config, 'monitoring'>): string {
  return profile === 'existing' ? JOB_AMONG_OTHERS : EXPORTER_JOB;
}

/** Rules, or a dashboard's JSON, for a Prometheus that has the machines under another job. */
export function underJob(text: string, job: string): string {
  return text.replaceAll(
    /job=(\\?)"node-exporter\1"/g,
    (_, escape: string) => `job=${escape}"${job}${escape}"`,
  );
}
