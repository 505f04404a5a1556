import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { expression, NAMED, type Named } from '../../../src/dashboards/ask.js';
import { dashboardText } from '../../../src/dashboards/frame.js';
import { DASHBOARDS } from '../../../src/dashboards/index.js';
import { NEEDS } from '../../../src/dashboards/meaning.js';
import { DASHBOARDS_FOLDER, SHIPPED, shippedDashboard } from '../../../src/dashboards/shipped.js';
import { QUERIES, together, type QueryName } from '../../../src/observe/queries.js';
import { HOT_CELSIUS } from '../../../src/observe/room-queries.js';
import { STRESS_PARTS, tagsOf } from '../../../src/observe/stress-marks.js';
import { templatePath } from '../../../src/render/templates.js';
import { needOf, panelsOf, readDashboard, type ShownPanel } from '../../support/dashboards.js';

const all = await Promise.all(
  SHIPPED.map(async (name) => ({ name, dashboard: readDashboard(await shippedDashboard(name)) })),
);
const panels = all.flatMap(({ name, dashboard }) =>
  panelsOf(dashboard).map((panel) => [`${name}: ${panel.title}`, panel] as const),
);
const asking = panels.filter(([, panel]) => panel.type !== 'row');

describe('the dashboards that are shipped', () => {
  it.each(DASHBOARDS.map((d) => [d.name, d] as const))(
    '%s is what the code makes: run scripts/dashboards',
    async (name, dashboard) => {
      expect(await shippedDashboard(name)).toBe(dashboardText(dashboard));
    },
  );

  it('are all that lie there', () => {
    expect(DASHBOARDS.map((d) => d.name)).toEqual(SHIPPED);
    expect(readdirSync(templatePath(DASHBOARDS_FOLDER)).sort()).toEqual(
      SHIPPED.map((name) => `${name}.json`).sort(),
    );
  });

  it('fit into one ConfigMap, and none into the annotation of a client-side apply that is too small', async () => {
    const bytes = await Promise.all(
      SHIPPED.map(async (name) => Buffer.byteLength(await shippedDashboard(name))),
    );
    // A mebibyte, less what YAML puts in front of every line.
    expect(bytes.reduce((a, b) => a + b)).toBeLessThan(500_000);
    for (const size of bytes) expect(size).toBeLessThan(200_000);
  });

  it('have these titles and panels', () => {
    const told = all.map(({ dashboard }) =>
      [
        `${dashboard.title} (${dashboard.uid})`,
        ...dashboard.panels.map((p) => (p.type === 'row' ? `  ${p.title}` : `    ${p.type}: ${p.title}`)),
      ].join('\n'),
    );
    expect(`${told.join('\n')}\n`).toMatchSnapshot();
  });

  it('are found by their uid, by all others, and at the time that one looks at', () => {
    for (const { name, dashboard } of all) {
      expect(dashboard.uid).toBe(name);
      expect(dashboard.tags).toContain('kmon');
      expect(dashboard.links).toMatchObject([{ type: 'dashboards', tags: ['kmon'], keepTime: true }]);
      expect(dashboard.templating.list[0]).toMatchObject({ type: 'datasource', query: 'prometheus' });
      const ids = dashboard.panels.map((p) => p.id);
      expect(new Set(ids).size).toBe(ids.length);
    }
    const links = JSON.stringify(all).match(/d\/kmon-[a-z]+/g) ?? [];
    expect(links.length).toBeGreaterThan(1);
    for (const link of links) expect(SHIPPED.map((name) => `d/${name}`)).toContain(link);
  });

  it.each(all)('$name has no panel on top of another', ({ dashboard }) => {
    const taken = new Set<string>();
    for (const { title, gridPos } of dashboard.panels) {
      expect(gridPos.x + gridPos.w, title).toBeLessThanOrEqual(24);
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x++)
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y++) {
          expect(taken.has(`${x} ${y}`), `${title} at ${x} ${y}`).toBe(false);
          taken.add(`${x} ${y}`);
        }
    }
  });
});

describe('the marks of kmon stress', () => {
  it('are found by the tags that it writes, each part by itself', () => {
    const marks = all.find(({ name }) => name === 'kmon-stress')?.dashboard.annotations.list ?? [];
    expect(marks.flatMap(({ target }) => (target === undefined ? [] : [target]))).toMatchObject(
      STRESS_PARTS.map((part) => ({ tags: tagsOf(part), matchAny: false })),
    );
  });
});

describe('every panel', () => {
  it.each(asking)(
    '%s says what it shows, in which unit, and what stands there when there is nothing',
    (_, p) => {
      expect(p.title).not.toBe('');
      expect(p.description).toMatch(/^.{5,}\.$/s);
      expect(p.fieldConfig?.defaults.unit).toMatch(/./);
      expect(p.fieldConfig?.defaults.noValue).toMatch(/./);
      // Grafana's own levels are for nothing of ours: green, and red from 80 on. Lines take their colour from the machine.
      if (p.type !== 'timeseries')
        expect(p.fieldConfig?.defaults.thresholds?.steps.length).toBeGreaterThan(0);
      expect(p.datasource).toEqual({ type: 'prometheus', uid: '${datasource}' });
    },
  );

  it.each(asking)(
    '%s calls each of its series by a name, with letters of their own',
    (_, { targets = [] }) => {
      expect(targets.length).toBeGreaterThan(0);
      for (const { legendFormat } of targets) expect(legendFormat).toMatch(/./);
      expect(new Set(targets.map((t) => t.refId)).size).toBe(targets.length);
    },
  );

  it.each(asking)('%s takes its rates over the window that the data source needs', (_, { targets = [] }) => {
    for (const { expr, interval } of targets) {
      const outline = expr
        .replaceAll(/"[^"]*"/g, '""')
        // Of a kubelet, which counts every 10 to 15 s, a minute is taken where that window is too short, and nothing else.
        .replaceAll(/ or rate\((container_\w+\{[^}]*\})\[1m\]\)\)/g, (or, counter: string, at, whole) =>
          String(whole).slice(0, Number(at)).endsWith(`(rate(${counter}[$__rate_interval])`) ? ')' : or,
        );
      const windows = [...outline.matchAll(/(\w+)\(\w+(?:\{[^}]*\})?\[([^\]]+)\]/g)].map(
        ([, how = '', window = '']) => `${how} ${window}`,
      );
      expect(windows.length).toBe(outline.split('[').length - 1);
      for (const window of windows) expect(window).toMatch(/^(rate \$__rate_interval|increase (5|10)m)$/);
      // Of its own it would not fit another data source.
      expect(interval).toBeUndefined();
    }
  });

  it.each(asking)('%s asks nothing but named queries', (_, { targets = [] }) => {
    for (const { expr } of targets) expect(known(), expr).toContain(expr);
  });

  it.each(asking)('%s says "no sensor" where a machine has none, or that it needs one', (_, panel) => {
    const heat = (panel.targets ?? []).some(({ expr }) => /temp_celsius|thermal_zone_temp/.test(expr));
    if (!heat) return;
    const says = JSON.stringify(panel).includes('"no sensor"');
    const told = panel.targets?.some(({ expr }) => expr.includes('* NaN')) === true;
    const need = needOf(panel);
    // Who is hot, or lies, needs more than a sensor: something to be the matter.
    expect((says && told) || need === NEEDS.sensor || need === NEEDS.trouble).toBe(true);
  });

  it('needs what there is a word for, and every word is used', () => {
    const needs = asking.map(([, panel]) => needOf(panel)).filter((need) => need !== undefined);
    expect([...new Set(needs)].toSorted()).toEqual(Object.values(NEEDS).toSorted());
  });
});

describe('what is bad', () => {
  const rules = parse(readFileSync(templatePath('addons/lite/files/rules.yaml'), 'utf8')) as {
    readonly groups: readonly {
      readonly rules: readonly { readonly alert?: string; readonly expr: string }[];
    }[];
  };
  const alert = (name: string): string =>
    rules.groups.flatMap((g) => g.rules).find((r) => r.alert === name)?.expr ?? '';
  const panel = (name: string): ShownPanel | undefined => panels.find(([title]) => title === name)?.[1];
  const line = (name: string): unknown => panel(name)?.fieldConfig?.defaults.thresholds?.steps.at(-1)?.value;

  it('is so from where on an alert says so', () => {
    expect(alert('KmonNodeHot')).toMatch(new RegExp(`> ${HOT_CELSIUS}$`));
    expect(line('kmon-room: Temperature')).toBe(HOT_CELSIUS);
    expect(alert('KmonNodeDiskFull').trim()).toMatch(
      new RegExp(`> ${String(line('kmon-cluster: Disk / filled'))}$`),
    );
    expect(alert('KmonNodeClockOff')).toMatch(new RegExp(`> ${String(line('kmon-cluster: Clocks'))}$`));
  });
});

/** Every expression that a panel may have: a named query in one of the scopes of the dashboards. */
function known(): readonly string[] {
  const scopes = [
    undefined,
    'node=~"$node"',
    'node="$node"',
    'team=~"$team"',
    'node=~".+"',
    'namespace=~"$namespace"',
  ];
  const tile: readonly QueryName[] = [
    'up',
    'cpu',
    'memory',
    'temperatureOrNone',
    'sensorLies',
    'loadPerCore',
    'received',
    'sent',
  ];
  return scopes.flatMap((only) => [
    ...(Object.keys(NAMED) as Named[]).map((name) => expression(name, only)),
    ...(Object.keys(QUERIES) as QueryName[]).map((name) => `max by (node) (${expression(name, only)})`),
    ...(only === undefined ? [] : [together(tile, { only, window: '$__rate_interval' })]),
  ]);
}
