import type { Context } from '../../engine/context.js';
import type { Observed } from '../../room/machine.js';
import { dashboardObjects } from './dashboards.js';
import { labelled } from './labels.js';
import { RELEASE } from './names.js';
import { hasStackGrafana, stackParts } from './values.js';

/** Whether there are any. */
export function hasStackObjects(c: Context): boolean {
  return hasStackGrafana(c) || c.config.room.observed.length > 0;
}

/** Objects beside the release, in the order in which they are applied. The namespace may be somebody's already: it is not claimed. */
export async function stackObjects(c: Context): Promise<string> {
  const { namespace } = c.config.monitoring;
  const { grafana } = await stackParts(c);
  const objects = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    ...(grafana ? await dashboardObjects(c) : []),
    ...c.config.room.observed.map((computer) => scrapeConfig(computer, c)),
  ];
  return objects.map((object) => JSON.stringify(object)).join('\n---\n');
}

/** A computer outside of the cluster, whichever exporter it has; its job is the one of the small monitoring. */
function scrapeConfig({ name, address, exporterPort, team }: Observed, { config }: Context): object {
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
