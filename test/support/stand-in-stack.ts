import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { create } from 'tar/create';
import { stringify } from 'yaml';
import type { Supply } from '../../src/artifacts/supply.js';
import { DEFINITIONS } from '../../src/addons/stack/names.js';

/** What of a chart is written by hand in a test, by its paths below the chart's own folder. */
export type ChartTexts = Readonly<Record<string, string>>;

/**
 * A stand-in for the archive of kube-prometheus-stack, which cannot be had here: its layout and the names of its definitions, nothing that
 * could be installed. `texts` is what the test is about.
 */
export async function standInStack(texts: ChartTexts): Promise<Buffer> {
  const folder = mkdtempSync(join(tmpdir(), 'kmon-chart-'));
  const write = (path: string, text: string): void => {
    const file = join(folder, 'kube-prometheus-stack', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  };
  try {
    write('Chart.yaml', 'apiVersion: v2\nname: kube-prometheus-stack\nversion: 0.0.1\n');
    for (const name of DEFINITIONS)
      write(`charts/crds/crds/crd-${name.split('.')[0] ?? ''}.yaml`, definition(name));
    for (const [path, text] of Object.entries(texts)) write(path, text);
    return await create({ gzip: true, portable: true, noMtime: true, cwd: folder }, [
      'kube-prometheus-stack',
    ]).concat();
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** The bare `=` is in the real ones: older readers of YAML take it for something of their own. */
function definition(name: string): string {
  return `${stringify({
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name, annotations: { 'operator.prometheus.io/version': '0.93.1' } },
  })}spec:\n  enum:\n    - =\n`;
}

/** The same supply without a fetch: what would be fetched is a stand-in, which knows what kmon sets unless `texts` says otherwise. */
export function withStandIn(supply: Supply, texts: ChartTexts = {}): Supply {
  return {
    ...supply,
    chart: (wanted) => {
      const chart = supply.chart(wanted);
      return 'template' in wanted || chart.comesAs === 'file'
        ? chart
        : { ...chart, make: () => standInStack(texts) };
    },
  };
}
