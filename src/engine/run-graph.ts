import type { KnownRoom } from '../room/room.js';
import type { PlanNode } from './plan.js';

/**
 * Runs every node when what it stands on, and what comes before it in its lane, has ended; at most `limit` at once. `run` must not reject:
 * what failed is its own matter, and those behind it are told to run all the same.
 */
export async function runGraph<C extends KnownRoom>(
  nodes: readonly PlanNode<C>[],
  limit: number,
  run: (node: PlanNode<C>) => Promise<void>,
): Promise<void> {
  const slots = new Slots(limit);
  const ends = new Map<PlanNode<C>, Promise<void>>();
  const lanes = new Map<string, Promise<void>>();
  for (const node of nodes) {
    const before = [...node.after.map((n) => ends.get(n)), lanes.get(node.lane)].filter(
      (p) => p !== undefined,
    );
    const end = Promise.all(before).then(() => slots.with(() => run(node)));
    ends.set(node, end);
    lanes.set(node.lane, end);
  }
  await Promise.all(ends.values());
}

class Slots {
  private readonly waiting: (() => void)[] = [];
  private free: number;

  constructor(limit: number) {
    this.free = limit;
  }

  async with(work: () => Promise<void>): Promise<void> {
    if (this.free > 0) this.free--;
    else await new Promise<void>((resolve) => this.waiting.push(resolve));
    try {
      await work();
    } finally {
      const next = this.waiting.shift();
      if (next === undefined) this.free++;
      else next();
    }
  }
}
