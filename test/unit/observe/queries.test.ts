import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { QUERIES, rateWindow, together, type QueryName } from '../../../src/observe/queries.js';

const chart = new URL('../../../templates/addons/lite/', import.meta.url);
const file = (name: string): string => readFileSync(new URL(name, chart), 'utf8');
const plain = (expr: string): string => expr.replaceAll(/\s+/g, '');

describe('rateWindow', () => {
  it.each([
    [1, '20s'],
    [5, '20s'],
    [15, '60s'],
  ])('is wide enough for an interval of %d s', (interval, window) => {
    expect(rateWindow(interval)).toBe(window);
  });
});

describe('the queries', () => {
  it.each(
    (Object.keys(QUERIES) as QueryName[]).filter((name) => !['up', 'observedUp', 'model'].includes(name)),
  )('%s gives only what can be', (name) => {
    expect(QUERIES[name]({ window: '20s' })).toMatch(/ >= -?[\d.]+ <=? \d/);
  });

  it.each(Object.keys(QUERIES) as QueryName[])('%s asks node-exporter, in the scope given', (name) => {
    const everywhere = QUERIES[name]({ window: '20s' });
    const scoped = QUERIES[name]({ window: '20s', only: 'role="child"' });
    const metrics = everywhere.split(/job="(?:node-exporter|observed)"/).length - 1;
    expect(metrics).toBeGreaterThan(0);
    expect(scoped.split('role="child"').length - 1).toBe(metrics);
    expect(everywhere).not.toContain('role=');
  });

  it('are the recording rules of the chart', () => {
    interface Rules {
      readonly groups: readonly {
        readonly rules: readonly { readonly record?: string; readonly expr: string }[];
      }[];
    }
    const rules = (parse(file('files/rules.yaml')) as Rules).groups.flatMap((g) => g.rules);
    const recorded = Object.fromEntries(
      rules.flatMap((r) => (r.record === undefined ? [] : [[r.record, plain(r.expr)]])),
    );
    expect(recorded).toEqual({
      'kmon:node_cpu_usage:percent': plain(QUERIES.cpu({ window: '30s' })),
      'kmon:node_memory_usage:percent': plain(QUERIES.memory({ window: '30s' })),
      'kmon:node_temp:celsius': plain(QUERIES.temperature({ window: '30s' })),
    });
  });

  it('go together with a label that tells them apart', () => {
    expect(together(['up', 'load1Read'], { window: '20s' })).toBe(
      'label_replace(up{job="node-exporter"}, "kmon_query", "up", "", "") or ' +
        'label_replace(node_load1{job="node-exporter"}, "kmon_query", "load1Read", "", "")',
    );
  });
});

describe('the dashboard', () => {
  const dashboard = JSON.parse(file('files/kmon-children.json')) as {
    readonly uid: string;
    readonly panels: readonly {
      readonly id: number;
      readonly title: string;
      readonly targets?: readonly { readonly expr: string }[];
    }[];
  };
  const scope = { only: 'node=~"$node"', window: '$__rate_interval' };
  const named = Object.values(QUERIES).map((query) => query(scope));
  const known = new Set([
    ...named,
    ...named.flatMap((q) => [`max by (node) (${q})`, `topk(1, ${q})`, `-1 * ${q}`]),
    'count(up{job="node-exporter",role="child"} == 1) or vector(0)',
    'count(up{job="node-exporter",role="child"})',
    'count(ALERTS{alertstate="firing"}) or vector(0)',
  ]);
  const targets = dashboard.panels.flatMap((p) => (p.targets ?? []).map((t) => [p.title, t.expr] as const));

  it('is the one that links lead to, with panels of their own number', () => {
    expect(dashboard.uid).toBe('kmon-children');
    expect(new Set(dashboard.panels.map((p) => p.id)).size).toBe(dashboard.panels.length);
  });

  it('shows CPU, memory and temperature of every machine', () => {
    for (const query of [QUERIES.cpu, QUERIES.memory, QUERIES.temperature])
      expect(targets.map(([, expr]) => expr)).toContain(query(scope));
  });

  it.each(targets)('%s asks no reading that nobody has judged: %s', (_, expr) => {
    const judged =
      /ALERTS|^count\(up|node_dmi_info/.test(expr) ||
      / >= -?[\d.]+ <=? \d/.test(expr) ||
      expr.includes(QUERIES.up(scope));
    expect(judged).toBe(true);
  });

  it.each(targets)('%s asks a known query', (_, expr) => {
    expect([...known]).toContain(expr);
  });
});
