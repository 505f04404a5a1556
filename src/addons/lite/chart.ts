import { createHash } from 'node:crypto';
import { KMON_LITE } from '../../artifacts/charts.js';
import type { Context } from '../../engine/context.js';
import { chartArchive } from '../../render/chart-archive.js';
import { templatePath } from '../../render/templates.js';
import type { Chart } from '../addon.js';

/** Where the chart lies: it may have come with the tools; otherwise it is copied to helm, or helm runs where it lies anyway. */
export function liteChart(c: Context): Chart {
  const chart = c.supply.chart(KMON_LITE);
  if (c.cluster.context !== undefined) {
    const { name, template } = KMON_LITE;
    const archive = (): Promise<Buffer> => c.shared('chart', 600_000, () => chartArchive(template, name));
    return { path: templatePath(template), digest: async () => sha256(await archive()) };
  }
  if (chart.comesAs === 'file') return { path: chart.path, digest: async () => chart.sha256 };
  const archive = (): Promise<Buffer> => c.shared('chart', 600_000, chart.make);
  return { path: chart.path, digest: async () => sha256(await archive()), archive };
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
