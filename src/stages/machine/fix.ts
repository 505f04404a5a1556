import type { FixableCode } from '../../findings/index.js';
import { fixResources, isResourceFix, lookForFixes } from '../../findings/fixes/index.js';
import type { FixLooks, ResourceFix } from '../../findings/fixes/index.js';
import type { RoomSeen } from '../../findings/fixes/by-resources.js';
import { satisfied } from '../../engine/stage.js';
import type { Context, Stage } from '../../engine/stage.js';

/** What is to be put right, by machine. */
export type ToFix = ReadonlyMap<string, readonly FixableCode[]>;

/**
 * Puts right what `kmon check` found and kmon can put right by itself. Everything is a resource: shown before, noted in the ledger, proven
 * after, and given back by `kmon teardown`, also when there never is a cluster.
 */
export function fix(todo: ToFix, room: RoomSeen): Stage<FixLooks> {
  const codesFor = (c: Context): readonly ResourceFix[] =>
    (todo.get(c.machine.name) ?? []).filter(isResourceFix);
  return {
    id: 'fix',
    title: 'Put right what was found',
    after: [],
    on: 'all',
    settleMs: 0,
    look: (c) => lookForFixes(codesFor(c), c.run),
    judge: () => satisfied('as it should be'),
    resources: (looked, c) => {
      const { machine, facts, config } = c;
      return fixResources(codesFor(c), { machine, facts, config, room }, looked);
    },
  };
}
