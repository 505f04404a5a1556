import { OBSERVED_JOB } from '../observe/exporter-job.js';
import type { Observed } from '../room/machine.js';

/** The labels by which a computer that is only observed is known, in whichever Prometheus. */
export function observedLabels({ name, team }: Observed): Readonly<Record<string, string>> {
  return { node: name, instance: name, role: 'observed', ...(team === undefined ? {} : { team }) };
}

/** Where its exporter answers. */
export function observedTarget({ address, exporterPort }: Observed): string {
  return `${address}:${exporterPort}`;
}

/** A computer outside of the cluster, whichever exporter it has, for an operator's Prometheus; its job is the one of the small monitoring. */
export function scrapeConfig(
  computer: Observed,
  at: {
    readonly namespace: string;
    readonly labels: Readonly<Record<string, string>>;
    readonly intervalSeconds: number;
  },
): object {
  return {
    apiVersion: 'monitoring.coreos.com/v1alpha1',
    kind: 'ScrapeConfig',
    metadata: { name: `observed-${computer.name}`, namespace: at.namespace, labels: at.labels },
    spec: {
      jobName: OBSERVED_JOB,
      scrapeInterval: `${at.intervalSeconds}s`,
      scrapeTimeout: `${Math.max(1, at.intervalSeconds - 1)}s`,
      scheme: 'HTTP',
      metricsPath: '/metrics',
      staticConfigs: [{ targets: [observedTarget(computer)], labels: observedLabels(computer) }],
    },
  };
}
