import type { Context } from '../../engine/context.js';
import { SHIPPED, shippedDashboard } from '../../dashboards/shipped.js';
import { OWN_FOLDER, ownDashboards } from '../own-dashboards.js';
import { labelled } from './labels.js';

/** A folder of Grafana, and with it the path in its container: the sidecar puts files there. */
const FOLDER = 'kmon';

/** What Grafana opens with: a path in its container. */
export const HOME_DASHBOARD = `/tmp/dashboards/${FOLDER}/kmon-room.json`;

/**
 * The dashboards as the sidecar finds them: by a label, each in a ConfigMap. Never through the chart, whose templates would read `{{node}}`. Those of
 * the room's own are in one, which is there without any too: what is taken out of the folder goes.
 */
export async function dashboardObjects({
  config,
}: {
  readonly config: Pick<Context['config'], 'monitoring'>;
}): Promise<readonly object[]> {
  const { namespace } = config.monitoring;
  const shipped = await Promise.all(
    SHIPPED.map(async (name) => ({ name, data: { [`${name}.json`]: await shippedDashboard(name) } })),
  );
  const own = Object.fromEntries((await ownDashboards(config)).map(({ file, text }) => [file, text]));
  return [
    ...shipped.map(({ name, data }) => configMap(`${name}-dashboard`, namespace, FOLDER, data)),
    configMap('kmon-class-dashboards', namespace, OWN_FOLDER, own),
  ];
}

function configMap(
  name: string,
  namespace: string,
  folder: string,
  data: Readonly<Record<string, string>>,
): object {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace,
      labels: { ...labelled, grafana_dashboard: '1' },
      annotations: { grafana_folder: folder },
    },
    data,
  };
}
