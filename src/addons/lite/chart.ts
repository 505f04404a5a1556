import { createHash } from 'node:crypto';
import { KMON_LITE } from '../../artifacts/charts.js';
import { KMON_FOLDER } from '../../config/names.js';
import type { Context } from '../../engine/context.js';
import { chartArchive } from '../../render/chart-archive.js';
import { templatePath } from '../../render/templates.js';
import type { Chart } from '../addon.js';

/** Where the chart lies: it may have come with the tools; otherwise it is copied to helm, or helm runs where it lies anyway. */
export function liteChart(c: Context): Chart {
  if (c.cluster.context !== undefined) return chartHere(c);
  const chart = c.supply.chart(KMON_LITE);
  if (chart.comesAs === 'file') return { path: chart.path, digest: async () => chart.sha256 };
  const archive = (): Promise<Buffer> => c.shared('chart', 600_000, chart.make);
  return { path: chart.path, digest: async () => sha256(await archive()), archive };
}

/** The one that comes with this kmon, whatever chart a bundle has: one of an older kmon cannot do what is newer in it. */
export function ownLiteChart(c: Context): Chart {
  if (c.cluster.context !== undefined) return chartHere(c);
  return {
    path: `${KMON_FOLDER}/charts/${KMON_LITE.name}-own.tgz`,
    digest: async () => sha256(await archiveHere(c)),
    archive: () => archiveHere(c),
  };
}

function chartHere(c: Context): Chart {
  return { path: templatePath(KMON_LITE.template), digest: async () => sha256(await archiveHere(c)) };
}

function archiveHere(c: Context): Promise<Buffer> {
  const { name, template } = KMON_LITE;
  return c.shared('chart', 600_000, () => chartArchive(template, name));
}

function sha256(bytes: Buffer): string {
  return createHash('sha256').update(bytes).digest('hex');
}
