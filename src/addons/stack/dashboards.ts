import type { Context } from '../../engine/context.js';
import { SHIPPED, shippedDashboard } from '../../dashboards/shipped.js';
import { labelled } from './labels.js';

/** A folder of Grafana, and with it the path in its container: the sidecar puts files there. */
const FOLDER = 'kmon';

/** What Grafana opens with: a path in its container. */
export const HOME_DASHBOARD = `/tmp/dashboards/${FOLDER}/kmon-room.json`;

/** The dashboards as the sidecar finds them: by a label, each in a ConfigMap. Never through the chart, whose templates would read `{{node}}`. */
export function dashboardObjects({ config }: Pick<Context, 'config'>): Promise<readonly object[]> {
  return Promise.all(
    SHIPPED.map(async (name) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: `${name}-dashboard`,
        namespace: config.monitoring.namespace,
        labels: { ...labelled, grafana_dashboard: '1' },
        annotations: { grafana_folder: FOLDER },
      },
      data: { [`${name}.json`]: await shippedDashboard(name) },
    })),
  );
}
