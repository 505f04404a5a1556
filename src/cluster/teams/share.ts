import type { TeamsConfig } from '../../config/config.js';
import { quantity } from '../../tools/node-sizes.js';
import type { NodeSize } from '../../tools/node-sizes.js';
import { TEAM_LABEL } from './names.js';

/** What the pods of a team may have together, as quantities of Kubernetes. */
export interface Share {
  readonly cpu: string;
  readonly memory: string;
  readonly pods: number;
}

/** The rest is for what every machine runs beside: the pod network, the exporter, DNS, and what the teacher shows. */
const PART = 0.8;

/** A kubelet takes 110 pods; a laptop's memory ends long before. */
const PODS_OF_A_CHILD = 20;

const MI = 2 ** 20;

/**
 * What a team gets: four fifths of what its own children have, so that all teams fit beside each other. A team without a child of its own gets an
 * even part of all children. What kmon.yaml says goes before. `undefined`: there is no child in the cluster, and kmon.yaml does not say all of it.
 *
 * @param nodes those that take ordinary pods
 */
export function shareOf(
  team: string,
  {
    nodes,
    teams,
    config,
  }: { readonly nodes: readonly NodeSize[]; readonly teams: number; readonly config: TeamsConfig },
): Share | undefined {
  const own = nodes.filter(({ labels }) => labels[TEAM_LABEL] === team);
  const [of, among] = own.length > 0 ? [own, 1] : [nodes, teams];
  const sum = (what: (node: NodeSize) => number): number =>
    of.reduce((all, node) => all + what(node), 0) / among;
  const millis = config.cpu === undefined ? PART * sum((n) => n.cpuMillis) : 1000 * config.cpu;
  const bytes = config.memory === undefined ? PART * sum((n) => n.memoryBytes) : quantity(config.memory);
  const pods = config.pods ?? sum(() => PODS_OF_A_CHILD);
  if (millis === 0 || bytes === 0 || pods === 0) return undefined;
  return {
    cpu: `${Math.max(1, Math.floor(millis))}m`,
    memory: `${Math.max(1, Math.floor(bytes / MI))}Mi`,
    pods: Math.max(1, Math.floor(pods)),
  };
}
