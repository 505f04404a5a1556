import { JOB_AMONG_OTHERS, underJob } from '../../observe/exporter-job.js';
import { ruleGroups } from '../stack/rules.js';
import type { TemplateValue } from '../../render/render.js';

/** The groups of rules of all profiles, for machines under the job that they have among others. */
export async function existingGroups(scrapeIntervalSeconds: number): Promise<readonly RuleGroup[]> {
  const groups = await ruleGroups(scrapeIntervalSeconds);
  return JSON.parse(underJob(JSON.stringify(groups), JOB_AMONG_OTHERS)) as readonly RuleGroup[];
}

export type RuleGroup = Readonly<Record<string, TemplateValue>> & { readonly name: string };

/** Those of its groups that a Prometheus does not have, by their names. */
export async function rulesLacking(
  there: readonly string[],
  scrapeIntervalSeconds: number,
): Promise<readonly string[]> {
  const groups = await existingGroups(scrapeIntervalSeconds);
  return groups.map(({ name }) => name).filter((name) => !there.includes(name));
}
