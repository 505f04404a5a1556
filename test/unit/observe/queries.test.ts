import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import {
  afterglowSeconds,
  QUERIES,
  rateWindow,
  together,
  type QueryName,
} from '../../../src/observe/queries.js';

const chart = new URL('../../../templates/addons/lite/', import.meta.url);
const file = (name: string): string => readFileSync(new URL(name, chart), 'utf8');
const plain = (expr: string): string => expr.replaceAll(/\s+/g, '');

describe('afterglowSeconds', () => {
  // A load that was over for ten seconds was still in the rate, and told as how a child calms down.
  it.each([1, 2, 5, 10, 30])('is longer than the window, at an interval of %i s', (interval) => {
    expect(afterglowSeconds(interval)).toBeGreaterThan(Number.parseInt(rateWindow(interval), 10));
  });
});

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
    (Object.keys(QUERIES) as QueryName[]).filter(
      (name) => !['up', 'observedUp', 'model', 'plugged'].includes(name),
    ),
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

  it('tell a machine without a sensor from one that is absent', () => {
    const said = QUERIES.temperatureOrNone({ window: '20s' });
    expect(said).toContain(QUERIES.temperature({ window: '20s' }));
    expect(said).toMatch(
      / or max by \(node, instance\) \(up\{job="node-exporter"\} == 1 unless on \(node\) .*\) \* NaN$/,
    );
  });

  it('go together with a label that tells them apart', () => {
    expect(together(['up', 'load1Read'], { window: '20s' })).toBe(
      'label_replace(up{job="node-exporter"}, "kmon_query", "up", "", "") or ' +
        'label_replace(node_load1{job="node-exporter"}, "kmon_query", "load1Read", "", "")',
    );
  });
});
