import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { stringify } from 'yaml';
import { KMON_LITE } from '../../artifacts/charts.js';
import type { Supply } from '../../artifacts/supply.js';
import type { Config } from '../../config/config.js';
import { SHIPPED, shippedDashboard } from '../../dashboards/shipped.js';
import { templatePath } from '../../render/templates.js';
import type { RenderedFile, Rendering } from '../addon.js';
import { wantedAlertSecret } from '../alerts.js';
import { hasGrafana } from '../grafana-access.js';
import { rulesAt } from './rules.js';
import { foreseenValues } from './values.js';
import { withSlashes } from '../../here/platform/with-slashes.js';

export const LITE_CHART_FOLDER = 'chart';
const VALUES = 'values.yaml';

/** The chart with the values of this room; the rules and the dashboards once more by themselves, for another Prometheus or Grafana. */
export async function renderLite(config: Config, supply: Supply, release: string): Promise<Rendering> {
  const { namespace, scrapeIntervalSeconds } = config.monitoring;
  const rules = await readFile(join(templatePath(KMON_LITE.template), 'files/rules.yaml'), 'utf8');
  const dashboards = await Promise.all(
    SHIPPED.map(async (name) => ({ path: `dashboards/${name}.json`, text: await shippedDashboard(name) })),
  );
  const secret = wantedAlertSecret(config);
  return {
    files: [
      { path: VALUES, text: stringify(await foreseenValues({ config, supply })) },
      { path: 'rules.yaml', text: rulesAt(rules, scrapeIntervalSeconds) },
      ...dashboards,
      ...(await liteChartFiles()),
    ],
    holds: 'values, chart, rules and dashboards',
    release: { release, namespace, chart: { comesAs: 'folder', folder: LITE_CHART_FOLDER }, values: VALUES },
    wants: [
      `the namespace ${namespace}`,
      ...(hasGrafana({ config, supply })
        ? ['the Secret kmon-grafana-admin in it, with the keys admin-user and admin-password']
        : []),
      ...(secret === undefined ? [] : [secret]),
    ],
  };
}

/** The chart itself, in that folder. */
export async function liteChartFiles(): Promise<readonly RenderedFile[]> {
  const folder = templatePath(KMON_LITE.template);
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((e) => e.isFile()).map((e) => join(e.parentPath, e.name));
  return Promise.all(
    files.toSorted().map(async (file) => ({
      path: `${LITE_CHART_FOLDER}/${withSlashes(relative(folder, file))}`,
      text: await readFile(file, 'utf8'),
    })),
  );
}
