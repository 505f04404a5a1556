import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { CHART_TYPE, KUBE_PROMETHEUS_STACK } from '../../../src/artifacts/charts.js';
import { fetchChart, keptChart } from '../../../src/artifacts/published-chart.js';
import { MIRRORS } from '../../../src/config/sections/mirrors.js';
import { openWeb } from '../../../src/fetch/web.js';
import type { Web } from '../../../src/fetch/web.js';
import { digest, putFileAt, webServer } from '../../support/web-server.js';
import type { WebServer } from '../../support/web-server.js';

const CONTENT = Buffer.from('a chart of this test');
const PATH = 'prometheus-community/charts/kube-prometheus-stack';

let site: WebServer;
let web: Web;
let cache: string;
beforeEach(async () => {
  site = await webServer();
  web = openWeb({});
  cache = mkdtempSync(join(tmpdir(), 'kmon-cache-'));
  putFileAt(site, `ghcr/${PATH}`, '88.5.3', { mediaType: CHART_TYPE, content: CONTENT });
});
afterEach(async () => {
  await web.close();
  await site.close();
  rmSync(cache, { recursive: true });
});

/** No registry of the world is asked: what is there of it is a mirror. */
const mirrored = () => ({ ...MIRRORS, images: { 'ghcr.io': `${site.url}/ghcr` } });
const here: Web = {
  ask: (url, request) => web.ask(url.replace('https://ghcr.io', site.url), request),
  close: async () => undefined,
};
const chart = { ...KUBE_PROMETHEUS_STACK, version: '88.5.3' };
const get = (of = chart) => fetchChart(of, mirrored(), { web: here, cache });

describe('a published chart', () => {
  it('is fetched once, from the mirror of its registry', async () => {
    expect(await get()).toEqual(CONTENT);
    const asked = site.asked.length;
    expect(await get()).toEqual(CONTENT);
    expect(site.asked).toHaveLength(asked);
    expect(existsSync(keptChart(chart, cache))).toBe(true);
  });

  it('comes from the registry itself where the mirror has it not', async () => {
    site.files.clear();
    putFileAt(site, PATH, '88.5.3', { mediaType: CHART_TYPE, content: CONTENT });
    expect(await get()).toEqual(CONTENT);
  });

  it('that is not there is named with its version and a way on, and nothing is kept', async () => {
    const other = { ...chart, version: '99.0.0' };
    await expect(get(other)).rejects.toMatchObject({
      code: 'precondition',
      message: 'the chart kube-prometheus-stack 99.0.0 cannot be fetched',
      evidence: expect.stringMatching(
        /^the chart \S+:99\.0\.0 is not there; the chart \S+:99\.0\.0 is not there$/,
      ) as string,
      hint: expect.stringContaining('kmon bundle make') as string,
    });
    expect(existsSync(keptChart(other, cache))).toBe(false);
  });

  it('is not taken when it is not what the registry says', async () => {
    site.files.set(`/v2/ghcr/${PATH}/blobs/${digest(CONTENT)}`, Buffer.from('something else'));
    await expect(get()).rejects.toMatchObject({
      evidence: expect.stringMatching(/404|is not there|checksum/) as string,
    });
    expect(existsSync(keptChart(chart, cache))).toBe(false);
  });
});
