import type { Machine } from '../../room/machine.js';
import type { ClusterNode } from '../../tools/kubernetes-objects.js';
import { TEAM_LABEL } from './names.js';

/** A child of a team that is no part of what the teams share, or of what its own team gets. */
export interface UncountedChild {
  readonly team: string;
  readonly child: string;
  readonly because: string;
}

/** The children that kmon.yaml gives a team and that the cluster does not count for it, in the order of kmon.yaml. */
export function uncountedChildren(
  children: readonly Machine[],
  nodes: readonly ClusterNode[],
): readonly UncountedChild[] {
  return children.flatMap(({ name, team }) => {
    if (team === undefined) return [];
    const because = whyNot(
      team,
      nodes.find((node) => node.name === name),
    );
    return because === undefined ? [] : [{ team, child: name, because }];
  });
}

function whyNot(team: string, node: ClusterNode | undefined): string | undefined {
  if (node === undefined) return 'not in the cluster yet';
  if (node.state !== 'ready') return 'not Ready';
  return node.labels[TEAM_LABEL] === team ? undefined : 'not marked with its team yet';
}

/** A line a team: which of its children are not counted, and what to do once they are there. */
export function uncountedText(uncounted: readonly UncountedChild[]): readonly string[] {
  return [...new Set(uncounted.map(({ team }) => team))].map((team) => {
    const own = uncounted.filter((one) => one.team === team);
    const which = own.map(({ child, because }) => `${child} (${because})`).join(', ');
    return `${team}: its part is without ${which}: \`kmon join-child\`, then \`kmon teams\` again`;
  });
}
