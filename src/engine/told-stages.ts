import type { Emit } from './events.js';
import type { PlanNode } from './plan.js';
import type { AnyWork } from './stage.js';

/**
 * Tells a graph by its stages: a stage begins with the first of its machines, and is over with the last. Several may be under way at once.
 */
export class ToldStages {
  private readonly left = new Map<AnyWork, Set<PlanNode<never>>>();
  private readonly begun = new Set<AnyWork>();

  private readonly emit: Emit;

  constructor(nodes: readonly PlanNode<never>[], emit: Emit) {
    this.emit = emit;
    for (const node of nodes) this.left.set(node.stage, (this.left.get(node.stage) ?? new Set()).add(node));
  }

  hasBegun(stage: AnyWork): boolean {
    return this.begun.has(stage);
  }

  begins({ stage, machine }: PlanNode<never>, isOut: (node: PlanNode<never>) => boolean): void {
    const { id, title } = stage;
    if (!this.begun.has(stage)) {
      this.begun.add(stage);
      const machines = [...(this.left.get(stage) ?? [])].filter((n) => !isOut(n)).map((n) => n.machine.name);
      this.emit({ type: 'stage-started', stage: id, title, machines });
    }
    this.emit({ type: 'machine-started', stage: id, machine: machine.name });
  }

  /** `reached`: it was tried at all. */
  ends(node: PlanNode<never>, reached: boolean): void {
    const { stage, machine } = node;
    const left = this.left.get(stage);
    left?.delete(node);
    if (!this.begun.has(stage)) return;
    if (!reached)
      this.emit({ type: 'machine-finished', stage: stage.id, machine: machine.name, outcome: 'not-reached' });
    if (left?.size === 0) this.emit({ type: 'stage-finished', stage: stage.id });
  }
}
