import { readFile } from 'node:fs/promises';
import { KUBE_PROMETHEUS_STACK } from '../../artifacts/charts.js';
import type { Supply } from '../../artifacts/supply.js';
import type { Context } from '../../engine/context.js';
import type { Chart } from '../addon.js';

/** The chart's archive on this computer: out of the bundle, or fetched. */
export interface StackArchive {
  /** Equal for the same bytes, and known without them: a published version never means others. */
  readonly digest: string;
  readonly bytes: () => Promise<Buffer>;
}

export function stackArchive(supply: Pick<Supply, 'chart'>): StackArchive {
  const chart = supply.chart(KUBE_PROMETHEUS_STACK);
  return chart.comesAs === 'file'
    ? { digest: chart.sha256, bytes: () => readFile(chart.file) }
    : { digest: `${KUBE_PROMETHEUS_STACK.name}-${KUBE_PROMETHEUS_STACK.version}`, bytes: chart.make };
}

/** Where the chart lies: it may have come with the tools; otherwise it is copied to helm, or helm runs where it was fetched to anyway. */
export function stackChart(c: Context): Chart {
  const chart = c.supply.chart(KUBE_PROMETHEUS_STACK);
  const { digest, bytes } = stackArchive(c.supply);
  const known = { digest: async () => digest };
  if (chart.comesAs === 'file') return { path: chart.path, ...known };
  if (c.cluster.context !== undefined && chart.here !== undefined) return { path: chart.here, ...known };
  return { path: chart.path, ...known, archive: () => c.shared('stack-chart', 600_000, bytes) };
}
