import type { MonitoringConfig } from '../../config/config.js';
import { JOB_AMONG_OTHERS, underJob } from '../../observe/exporter-job.js';
import { ruleGroups } from '../stack/rules.js';
import type { TemplateValue } from '../../render/render.js';

type Monitoring = Pick<MonitoringConfig, 'scrapeIntervalSeconds' | 'profileIsOpen'>;

/**
 * Whether its rules alert. Somebody else's Prometheus sends what fires wherever its owner wants it, to a pager perhaps: that is for a person to want,
 * who names the profile.
 */
export function hasAlerts({ profileIsOpen }: Pick<Monitoring, 'profileIsOpen'>): boolean {
  return profileIsOpen !== true;
}

/** The groups of rules of all profiles, for machines under the job that they have among others. */
export async function existingGroups(monitoring: Monitoring): Promise<readonly RuleGroup[]> {
  const groups = await ruleGroups(monitoring.scrapeIntervalSeconds);
  const named = JSON.parse(underJob(JSON.stringify(groups), JOB_AMONG_OTHERS)) as readonly RuleGroup[];
  if (hasAlerts(monitoring)) return named;
  return named
    .map((group) => ({ ...group, rules: group.rules.filter((rule) => !('alert' in rule)) }))
    .filter(({ rules }) => rules.length > 0);
}

export type RuleGroup = Readonly<Record<string, TemplateValue>> & {
  readonly name: string;
  readonly rules: readonly Readonly<Record<string, TemplateValue>>[];
};

/** Those of its groups that a Prometheus does not have, by their names. */
export async function rulesLacking(
  there: readonly string[],
  monitoring: Monitoring,
): Promise<readonly string[]> {
  const groups = await existingGroups(monitoring);
  return groups.map(({ name }) => name).filter((name) => !there.includes(name));
}
