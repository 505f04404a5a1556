import type { Config } from '../../config/config.js';
import type { Supply } from '../../artifacts/supply.js';
import type { Observed } from '../../room/machine.js';
import { dashboardObjects } from './dashboards.js';
import { labelled } from './labels.js';
import { RELEASE } from './names.js';
import { hasStackGrafana, stackParts } from './values.js';

/** What they depend on: all of it is known without a cluster. */
interface Around {
  readonly config: Config;
  readonly supply: Supply;
}

/** Whether there are any. */
export function hasStackObjects(c: Around): boolean {
  return hasStackGrafana(c) || c.config.room.observed.length > 0;
}

/** Objects beside the release, in the order in which they are applied. The namespace may be somebody's already: it is not claimed. */
export async function stackObjects(c: Around): Promise<readonly object[]> {
  const { namespace } = c.config.monitoring;
  const { grafana } = await stackParts(c);
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    ...(grafana ? await dashboardObjects(c) : []),
    ...c.config.room.observed.map((computer) => scrapeConfig(computer, c)),
  ];
}

/** A computer outside of the cluster, whichever exporter it has; its job is the one of the small monitoring. */
function scrapeConfig({ name, address, exporterPort, team }: Observed, { config }: Around): object {
  const { namespace, scrapeIntervalSeconds } = config.monitoring;
  return {
    apiVersion: 'monitoring.coreos.com/v1alpha1',
    kind: 'ScrapeConfig',
    metadata: { name: `observed-${name}`, namespace, labels: { ...labelled, release: RELEASE } },
    spec: {
      jobName: 'observed',
      scrapeInterval: `${scrapeIntervalSeconds}s`,
      scrapeTimeout: `${Math.max(1, scrapeIntervalSeconds - 1)}s`,
      scheme: 'HTTP',
      metricsPath: '/metrics',
      staticConfigs: [
        {
          targets: [`${address}:${exporterPort}`],
          labels: { node: name, instance: name, role: 'observed', ...(team === undefined ? {} : { team }) },
        },
      ],
    },
  };
}
