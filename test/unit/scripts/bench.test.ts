import { expect, test } from 'vitest';
import { copiesTo, endOf, linesOf, stageTable, stageTimes } from '../../../scripts/bench.d/event-times.js';
import { initConfig, joinConfig, templateOf } from '../../../scripts/bench.d/kit.js';
import { memoryText, readMemory } from '../../../scripts/bench.d/memory.js';
import { differences, lacking, ofOneRun, readMachine, workOf } from '../../../scripts/bench.d/seen.js';
import type { ClusterSeen } from '../../../scripts/bench.d/seen.js';
import { spreadLines, spreadOf } from '../../../scripts/bench.d/spread.js';
import { secondAnswers } from '../../../scripts/bench.d/watched.js';
import { kubeadmInitConfig } from '../../../src/render/kubeadm.js';

test('tells the middle of several ratios and both ends', () => {
  expect(spreadOf([1.2, 0.9, 1])).toEqual({ median: 1, least: 0.9, most: 1.2, rounds: 3 });
  expect(spreadOf([1, 2, 4, 3]).median).toBe(2.5);
  expect(() => spreadOf([])).toThrow('no ratios');
  expect(
    spreadLines([
      ['kmon / shell', spreadOf([1.047, 0.9, 1.2])],
      ['slow', spreadOf([2])],
    ]),
  ).toBe('kmon / shell  1.05 (0.90..1.20 in 3 rounds)\nslow          2.00 (1 round)\n');
});

const at = (seconds: number): string => new Date(Date.UTC(2026, 0, 1) + seconds * 1000).toISOString();
const RUN = [
  { at: at(0), type: 'run-started', machines: ['parent', 'child-1', 'child-2'] },
  { at: at(1), type: 'machine-started', stage: 'tools', machine: 'child-1' },
  {
    at: at(3),
    type: 'command',
    machine: 'child-1',
    verb: 'mutate',
    intent: 'copy kubelet v1 (106 MB) to /a',
    durationMs: 1500,
  },
  {
    at: at(3),
    type: 'command',
    machine: 'child-2',
    verb: 'mutate',
    intent: 'copy kubelet v1 (106 MB) to /a',
    durationMs: 9,
  },
  { at: at(4), type: 'machine-finished', stage: 'tools', machine: 'child-1', outcome: 'changed' },
  {
    at: at(5),
    type: 'command',
    machine: 'parent',
    intent: 'kubeadm init',
    shown: 'kubeadm init && x',
  },
  { at: at(8), type: 'machine-started', stage: 'ready', machine: 'child-1' },
  { at: at(8.5), type: 'machine-started', stage: 'ready', machine: 'child-2' },
  { at: at(9), type: 'machine-finished', stage: 'ready', machine: 'child-1', outcome: 'unchanged' },
  { at: at(12.25), type: 'machine-finished', stage: 'ready', machine: 'child-2', outcome: 'unchanged' },
  { at: at(13), type: 'machine-finished', stage: 'measured', machine: 'parent', outcome: 'not-reached' },
];
const LINES = linesOf(RUN.map((line) => `${JSON.stringify(line)}\n`).join(''));

test('tells when stages were on their machines, from the events of a run', () => {
  const times = stageTimes(LINES);

  expect(stageTable(times)).toEqual([
    'child-1    tools             1.0 ..   4.0 s',
    'child-1    ready             8.0 ..   9.0 s',
    'child-2    ready             8.5 ..  12.3 s',
  ]);
  expect(endOf(times, 'ready', ['child-1'])).toBe(9000);
  expect(endOf(times, 'ready', ['child-1', 'child-2'])).toBe(12_250);
  expect(() => endOf(times, 'measured', ['parent'])).toThrow('parent has not ended the stage measured');
  expect(copiesTo('child-1', LINES)).toEqual(['kubelet']);
});

test('takes a machine for watched from the second answer of its exporter', () => {
  const values = [
    [100, '0'],
    [105, '1'],
    [110, '1'],
    [115, '1'],
  ] as const;
  const result = [
    { metric: { node: 'child-1' }, values },
    { metric: { node: 'child-2' }, values: values.slice(0, 2) },
  ];
  expect(secondAnswers({ data: { result } })).toEqual(new Map([['child-1', 110_000]]));
});

test.each(['v1.30.0', 'v1.36.2'])(
  'makes the others kubeadm files out of that of kmon: %s',
  async (version) => {
    const init = await kubeadmInitConfig({
      version,
      name: 'parent',
      nodeIp: '10.77.0.10',
      criSocket: '/run/c.sock',
      ignorePreflight: ['ImagePull'],
      advertiseAddress: '10.77.0.10',
      controlPlaneEndpoint: 'kmon-parent:6443',
      podSubnet: '10.244.0.0/16',
      serviceSubnet: '10.96.0.0/12',
      certSans: ['parent'],
      cgroupDriver: 'systemd',
      proxyMode: 'nftables',
    });

    const withToken = initConfig(init);

    expect(withToken.split('\n---\n')).toHaveLength(init.split('\n---\n').length);
    expect(withToken).toMatch(/ttl: 10m0s/);
    expect(withToken).toMatch(/token: bench0\.0123456789abcdef/);
    expect(joinConfig(init, { name: 'child-1', address: '10.77.0.11' })).toMatchSnapshot();
  },
);

test('leaves a place for the range of a node, and the range of all pods as it is', () => {
  const conflist = '{ "subnet": "10.244.0.0/16", "rangeStart": "10.244.0.2", "gateway": "10.244.0.1" }';
  expect(templateOf(conflist, '10.244.0.0/24')).toBe(
    '{ "subnet": "10.244.0.0/16", "rangeStart": "@PODS@2", "gateway": "@PODS@1" }',
  );
});

function seenIn(o: { readonly subnet: string; readonly pods: string; readonly extra?: string }): ClusterSeen {
  const conflist = Buffer.from(`"gateway": "${o.pods}.1"`).toString('base64');
  const machine = readMachine(
    'child-1',
    [
      `files /etc/kmon/cni/net.d/10-kmon.conflist 644 ${conflist}`,
      `hosts ${o.subnet}.11 child-1`,
      'packages curl',
      'packages containerd',
      `routes ${o.pods}.0/24`,
      ...(o.extra === undefined ? [] : [o.extra]),
    ].join('\n'),
  );
  return {
    machines: [machine],
    nodes: [{ name: 'child-1', ready: true, podCidr: `${o.pods}.0/24`, labels: { 'kmon/team': 'red' } }],
    release: { name: 'kmon', namespace: 'monitoring', chart: 'kmon-lite-0.1.0' },
    values: `{"address":"${o.subnet}.11"}`,
    measured: ['child-1'],
  };
}

test('finds equal work equal whatever the addresses, and says what is not', () => {
  const before = [readMachine('child-1', 'packages curl')];
  const [one, other, more] = [
    seenIn({ subnet: '10.77.0', pods: '10.244.1' }),
    seenIn({ subnet: '10.77.3', pods: '10.244.2' }),
    seenIn({ subnet: '10.77.0', pods: '10.244.1', extra: 'images pause:1' }),
  ].map((seen) => workOf(seen, before));

  expect(differences(one ?? [], other ?? [])).toEqual([]);
  expect(differences(one ?? [], more ?? [])).toEqual(['+ child-1: image pause:1']);
  expect(one).toMatchSnapshot();
});

test('leaves out of the work what only one run can have', () => {
  expect(['/etc/kmon/kubeadm-init.yaml', '/etc/kmon/pod-network/30-peers'].every(ofOneRun)).toBe(true);
  expect(['/etc/kmon/containerd.toml', '/etc/sysctl.d/99-kmon.conf'].some(ofOneRun)).toBe(false);
});

test('says what a workshop that came up half lacks', () => {
  const seen = seenIn({ subnet: '10.77.0', pods: '10.244.1' });
  expect(lacking(seen)).toEqual([]);
  expect(lacking({ ...seen, nodes: [], measured: [] })).toEqual([
    'child-1 is not in the cluster',
    'child-1 has no CPU series in Prometheus',
  ]);
});

test('tells what the pods of a machine hold in memory, by namespace, the largest first', () => {
  const pods = readMemory({
    pods: [
      { podRef: { namespace: 'monitoring', name: 'small' }, memory: { workingSetBytes: 2 * 1024 ** 2 } },
      // Of a pod that has just started the kubelet says no sum yet.
      {
        podRef: { namespace: 'monitoring', name: 'large' },
        containers: [
          { memory: { workingSetBytes: 3 * 1024 ** 2 } },
          { memory: { workingSetBytes: 1024 ** 2 } },
        ],
      },
      { podRef: { namespace: 'kube-system', name: 'etcd' }, memory: { workingSetBytes: 50 * 1024 ** 2 } },
    ],
  });
  expect(memoryText(pods)).toEqual(['kube-system: 50 MiB (etcd 50)', 'monitoring: 6 MiB (large 4, small 2)']);
});
