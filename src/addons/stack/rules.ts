import { parse } from 'yaml';
import type { TemplateValue } from '../../render/render.js';
import { readTemplate } from '../../render/templates.js';

/**
 * The groups of rules of both profiles, from their one source. As in the chart `lite`, a rate has four samples in its window, so that it
 * survives a missed one.
 */
export async function ruleGroups(scrapeIntervalSeconds: number): Promise<readonly TemplateValue[]> {
  const text = (await readTemplate('addons/lite/files/rules.yaml'))
    .replaceAll('[30s]', `[${Math.max(30, 4 * scrapeIntervalSeconds)}s]`)
    .replaceAll('[1m]', `[${Math.max(60, 4 * scrapeIntervalSeconds)}s]`);
  const { groups } = parse(text) as { readonly groups: readonly Readonly<Record<string, TemplateValue>>[] };
  // Told here: what the rest of the cluster is judged by comes seldom.
  return groups.map((group) => ({ ...group, interval: `${scrapeIntervalSeconds}s` }));
}
