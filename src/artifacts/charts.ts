import type { Chart, OwnChart, PublishedChart } from './artifact.js';
import { PARENT_ONLY } from './artifact.js';

/** The small monitoring, kmon's own. */
export const KMON_LITE: OwnChart = {
  kind: 'chart',
  name: 'kmon-lite',
  neededBy: { ...PARENT_ONLY, profiles: ['lite'] },
  template: 'addons/lite',
};

/**
 * The monitoring as others run it: Prometheus by its operator. The newest of 2026-08-22, on which templates/addons/stack was tried with
 * Kubernetes 1.36; its operator is v0.93.1 (see the images). A new major version is a new operator with other custom resources: try it with
 * `scripts/try-stack` before this line is changed.
 */
export const KUBE_PROMETHEUS_STACK: PublishedChart = {
  kind: 'chart',
  name: 'kube-prometheus-stack',
  neededBy: { ...PARENT_ONLY, profiles: ['stack'] },
  repository: 'ghcr.io/prometheus-community/charts/kube-prometheus-stack',
  version: '88.5.3',
};

/** What a registry calls the archive of a chart. */
export const CHART_TYPE = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';

export const CHARTS: readonly Chart[] = [KMON_LITE, KUBE_PROMETHEUS_STACK];
