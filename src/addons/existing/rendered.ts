import { stringify } from 'yaml';
import { SHIPPED, shippedDashboard } from '../../dashboards/shipped.js';
import type { Supply } from '../../artifacts/supply.js';
import type { Config } from '../../config/config.js';
import { JOB_AMONG_OTHERS, underJob } from '../../observe/exporter-job.js';
import { PORTS } from '../../room/ports.js';
import { allMachines } from '../../room/room.js';
import type { Rendering } from '../addon.js';
import { LITE_CHART_FOLDER, liteChartFiles } from '../lite/rendered.js';
import { existingRelease } from './names.js';
import { OWN_PODS, existingDashboards, existingRules, machineMonitor, observedObjects } from './objects.js';
import { existingGroups } from './rules.js';
import { scrapeJobs } from './scrape-lines.js';
import { existingValues } from './values.js';

const VALUES = 'values.yaml';

/**
 * As for a cluster of which nothing is known: a Prometheus by an operator that takes everything, and no exporter. For one without an operator the same
 * as lines of its configuration.
 */
export async function renderExisting(config: Config, supply: Supply): Promise<Rendering> {
  const { namespace, grafana, scrapeIntervalSeconds: intervalSeconds } = config.monitoring;
  const { room } = config;
  const machines = allMachines(room);
  const place = { namespace, labels: { 'kmon/addon': 'existing' } };
  const port = PORTS.exporter.port;
  const groups = await existingGroups(config.monitoring);
  const monitored = { kind: 'PodMonitor', namespace, labels: OWN_PODS, port: 'metrics' } as const;
  const values = existingValues(
    {
      parent: room.parent.name,
      exporter: { whose: 'own', port },
      objects: [
        machineMonitor(monitored, place, machines, intervalSeconds),
        existingRules(groups, place),
        ...observedObjects(room.observed, place, intervalSeconds),
        ...(grafana ? await existingDashboards(config) : []),
      ],
    },
    supply,
  );
  const dashboards = await Promise.all(
    SHIPPED.map(async (name) => ({
      path: `dashboards/${name}.json`,
      text: underJob(await shippedDashboard(name), JOB_AMONG_OTHERS),
    })),
  );
  const jobs = scrapeJobs({ machines, observed: room.observed, port, intervalSeconds });
  return {
    files: [
      { path: VALUES, text: yaml(values) },
      { path: 'scrape.yaml', text: `${SCRAPE}${yaml(jobs)}` },
      { path: 'rules.yaml', text: `${RULES}${yaml({ groups })}` },
      ...dashboards,
      ...(await liteChartFiles()),
    ],
    holds: 'values, chart, rules and dashboards, and lines for a Prometheus without an operator',
    release: {
      ...existingRelease(namespace),
      chart: { comesAs: 'folder', folder: LITE_CHART_FOLDER },
      values: VALUES,
    },
    wants: [
      'a Prometheus by an operator that takes these objects: `kmon deploy-monitoring` gives them the labels and the namespaces that it wants',
      'no exporter on the machines: where there is one, nodeExporter.enabled is false, and the monitor names its pods',
    ],
  };
}

const SCRAPE = `# For a Prometheus that no operator keeps: below scrape_configs of its configuration. Its account must be allowed to list nodes. Another
# port of the exporters, and what else your network wants, is yours to change; the labels are what kmon asks for.
`;
const RULES = `# For a Prometheus that no operator keeps: a file that rule_files of its configuration names.
`;

function yaml(value: unknown): string {
  return stringify(value, { aliasDuplicateObjects: false });
}
