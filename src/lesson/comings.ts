import type { Role } from '../room/machine.js';
import { allMachines } from '../room/room.js';
import type { Room } from '../room/room.js';
import type { ClusterNode } from '../tools/kubernetes-objects.js';
import type { ToldRun } from './told-run.js';

/** A machine that came into the cluster; also as JSON. Times are RFC 3339. */
export interface Coming {
  readonly machine: string;
  readonly role: Role;
  readonly joinedAt: string;
  /** The command that brought it; `null`: no transcript here tells, the cluster alone does. */
  readonly by: string | null;
  /** When it was given back; `null`: it was not. */
  readonly leftAt: string | null;
}

const JOINS = ['init-parent', 'join-child'];
/** How a stage ends that may have changed something all the same. */
const UNENDED = ['failed', 'cut-off'];
const LEAVES = ['give-back-parent', 'give-back-children'];

/**
 * Who came when, in the order of time.
 *
 * @param nodes What the cluster says now, if it could be asked: for machines of which no transcript tells.
 */
export function comingsIn(
  runs: readonly ToldRun[],
  room: Room,
  nodes: readonly ClusterNode[] = [],
): readonly Coming[] {
  const machines = new Map(allMachines(room).map((m) => [m.name, m] as const));
  const found: (Omit<Coming, 'leftAt'> & { leftAt: string | null })[] = [];
  /** The first that did not come to its end, of each machine. */
  const tried = new Map<string, { readonly at: number; readonly by: string }>();
  for (const { command, results } of runs) {
    for (const { at, stage, machine, outcome, dryRun } of results) {
      if (dryRun) continue;
      if (LEAVES.includes(stage) && outcome === 'changed') {
        for (const there of found) if (there.machine === machine) there.leftAt ??= new Date(at).toISOString();
        tried.delete(machine);
      }
      if (!JOINS.includes(stage)) continue;
      const isIn = found.some((there) => there.machine === machine && there.leftAt === null);
      if (UNENDED.includes(outcome) && !isIn && !tried.has(machine)) tried.set(machine, { at, by: command });
      // What was begun went on by itself: the next look found it done.
      const came =
        outcome === 'changed'
          ? { at, by: command }
          : outcome === 'unchanged' && !isIn
            ? tried.get(machine)
            : undefined;
      if (came === undefined) continue;
      tried.delete(machine);
      found.push({
        machine,
        // A machine that is not in kmon.yaml any more was a child: a room has one parent.
        role: machines.get(machine)?.role ?? (stage === 'init-parent' ? 'parent' : 'child'),
        joinedAt: new Date(came.at).toISOString(),
        by: came.by,
        leftAt: null,
      });
    }
  }
  for (const { name, createdAt } of nodes) {
    const machine = machines.get(name);
    const at = Date.parse(createdAt);
    const isKnown = found.some((there) => there.machine === name && there.leftAt === null);
    if (machine === undefined || isKnown || Number.isNaN(at)) continue;
    found.push({
      machine: name,
      role: machine.role,
      joinedAt: new Date(at).toISOString(),
      by: null,
      leftAt: null,
    });
  }
  return found.toSorted((a, b) => Date.parse(a.joinedAt) - Date.parse(b.joinedAt));
}
