import type { Machine } from '../room/machine.js';
import type { Room } from '../room/room.js';
import { allMachines } from '../room/room.js';
import type { Stage } from './stage.js';

/** What a command is going to do: which stages, and on which machines each of them works. Pure data but for the stages' functions. */
export interface Plan {
  readonly command: string;
  readonly stages: readonly Stage[];
  /** Machines that may be changed. */
  readonly targets: readonly Machine[];
  /** The targets that the command is about: when none of them is left, the run ends. The rest of the targets only serve them. */
  readonly about: readonly Machine[];
  /** Machines that are connected to: the targets, and the parent when a stage asks the cluster. */
  readonly connected: readonly Machine[];
}

/**
 * A plan over `targets`. The parent is always connected to, since the cluster is asked through it.
 *
 * @throws TypeError when a stage comes before one that it needs: a defect of the list, caught by the tests.
 */
export function planFor(
  command: string,
  room: Room,
  stages: readonly Stage[],
  targets: readonly Machine[],
  about: readonly Machine[] = targets,
): Plan {
  const seen = new Set<string>();
  const ids = new Set(stages.map((s) => s.id));
  for (const stage of stages) {
    for (const before of stage.after) {
      if (ids.has(before) && !seen.has(before)) throw new TypeError(`${stage.id} comes before ${before}`);
    }
    seen.add(stage.id);
  }
  const connected = allMachines(room).filter((m) => m.role === 'parent' || targets.includes(m));
  return { command, stages, targets, about, connected };
}

/** The machines a stage works on, the parent first. */
export function machinesOf(stage: Stage, targets: readonly Machine[]): readonly Machine[] {
  return targets.filter((m) => stage.on === 'all' || (stage.on === 'parent') === (m.role === 'parent'));
}
