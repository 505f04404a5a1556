import type { Context } from '../../engine/context.js';
import { SHIPPED, shippedDashboard } from '../../dashboards/shipped.js';
import { OWN_FOLDER, ownDashboards } from '../own-dashboards.js';
import { SHIPPED_FOLDER, sidecarDashboards } from '../sidecar-dashboards.js';
import { labelled } from './labels.js';

/** What Grafana opens with: a path in its container, where the sidecar makes a folder of each of Grafana's. */
export const HOME_DASHBOARD = `/tmp/dashboards/${SHIPPED_FOLDER}/kmon-room.json`;

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
    ...shipped.map(({ name, data }) =>
      sidecarDashboards({ name: `${name}-dashboard`, namespace, folder: SHIPPED_FOLDER }, labelled, data),
    ),
    sidecarDashboards({ name: 'kmon-class-dashboards', namespace, folder: OWN_FOLDER }, labelled, own),
  ];
}
