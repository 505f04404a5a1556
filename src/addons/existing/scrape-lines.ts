import { JOB_AMONG_OTHERS, OBSERVED_JOB } from '../../observe/exporter-job.js';
import type { Observed } from '../../room/machine.js';
import { observedLabels, observedTarget } from '../observed-computers.js';
import { machineLabels } from './machine-labels.js';
import type { NamedMachine } from './machine-labels.js';

/**
 * What has to stand below `scrape_configs` of a Prometheus that no operator keeps: the nodes by the API, whichever exporter is on them, under the
 * names that kmon knows them by.
 *
 * @param of.port of the exporters on the nodes
 */
export function scrapeJobs(of: {
  readonly machines: readonly NamedMachine[];
  readonly observed: readonly Observed[];
  readonly port: number;
  readonly intervalSeconds: number;
}): readonly object[] {
  const times = {
    scrape_interval: `${of.intervalSeconds}s`,
    scrape_timeout: `${Math.max(1, of.intervalSeconds - 1)}s`,
  };
  return [
    {
      job_name: JOB_AMONG_OTHERS,
      ...times,
      kubernetes_sd_configs: [{ role: 'node' }],
      relabel_configs: [
        {
          source_labels: ['__meta_kubernetes_node_address_InternalIP'],
          target_label: '__address__',
          replacement: `$1:${of.port}`,
        },
        ...machineLabels(of.machines, JOB_AMONG_OTHERS, '__meta_kubernetes_node_name').map(
          ({ from, regex, to, value }) => ({
            ...(from === undefined ? {} : { source_labels: [from] }),
            ...(regex === undefined ? {} : { regex }),
            target_label: to,
            ...(value === undefined ? {} : { replacement: value }),
          }),
        ),
      ],
    },
    ...(of.observed.length === 0
      ? []
      : [
          {
            job_name: OBSERVED_JOB,
            ...times,
            static_configs: of.observed.map((computer) => ({
              targets: [observedTarget(computer)],
              labels: observedLabels(computer),
            })),
          },
        ]),
  ];
}
