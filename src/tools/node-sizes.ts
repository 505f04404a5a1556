import type { ExecResult } from '../transport/transport.js';
import type { ForeignJson } from './foreign-json.js';
import { itemsOf } from './kubernetes-objects.js';

/** What a node has for pods: what its kubelet keeps for the system itself is taken off already. */
export interface NodeSize {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly cpuMillis: number;
  readonly memoryBytes: number;
}

/**
 * The nodes on which an ordinary pod may run: what keeps pods away for good, such as the taint of a control plane, leaves a node out; what passes,
 * such as a kubelet that does not answer, does not.
 *
 * @param result of `getNodes`
 * @throws KmonError `command` when it is no list of nodes.
 */
export function parseNodeSizes(result: ExecResult): readonly NodeSize[] {
  return itemsOf(result, 'nodes')
    .filter((node) => !node.at('spec', 'taints').list.some(keepsAway))
    .map((node) => {
      const allocatable = node.at('status', 'allocatable');
      return {
        name: node.at('metadata', 'name').text ?? '',
        labels: node.at('metadata', 'labels').texts,
        cpuMillis: Math.floor(1000 * quantity(allocatable.at('cpu').text)),
        memoryBytes: Math.floor(quantity(allocatable.at('memory').text)),
      };
    });
}

function keepsAway(taint: ForeignJson): boolean {
  const effect = taint.at('effect').text;
  const passes = taint.at('key').text?.startsWith('node.kubernetes.io/') === true;
  return !passes && (effect === 'NoSchedule' || effect === 'NoExecute');
}

const UNITS: Readonly<Record<string, number>> = {
  m: 1e-3,
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
};

/** Processors for people: `1600m` is 1.6. */
export function processors(text: string): string {
  return String(Math.round(100 * quantity(text)) / 100);
}

/** A quantity of Kubernetes (`1500m`, `7986Mi`) as a number; 0 for what is none. */
export function quantity(text = ''): number {
  const [, number = '', unit = ''] = /^(\d+(?:\.\d+)?)([a-zA-Z]*)$/.exec(text) ?? [];
  return Number(number) * (UNITS[unit] ?? 0);
}
