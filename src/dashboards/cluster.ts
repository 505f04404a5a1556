import type { Dashboard } from './frame.js';
import { lines } from './lines.js';
import { numbers } from './numbers.js';
import { labelTable } from './tables.js';

const BY_MACHINE = '{{node}}';
const NO_STATE = 'no kube-state-metrics';
const NO_BLACKBOX = 'no add-on blackbox';
const MACHINES = 'node=~".+"';

/** Whether what measures works, and what it stands on. */
export const CLUSTER: Dashboard = {
  name: 'kmon-cluster',
  title: 'Cluster health',
  about: 'Whether Prometheus gets what it asks for, whether it keeps it, and how Kubernetes is.',
  variables: [],
  rows: [
    {
      title: 'What is the matter',
      panels: [
        numbers({
          title: 'Targets that answer',
          about: 'Of each job of Prometheus, and how many there are.',
          empty: 'Prometheus asks nobody',
          means: 'count',
          asks: [
            { query: 'targetsUp', legend: '{{job}} up' },
            { query: 'targets', legend: '{{job}} in all' },
          ],
          size: [12, 5],
        }),
        numbers({
          title: 'Targets that do not',
          about: 'Each that Prometheus asks and gets no answer of.',
          needs: 'trouble',
          empty: 'none',
          means: 'silent',
          asks: [{ query: 'targetsDown', legend: '{{job}} {{instance}}' }],
          size: [12, 5],
        }),
        labelTable({
          title: 'Alerts',
          about: 'What fires now. `kmon alerts` says what to do about each.',
          needs: 'trouble',
          empty: 'none',
          ask: { query: 'firing', legend: '{{alertname}}' },
          labels: { severity: 'How bad', alertname: 'Alert', node: 'Machine' },
          size: [24, 6],
        }),
      ],
    },
    {
      title: 'Machines',
      panels: [
        lines(
          {
            title: 'Disk / filled',
            about: 'Of the root file system. Kubernetes ends pods on a machine whose disk is full.',
            needs: 'disk',
            empty: 'not told',
            means: 'percent',
            line: 90,
            asks: [{ query: 'rootFill', legend: BY_MACHINE }],
            size: [8, 8],
          },
          MACHINES,
        ),
        lines(
          {
            title: 'Clocks',
            about:
              'How far each clock is from the one of Prometheus. Certificates are refused where clocks differ.',
            empty: 'nobody answers',
            means: 'clock',
            line: 10,
            asks: [{ query: 'clockOffSeconds', legend: BY_MACHINE }],
            size: [8, 8],
          },
          MACHINES,
        ),
        lines(
          {
            title: 'Time to answer',
            about: 'How long each exporter takes. What is slow here is a slow machine, or a bad network.',
            empty: 'nobody answers',
            means: 'seconds',
            asks: [{ query: 'answersInSeconds', legend: BY_MACHINE }],
            size: [8, 8],
          },
          MACHINES,
        ),
      ],
    },
    {
      title: 'Machines from outside (with the add-on blackbox)',
      panels: [
        numbers(
          {
            title: 'Who answers a ping',
            about: 'Asked from the parent. A firewall may let none through.',
            needs: 'blackbox',
            empty: NO_BLACKBOX,
            means: 'answers',
            asks: [{ query: 'pingAnswers', legend: BY_MACHINE }],
            size: [12, 5],
          },
          MACHINES,
        ),
        numbers(
          {
            title: 'Whose kubelet answers',
            about: 'Asked from the parent, of every node.',
            needs: 'blackbox',
            empty: NO_BLACKBOX,
            means: 'answers',
            asks: [{ query: 'kubeletAnswers', legend: BY_MACHINE }],
            size: [12, 5],
          },
          MACHINES,
        ),
        lines(
          {
            title: 'Ping, there and back',
            about: 'Of the machines that answer. A slow Wi-Fi shows here first.',
            needs: 'blackbox',
            empty: NO_BLACKBOX,
            means: 'seconds',
            asks: [{ query: 'pingSeconds', legend: BY_MACHINE }],
            size: [12, 8],
          },
          MACHINES,
        ),
        lines(
          {
            title: 'Kubelet, with the handshake',
            about: 'How long each takes that answers. What is slow here and not by a ping is a busy machine.',
            needs: 'blackbox',
            empty: NO_BLACKBOX,
            means: 'seconds',
            asks: [{ query: 'kubeletSeconds', legend: BY_MACHINE }],
            size: [12, 8],
          },
          MACHINES,
        ),
      ],
    },
    {
      title: 'Prometheus itself',
      panels: [
        numbers({
          title: 'Rules that failed in 5 minutes',
          about: 'What it could not reckon.',
          empty: 'not told',
          means: 'troubles',
          asks: [{ query: 'ruleFailures', legend: 'failed' }],
          size: [8, 4],
        }),
        numbers({
          title: 'Answers dropped in 5 minutes',
          about: 'Values that came out of their order, or twice.',
          empty: 'not told',
          means: 'troubles',
          asks: [{ query: 'droppedSamples', legend: 'dropped' }],
          size: [8, 4],
        }),
        numbers({
          title: 'Log corrupted',
          about: 'How often its write-ahead log had to be mended since it was started.',
          empty: 'not told',
          means: 'troubles',
          asks: [{ query: 'walCorruptions', legend: 'corrupted' }],
          size: [8, 4],
        }),
        lines({
          title: 'Series',
          about: 'How many it keeps at once: what its memory goes with.',
          empty: 'not told',
          means: 'times',
          asks: [{ query: 'headSeries', legend: 'series' }],
          size: [6, 7],
        }),
        lines({
          title: 'Values a second',
          about: 'What it takes in.',
          empty: 'not told',
          means: 'perSecond',
          asks: [{ query: 'samplesPerSecond', legend: 'values' }],
          size: [6, 7],
        }),
        lines({
          title: 'Memory of Prometheus',
          about: 'What it has taken of the parent.',
          empty: 'not told',
          means: 'bytes',
          asks: [{ query: 'prometheusMemoryBytes', legend: 'memory' }],
          size: [6, 7],
        }),
        lines({
          title: 'Disk of Prometheus',
          about: 'What it has on the disk of the parent. The oldest goes when it is full.',
          empty: 'not told',
          means: 'bytes',
          asks: [{ query: 'storedBytes', legend: 'on the disk' }],
          size: [6, 7],
        }),
      ],
    },
    {
      title: 'Kubernetes (with the profile stack)',
      panels: [
        numbers({
          title: 'Nodes Ready',
          about: 'Of all nodes of the cluster.',
          needs: 'kubeStateMetrics',
          empty: NO_STATE,
          means: 'count',
          asks: [
            { query: 'nodesReady', legend: 'Ready' },
            { query: 'nodes', legend: 'in all' },
          ],
          size: [6, 6],
        }),
        labelTable({
          title: 'Nodes not Ready',
          about: 'By name.',
          needs: 'kubeStateMetrics',
          empty: 'none, or no kube-state-metrics',
          ask: { query: 'nodesNotReady', legend: BY_MACHINE },
          labels: { node: 'Node' },
          size: [6, 6],
        }),
        numbers({
          title: 'Pods in trouble',
          about: 'By namespace: those that neither run nor are done.',
          needs: 'kubeStateMetrics',
          empty: 'none, or no kube-state-metrics',
          means: 'troubles',
          asks: [{ query: 'podsInTrouble', legend: '{{namespace}} {{phase}}' }],
          size: [6, 6],
        }),
        numbers({
          title: 'Restarts in 10 minutes',
          about: 'Of containers, by pod.',
          needs: 'kubeStateMetrics',
          empty: 'none, or no kube-state-metrics',
          means: 'troubles',
          asks: [{ query: 'restarts', legend: '{{namespace}}/{{pod}}' }],
          size: [6, 6],
        }),
      ],
    },
  ],
};
