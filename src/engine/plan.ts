import type { Config } from '../config/config.js';
import type { Machine, Observed } from '../room/machine.js';
import { isParent } from '../room/machine.js';
import type { KnownRoom, Room } from '../room/room.js';
import { allMachines } from '../room/room.js';
import { isOnComputers } from './stage.js';
import type { After, AnyWork, ComputerStage, MachineWork, Work } from './stage.js';

/** What a command is going to do: which stages, and on which machines each of them works. Pure data but for the stages' functions. */
export interface Plan<C extends KnownRoom = Config> {
  readonly command: string;
  readonly stages: readonly Work<unknown, C>[];
  /** Machines that may be changed. */
  readonly targets: readonly Machine[];
  /** The targets that the command is about: when none of them is left, the run ends. The rest of the targets only serve them. */
  readonly about: readonly Machine[];
  /** Computers that are only observed; they are reached by the stages that ask something of them. */
  readonly observed: readonly Observed[];
  /** Machines that are connected to: the targets, and the parent when a stage asks the cluster. */
  readonly connected: readonly Machine[];
}

/** One stage in one place. */
export type PlanNode<C extends KnownRoom = Config> = MachineNode<C> | ComputerNode<C>;

export interface MachineNode<C extends KnownRoom = Config> extends Placed<C> {
  readonly stage: MachineWork<unknown, C>;
  /** The machine that it is about; of the cluster, the parent. */
  readonly machine: Machine;
}

export interface ComputerNode<C extends KnownRoom = Config> extends Placed<C> {
  readonly stage: ComputerStage<unknown, C>;
  readonly machine: Observed;
}

interface Placed<C extends KnownRoom> {
  /** What stands in one lane is done in the order of the list: a machine's name, the cluster, or what goes apart from both. */
  readonly lane: string;
  /** What it stands on. */
  readonly after: readonly PlanNode<C>[];
  /** What it is noted behind. */
  readonly behind: readonly PlanNode<C>[];
}

/**
 * A plan over `targets`. The parent is always connected to, since the cluster is asked through it.
 *
 * @throws TypeError when a stage comes before one that it needs, or twice: a defect of the list, caught by the tests.
 */
export function planFor<C extends KnownRoom>(
  command: string,
  room: Room,
  stages: readonly Work<unknown, C>[],
  targets: readonly Machine[],
  about: readonly Machine[] = targets,
  observed: readonly Observed[] = [],
): Plan<C> {
  mustBeInOrder(stages);
  const connected = allMachines(room).filter((m) => m.role === 'parent' || targets.includes(m));
  return { command, stages, targets, about, observed, connected };
}

/**
 * A plan about a cluster that is no room's: no machine is connected to, and `place` stands for the cluster in what is told.
 *
 * @throws TypeError also when a stage wants a machine.
 */
export function planForCluster(command: string, stages: readonly Work<unknown>[], place: Machine): Plan {
  mustBeInOrder(stages);
  for (const { id, on } of stages) if (on !== 'cluster') throw new TypeError(`${id} wants a machine`);
  return { command, stages, targets: [place], about: [place], observed: [], connected: [] };
}

function mustBeInOrder(stages: readonly AnyWork[]): void {
  const seen = new Set<AnyWork>();
  for (const stage of stages) {
    for (const { stage: before } of stage.after) {
      if (stages.some((s) => s === before) && !seen.has(before))
        throw new TypeError(`${stage.id} comes before ${before.id}`);
    }
    if (seen.has(stage)) throw new TypeError(`${stage.id} is in the list twice`);
    seen.add(stage);
  }
}

/** The machines a stage is about, the parent first. */
export function machinesOf(
  { on }: MachineWork<unknown, never>,
  { targets, about }: Pick<Plan<never>, 'targets' | 'about'>,
): readonly Machine[] {
  switch (on) {
    case 'room':
      return targets;
    case 'all':
      return targets.filter((m) => about.includes(m));
    case 'children':
      return targets.filter((m) => m.role === 'child');
    case 'parent':
    case 'cluster':
      return targets.filter((m) => m.role === 'parent');
  }
}

export function isOnComputer<C extends KnownRoom>(node: PlanNode<C>): node is ComputerNode<C> {
  return isOnComputers(node.stage);
}

/** The plan as a graph: every stage in each of its places, what stands on something behind it. */
export function graphOf<C extends KnownRoom>(plan: Plan<C>): readonly PlanNode<C>[] {
  const nodes: PlanNode<C>[] = [];
  for (const stage of plan.stages) {
    const needed = (machine: Machine | Observed): Pick<PlanNode<C>, 'after' | 'behind'> => {
      const until = (how: After['until']): readonly PlanNode<C>[] =>
        stage.after.filter((one) => one.until === how).flatMap((one) => before(one, machine, nodes));
      const earlier = stage.oneAtATime === true ? nodes.filter((n) => n.stage === stage) : [];
      return { after: [...until('ended'), ...earlier], behind: until('noted') };
    };
    if (isOnComputers(stage)) {
      for (const machine of plan.observed)
        nodes.push({ stage, machine, lane: machine.name, ...needed(machine) });
      continue;
    }
    for (const machine of machinesOf(stage, plan)) {
      nodes.push({ stage, machine, lane: laneOf(stage, machine), ...needed(machine) });
    }
  }
  return nodes;
}

function laneOf({ id, on, apart }: AnyWork, { name }: Machine): string {
  if (apart === true) return `${id} on ${name}`;
  return on === 'cluster' ? 'the cluster' : name;
}

function before<C extends KnownRoom>(
  { stage, where }: After,
  machine: Machine | Observed,
  nodes: readonly PlanNode<C>[],
): readonly PlanNode<C>[] {
  return nodes.filter((n) => {
    if (n.stage !== stage) return false;
    if (where === 'everyone') return true;
    return where === 'here' ? n.machine.name === machine.name : isParent(n.machine);
  });
}
