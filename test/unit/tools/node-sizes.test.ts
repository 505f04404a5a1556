import { describe, expect, it } from 'vitest';
import { parseNodeSizes, processors, quantity } from '../../../src/tools/node-sizes.js';
import { result } from './results.js';

const item = (name: string, taints: readonly object[] = []): object => ({
  metadata: { name, labels: { 'kmon/team': 'red' } },
  spec: { taints },
  status: { allocatable: { cpu: '3800m', memory: '7816196Ki', pods: '110' } },
});

describe('what the nodes have for pods', () => {
  it('is what their kubelets tell, of those that take ordinary pods', () => {
    const control = { key: 'node-role.kubernetes.io/control-plane', effect: 'NoSchedule' };
    const away = { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' };
    const nodes = parseNodeSizes(result({ items: [item('a', [control]), item('b', [away]), item('c')] }));
    expect(nodes.map(({ name }) => name)).toEqual(['b', 'c']);
    expect(nodes[1]).toEqual({
      name: 'c',
      labels: { 'kmon/team': 'red' },
      cpuMillis: 3800,
      memoryBytes: 7816196 * 1024,
    });
  });

  it('is nothing where a node does not tell', () => {
    expect(parseNodeSizes(result({ items: [{ metadata: { name: 'a' } }] }))).toMatchObject([
      { cpuMillis: 0, memoryBytes: 0 },
    ]);
  });
});

it('tells processors as people count them', () => {
  expect(['1600m', '50m', '4', '3333m', ''].map(processors)).toEqual(['1.6', '0.05', '4', '3.33', '0']);
});

it.each([
  ['4', 4],
  ['250m', 0.25],
  ['1.5', 1.5],
  ['2Gi', 2 ** 31],
  ['800Mi', 800 * 2 ** 20],
  ['1k', 1000],
  ['', 0],
  ['1Xi', 0],
  ['lots', 0],
])('the quantity %s is %s', (text, number) => {
  expect(quantity(text)).toBe(number);
});
