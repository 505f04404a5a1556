import { fixResources, isResourceFix, lookForFixes } from '../../findings/fixes/index.js';
import type { RoomSeen } from '../../findings/fixes/by-resources.js';
import type { FixableCode } from '../../findings/index.js';
import type { Stage } from '../../engine/stage.js';
import { satisfied } from '../../engine/stage.js';

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
      const { machine, facts, config } = m;
      const codes = (todo.get(machine.name) ?? []).filter(isResourceFix);
      return fixResources(codes, { machine, facts, config, room }, await lookForFixes(codes, m.run));
    },
    probe: async () => satisfied('as it should be'),
    outline: () => [],
    apply: async () => {},
  };
}
