import { isParent } from '../room/machine.js';
import type { KnownRoom } from '../room/room.js';
import type { Clock } from './clock.js';
import type { PlanNode } from './plan.js';

/**
 * How long what is sent to the others waits for the parent's, once it could begin. Over a line of 10 MB/s the parent has what it needs by then; where
 * its own line is the slow one, the others lose no more than they wait for the cluster anyway.
 */
export const HEAD_START_MS = 20_000;

/** What a node tells those who wait for it, and asks of those before it, while it is under way. */
export interface Going {
  /** Its entries are in the ledger. */
  noted(): void;
  /** Resolves when what it sends may take the line: the parent's goes first. Never rejects. */
  lineFree(): Promise<void>;
}

/**
 * Runs every node when what it stands on, and what comes before it in its lane, has ended, and what it is noted behind has called `noted` or
 * has ended; on at most `limit` machines at once, whatever is under way on each of them: what goes apart on one takes no turn from another.
 * `run` must not reject: what failed is its own matter, and those behind it are told to run all the same.
 */
export async function runGraph<C extends KnownRoom>(
  nodes: readonly PlanNode<C>[],
  limit: number,
  run: (node: PlanNode<C>, going: Going) => Promise<void>,
  { sleep }: Pick<Clock, 'sleep'>,
): Promise<void> {
  const turns = new Turns(limit);
  const ends = new Map<PlanNode<C>, Promise<void>>();
  const notes = new Map<PlanNode<C>, Promise<void>>();
  const lanes = new Map<string, Promise<void>>();
  const lineFree = async ({ stage, machine }: PlanNode<C>): Promise<void> => {
    if (stage.sends !== true || isParent(machine)) return;
    const parents = nodes
      .filter((n) => n.stage.sends === true && isParent(n.machine))
      .map((n) => ends.get(n))
      .filter((p) => p !== undefined);
    if (parents.length === 0) return;
    const over = new AbortController();
    await Promise.race([Promise.all(parents), sleep(HEAD_START_MS, over.signal).catch(() => undefined)]);
    over.abort();
  };
  for (const node of nodes) {
    const before = [
      ...node.after.map((n) => ends.get(n)),
      ...node.behind.map((n) => notes.get(n)),
      lanes.get(node.lane),
    ].filter((p) => p !== undefined);
    const noted = new Promise<void>((resolve) => {
      const going: Going = { noted: resolve, lineFree: () => lineFree(node) };
      const end = Promise.all(before)
        .then(() => turns.of(node.machine.name, () => run(node, going)))
        .finally(resolve);
      ends.set(node, end);
      lanes.set(node.lane, end);
    });
    notes.set(node, noted);
  }
  await Promise.all(ends.values());
}

/** Who finds no turn free waits in the order of arrival; a machine that has one has it for all that begins on it meanwhile. */
class Turns {
  private readonly underWay = new Map<string, number>();
  private readonly waiting = new Map<string, (() => void)[]>();
  private readonly limit: number;

  constructor(limit: number) {
    this.limit = limit;
  }

  async of(machine: string, work: () => Promise<void>): Promise<void> {
    if (this.underWay.has(machine) || this.underWay.size < this.limit) this.begin(machine);
    else await new Promise<void>((resolve) => this.queueOf(machine).push(resolve));
    try {
      await work();
    } finally {
      this.end(machine);
    }
  }

  private queueOf(machine: string): (() => void)[] {
    const queue = this.waiting.get(machine) ?? [];
    this.waiting.set(machine, queue);
    return queue;
  }

  private begin(machine: string): void {
    this.underWay.set(machine, (this.underWay.get(machine) ?? 0) + 1);
  }

  private end(machine: string): void {
    const left = (this.underWay.get(machine) ?? 1) - 1;
    if (left > 0) {
      this.underWay.set(machine, left);
      return;
    }
    this.underWay.delete(machine);
    const [next] = this.waiting;
    if (next === undefined) return;
    const [name, queue] = next;
    this.waiting.delete(name);
    for (const resolve of queue) {
      this.begin(name);
      resolve();
    }
  }
}
