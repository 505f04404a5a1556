import type { ExecResult } from '../transport/transport.js';
import { itemsOf } from './kubernetes-objects.js';

/** What the metrics API tells of a node, as `kubectl top nodes` shows it. */
export interface NodeMetrics {
  readonly node: string;
  /** Such as 135821470n (thousand millionths of a processor). */
  readonly cpu: string;
  /** Such as 612340Ki. */
  readonly memory: string;
}

/** Those of which both are known. @throws KmonError `command` when it is no list of metrics. */
export function parseNodeMetrics(result: ExecResult): readonly NodeMetrics[] {
  return itemsOf(result, 'metrics of nodes').flatMap((item) => {
    const cpu = item.at('usage', 'cpu').text;
    const memory = item.at('usage', 'memory').text;
    const node = item.at('metadata', 'name').text ?? '';
    return cpu === undefined || memory === undefined ? [] : [{ node, cpu, memory }];
  });
}
