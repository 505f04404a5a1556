import type { KubernetesConfig, MonitoringConfig } from './config.js';
import type { KeyPath } from './problems.js';
import { DEFAULT_VERSION } from './versions.js';
import { EXPORTER_PORTS } from '../room/ports.js';

/** What kmon takes where kmon.yaml says nothing: right for a class of up to twenty laptops. */
export const DEFAULTS: {
  readonly kubernetes: KubernetesConfig;
  readonly monitoring: MonitoringConfig;
  readonly children: { readonly kind: 'node'; readonly exporterPort: number };
} = {
  children: { kind: 'node', exporterPort: EXPORTER_PORTS.node },
  kubernetes: {
    version: DEFAULT_VERSION,
    network: 'flannel',
    podSubnet: '10.244.0.0/16',
    serviceSubnet: '10.96.0.0/12',
    ignorePreflight: [],
  },
  monitoring: {
    profile: 'lite',
    namespace: 'monitoring',
    // A stress test of a minute must show: five seconds give twelve points.
    scrapeIntervalSeconds: 5,
    retention: '24h',
    prometheusNodePort: 30090,
    prometheusMemory: '1200Mi',
    grafana: true,
    grafanaNodePort: 30300,
  },
};

/** The name of a machine that has none in kmon.yaml: `parent`, or `child-1` by its place in the list. */
export function defaultName(path: KeyPath): string {
  const index = path[1];
  return typeof index === 'number' ? `child-${index + 1}` : 'parent';
}
