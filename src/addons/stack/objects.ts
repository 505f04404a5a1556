import type { Config } from '../../config/config.js';
import type { Supply } from '../../artifacts/supply.js';
import { scrapeConfig } from '../observed-computers.js';
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
  const { namespace, scrapeIntervalSeconds } = c.config.monitoring;
  const { grafana } = await stackParts(c);
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    ...(grafana ? await dashboardObjects(c) : []),
    ...c.config.room.observed.map((computer) =>
      scrapeConfig(computer, {
        namespace,
        labels: { ...labelled, release: RELEASE },
        intervalSeconds: scrapeIntervalSeconds,
      }),
    ),
  ];
}
