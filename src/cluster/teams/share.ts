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

/** What the teams share: nodes that take ordinary pods and answer, and the teams that are to be in the cluster. */
interface Shared {
  readonly nodes: readonly NodeSize[];
  readonly teams: readonly string[];
  readonly config: TeamsConfig;
}

/**
 * What a team gets: four fifths of what its own children have. Teams without a child of their own share evenly what the children have that are of
 * no team; where there is no such child, room is made for them: each would get an even part of all, and the parts of all are made smaller by the
 * same factor. So all parts together never exceed what the nodes have, but for what kmon.yaml says, which goes before. `undefined`: there is no child
 * in the cluster, and kmon.yaml does not say all of it.
 */
export function shareOf(team: string, shared: Shared): Share | undefined {
  const { config } = shared;
  const millis =
    config.cpu === undefined ? PART * partOf(team, shared, (n) => n.cpuMillis) : 1000 * config.cpu;
  const bytes =
    config.memory === undefined ? PART * partOf(team, shared, (n) => n.memoryBytes) : quantity(config.memory);
  const pods = config.pods ?? partOf(team, shared, () => PODS_OF_A_CHILD);
  if (millis === 0 || bytes === 0 || pods === 0) return undefined;
  return {
    cpu: `${Math.max(1, Math.floor(millis))}m`,
    memory: `${Math.max(1, Math.floor(bytes / MI))}Mi`,
    pods: Math.max(1, Math.floor(pods)),
  };
}

/** The part of a team in something that nodes have; those of all teams add up to what all nodes have, or less. */
function partOf(team: string, { nodes, teams }: Shared, what: (node: NodeSize) => number): number {
  const sum = (some: readonly NodeSize[]): number => some.reduce((all, node) => all + what(node), 0);
  const teamOf = ({ labels }: NodeSize): string | undefined =>
    teams.find((known) => known === labels[TEAM_LABEL]);
  const own = sum(nodes.filter((node) => teamOf(node) === team));
  const guests = teams.filter((other) => !nodes.some((node) => teamOf(node) === other));
  const isGuest = guests.includes(team);
  const free = nodes.filter((node) => teamOf(node) === undefined);
  if (free.length > 0) return isGuest ? sum(free) / guests.length : own;
  const even = sum(nodes) / teams.length;
  return (isGuest ? even : own) / (1 + guests.length / teams.length);
}
