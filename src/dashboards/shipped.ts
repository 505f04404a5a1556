import { readTemplate } from '../render/templates.js';

/** The dashboards that are shipped, by the name of the file, which is the uid that links lead to. */
export const SHIPPED = ['kmon-room', 'kmon-machine', 'kmon-team', 'kmon-stress', 'kmon-cluster'] as const;
export type ShippedName = (typeof SHIPPED)[number];

/** Where they lie in the templates: in the chart of the profile lite, since a chart sees no file outside of it. */
export const DASHBOARDS_FOLDER = 'addons/lite/files/dashboards';

/**
 * The JSON of a dashboard, made by `scripts/dashboards` and committed: it is there without Grafana's library, which is not in the program.
 */
export function shippedDashboard(name: ShippedName): Promise<string> {
  return readTemplate(`${DASHBOARDS_FOLDER}/${name}.json`);
}
