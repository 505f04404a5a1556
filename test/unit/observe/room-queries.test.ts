import { describe, expect, it } from 'vitest';
import { CLUSTER_QUERIES } from '../../../src/observe/cluster-queries.js';
import { POD_QUERIES } from '../../../src/observe/pod-queries.js';
import { QUERIES } from '../../../src/observe/queries.js';
import { ROOM_QUERIES } from '../../../src/observe/room-queries.js';

const everywhere = { window: '20s' };
const here = { window: '20s', only: 'node=~"a|b"' };

describe('the queries about the room', () => {
  it.each(['childrenUp', 'childrenInRoom', 'underLoad'] as const)('%s counts children alone', (name) => {
    expect(ROOM_QUERIES[name](everywhere)).toContain('role="child"');
    expect(ROOM_QUERIES[name](here)).toContain('node=~"a|b",role="child"');
  });

  it('are made of the queries about machines', () => {
    expect(ROOM_QUERIES.busiest(here)).toBe(`topk(1, ${QUERIES.cpu(here)})`);
    expect(ROOM_QUERIES.hot(here)).toBe(`(${QUERIES.temperature(here)}) > 85`);
    expect(ROOM_QUERIES.silent(here)).toBe('up{job="node-exporter",node=~"a|b"} == 0');
    expect(ROOM_QUERIES.teamTemperature(everywhere)).toBe(
      `max by (team) ((${QUERIES.temperature({ ...everywhere, only: 'team!=""' })}) * on (node) group_left (team) max by (node, team) (up{job="node-exporter",team!=""} == 1))`,
    );
  });

  it('tell what whole pods use, without their containers, which some kubelets tell of besides', () => {
    const only = 'namespace="red",pod=~"web-.+"';
    expect(CLUSTER_QUERIES.podsCores({ window: '48s', only })).toBe(
      'sum(max by (namespace, pod) (rate(container_cpu_usage_seconds_total{container="",image="",pod!="",namespace="red",pod=~"web-.+"}[48s])))',
    );
  });

  it('have names of their own', () => {
    const names = [QUERIES, ROOM_QUERIES, CLUSTER_QUERIES, POD_QUERIES].flatMap((queries) =>
      Object.keys(queries),
    );
    expect(new Set(names).size).toBe(names.length);
  });
});
