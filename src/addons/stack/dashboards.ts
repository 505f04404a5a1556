import type { Context } from '../../engine/context.js';
import { readTemplate } from '../../render/templates.js';
import { labelled } from './labels.js';

/** A folder of Grafana, and with it the path in its container: the sidecar puts files there. */
const FOLDER = 'kmon';

/** Every dashboard of kmon's, by the template that it is. A further one is a line here. */
const DASHBOARDS: readonly { readonly name: string; readonly template: string }[] = [
  { name: 'kmon-children', template: 'addons/lite/files/kmon-children.json' },
];

/** What Grafana opens with: a path in its container. */
export const HOME_DASHBOARD = `/tmp/dashboards/${FOLDER}/kmon-children.json`;

/** The dashboards as the sidecar finds them: by a label, each in a ConfigMap. Never through the chart, whose templates would read `{{node}}`. */
export function dashboardObjects({ config }: Pick<Context, 'config'>): Promise<readonly object[]> {
  return Promise.all(
    DASHBOARDS.map(async ({ name, template }) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: `${name}-dashboard`,
        namespace: config.monitoring.namespace,
        labels: { ...labelled, grafana_dashboard: '1' },
        annotations: { grafana_folder: FOLDER },
      },
      data: { [`${name}.json`]: await readTemplate(template) },
    })),
  );
}
