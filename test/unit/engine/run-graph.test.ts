import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import type { Clock } from '../../../src/engine/clock.js';
import type { MachineNode, PlanNode } from '../../../src/engine/plan.js';
import { HEAD_START_MS, runGraph } from '../../../src/engine/run-graph.js';
import type { Going } from '../../../src/engine/run-graph.js';
import { stageOf } from './rehearsal.js';

const node = (
  id: string,
  name: string,
  lane: string,
  after: readonly PlanNode[] = [],
  behind: readonly PlanNode[] = [],
): MachineNode => ({
  stage: stageOf(id),
  machine: { name, address: '192.0.2.1', role: 'child' },
  lane,
  after,
  behind,
});

/** A time that is never over, until it is waited for no more. */
const forEver: Clock['sleep'] = (_ms, signal) => delay(2 ** 31 - 1, undefined, { signal });

/** Runs a graph of which nothing ends before it is told to; gives what is under way. */
function begin(nodes: readonly PlanNode[], limit: number, sleep: Clock['sleep'] = forEver) {
  const open = new Map<string, () => void>();
  const notes = new Map<string, () => void>();
  const run = async (n: PlanNode, { noted, lineFree }: Going): Promise<void> => {
    notes.set(n.stage.id, noted);
    const key = `${n.stage.id} ${n.machine.name}`;
    await lineFree();
    await new Promise<void>((resolve) => {
      open.set(key, () => {
        open.delete(key);
        resolve();
      });
    });
  };
  const over = runGraph(nodes, limit, run, { sleep });
  const underWay = async (): Promise<readonly string[]> => {
    await new Promise(setImmediate);
    return [...open.keys()].toSorted();
  };
  return {
    over,
    underWay,
    end: (key: string) => open.get(key)?.(),
    note: (stage: string) => notes.get(stage)?.(),
  };
}

const names = ['pc-1', 'pc-2', 'pc-3'];

it('counts machines, and not what goes apart on them', async () => {
  const copies = names.map((name) => node('copy', name, `copy on ${name}`));
  const packages = names.map((name) => node('apt', name, `apt on ${name}`));
  const run = begin([...copies, ...packages], 2);
  expect(await run.underWay()).toEqual(['apt pc-1', 'apt pc-2', 'copy pc-1', 'copy pc-2']);
  run.end('copy pc-1');
  expect(await run.underWay()).toEqual(['apt pc-1', 'apt pc-2', 'copy pc-2']);
  run.end('apt pc-1');
  expect(await run.underWay()).toEqual(['apt pc-2', 'apt pc-3', 'copy pc-2', 'copy pc-3']);
  for (const key of ['apt pc-2', 'copy pc-2', 'apt pc-3', 'copy pc-3']) run.end(key);
  await run.over;
});

it('keeps the order of a lane, and what stands on something behind it', async () => {
  const first = node('a', 'pc-1', 'pc-1');
  const second = node('b', 'pc-1', 'pc-1');
  const other = node('c', 'pc-2', 'pc-2', [first]);
  const run = begin([first, second, other], 1);
  expect(await run.underWay()).toEqual(['a pc-1']);
  run.end('a pc-1');
  expect(await run.underWay()).toEqual(['b pc-1']);
  run.end('b pc-1');
  expect(await run.underWay()).toEqual(['c pc-2']);
  run.end('c pc-2');
  await run.over;
});

it('begins what is noted behind something as soon as that is noted, or has ended without a note', async () => {
  const [apt, check] = [node('apt', 'pc-1', 'apt on pc-1'), node('check', 'pc-1', 'check on pc-1')];
  const after = node('start', 'pc-1', 'pc-1', [], [apt, check]);
  const run = begin([apt, check, after], 1);
  expect(await run.underWay()).toEqual(['apt pc-1', 'check pc-1']);
  run.note('apt');
  expect(await run.underWay()).toEqual(['apt pc-1', 'check pc-1']);
  run.end('check pc-1');
  expect(await run.underWay()).toEqual(['apt pc-1', 'start pc-1']);
  run.end('apt pc-1');
  run.end('start pc-1');
  await run.over;
});

it('sends to the others when the parent has all that is sent to it, and meanwhile does what sends nothing', async () => {
  const run = begin(sending(), 30);
  expect(await run.underWay()).toEqual(['apt pc-2', 'copy pc-1']);
  run.end('copy pc-1');
  expect(await run.underWay()).toEqual(['apt pc-2', 'images pc-1']);
  run.end('images pc-1');
  expect(await run.underWay()).toEqual(['apt pc-2', 'copy pc-2']);
  for (const key of ['copy pc-2', 'apt pc-2']) run.end(key);
  await run.over;
});

it('lets the parent go first for a while and no longer', async () => {
  const waits: number[] = [];
  let over: () => void = () => undefined;
  const run = begin(sending(), 30, (ms) => {
    waits.push(ms);
    return new Promise((resolve) => {
      over = resolve;
    });
  });
  expect(await run.underWay()).toEqual(['apt pc-2', 'copy pc-1']);
  over();
  expect(await run.underWay()).toEqual(['apt pc-2', 'copy pc-1', 'copy pc-2']);
  expect(waits).toEqual([HEAD_START_MS]);
  for (const key of ['copy pc-1', 'copy pc-2', 'apt pc-2']) run.end(key);
  expect(await run.underWay()).toEqual(['images pc-1']);
  run.end('images pc-1');
  await run.over;
});

it('waits for no parent to which nothing is sent in this run', async () => {
  const run = begin(sending().slice(-2), 30);
  expect(await run.underWay()).toEqual(['apt pc-2', 'copy pc-2']);
  for (const key of ['copy pc-2', 'apt pc-2']) run.end(key);
  await run.over;
});

/** The child's come before the parent's second in the list. */
function sending(): readonly PlanNode[] {
  const sends = (id: string, machine: string, role: 'parent' | 'child', after: readonly PlanNode[] = []) => ({
    ...node(id, machine, `${id} on ${machine}`, after),
    stage: stageOf(id, { sends: true }),
    machine: { name: machine, address: '192.0.2.1', role },
  });
  const copy = sends('copy', 'pc-1', 'parent');
  const images = sends('images', 'pc-1', 'parent', [copy]);
  return [copy, images, sends('copy', 'pc-2', 'child'), node('apt', 'pc-2', 'apt on pc-2')];
}
