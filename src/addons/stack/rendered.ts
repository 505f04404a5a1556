import { stringify } from 'yaml';
import { KUBE_PROMETHEUS_STACK } from '../../artifacts/charts.js';
import type { Supply } from '../../artifacts/supply.js';
import type { Config } from '../../config/config.js';
import { SHIPPED, shippedDashboard } from '../../dashboards/shipped.js';
import type { RenderedChart, Rendering } from '../addon.js';
import { wantedAlertSecret } from '../alerts.js';
import { GRAFANA_SECRET } from '../grafana-access.js';
import { checkStackValues } from './check-values.js';
import { stackRelease } from './names.js';
import { stackObjects } from './objects.js';
import { ruleGroups } from './rules.js';
import { foreseenStackValues, stackParts } from './values.js';

const VALUES = 'values.yaml';
const OBJECTS = 'objects.yaml';

/**
 * The values of this room, and what is applied beside the chart; the rules and the dashboards once more by themselves, for another Prometheus or
 * Grafana. The chart itself is somebody else's and stays where it is: only one out of a bundle is at hand, and is asked whether it knows the
 * values.
 */
export async function renderStack(config: Config, supply: Supply): Promise<Rendering> {
  const c = { config, supply };
  const { namespace, scrapeIntervalSeconds } = config.monitoring;
  const chart = publishedChart(supply);
  if (chart.file !== undefined) await checkStackValues(c);
  const dashboards = await Promise.all(
    SHIPPED.map(async (name) => ({ path: `dashboards/${name}.json`, text: await shippedDashboard(name) })),
  );
  const objects = await stackObjects(c);
  const { grafana } = await stackParts(c);
  const secret = wantedAlertSecret(config);
  return {
    files: [
      { path: VALUES, text: yaml(await foreseenStackValues(c)) },
      { path: OBJECTS, text: objects.map(yaml).join('---\n') },
      { path: 'rules.yaml', text: yaml({ groups: await ruleGroups(scrapeIntervalSeconds) }) },
      ...dashboards,
    ],
    holds: "values, objects beside the chart's, rules and dashboards",
    release: { ...stackRelease(namespace), chart, values: VALUES },
    wants: [
      "the operator's kinds of object, which the chart has in charts/crds/crds",
      `what is in ${OBJECTS}`,
      ...(grafana
        ? [`the Secret ${GRAFANA_SECRET} in ${namespace}, with the keys admin-user and admin-password`]
        : []),
      ...(secret === undefined ? [] : [secret]),
    ],
  };
}

function publishedChart(supply: Supply): RenderedChart & { readonly comesAs: 'published' } {
  const chart = supply.chart(KUBE_PROMETHEUS_STACK);
  const { repository, version } = KUBE_PROMETHEUS_STACK;
  return {
    comesAs: 'published',
    name: `oci://${repository}`,
    version,
    file: chart.comesAs === 'file' ? chart.file : undefined,
  };
}

function yaml(value: unknown): string {
  return stringify(value, { aliasDuplicateObjects: false });
}
