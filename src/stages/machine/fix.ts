import type { FixableCode } from '../../findings/index.js';
import type { Stage } from '../../engine/stage.js';
import { satisfied } from '../../engine/stage.js';
import { FIXES, isResourceFix } from './fixes.js';
import type { RoomSeen } from './fixes.js';

/** What is to be put right, by machine. */
export type ToFix = ReadonlyMap<string, readonly FixableCode[]>;

/**
 * Puts right what `kmon check` found and kmon can put right by itself. Everything is a resource: shown before, noted in the ledger, proven
 * after, and given back by `kmon teardown`, also when there never is a cluster.
 */
export function fix(todo: ToFix, room: RoomSeen): Stage {
  return {
    id: 'fix',
    title: 'Put right what was found',
    after: [],
    on: 'all',
    settleMs: 0,
    resources: async (m) => {
      const codes = todo.get(m.machine.name) ?? [];
      const lists = await Promise.all(codes.filter(isResourceFix).map(async (code) => FIXES[code](m, room)));
      // One opening may put two findings right.
      return [...new Map(lists.flat().map((resource) => [resource.id, resource])).values()];
    },
    probe: async () => satisfied('as it should be'),
    outline: () => [],
    apply: async () => {},
  };
}
