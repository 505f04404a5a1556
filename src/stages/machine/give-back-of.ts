import type { GiveBackReport } from '../../engine/give-back.js';
import { notedBy, readLedger, toGiveBack } from '../../engine/ledger.js';
import { key } from '../../engine/results.js';
import type { After, AnyWork, Stage } from '../../engine/stage.js';
import { blocked, pending, satisfied } from '../../engine/stage.js';
import { isOfRoom } from '../../room/room-mark.js';
import { notAsFound, tellLeft } from './give-back.js';

/** What is left to give back, and what was given back in this run. */
export interface NotedSeen {
  /** In the order in which it is given back. */
  readonly things: readonly string[];
  readonly report?: GiveBackReport;
}

const REPORT = key<GiveBackReport>('what was given back of a stage');

/**
 * Gives back on each machine what one stage has changed there, to how that one has found it, and nothing else: the ledger says which stage has noted
 * what. The machine stays in the room.
 */
export function giveBackOf(
  stage: AnyWork,
  { id, after }: { readonly id: string; readonly after: readonly After[] },
): Stage<NotedSeen> {
  return {
    id,
    title: 'Give back what it has changed',
    after,
    on: 'all',
    settleMs: 0,
    look: async (c, so) => {
      const report = so.get(REPORT);
      tellLeft(report, c);
      const entries = notedBy(stage.id, await readLedger(c.run));
      return { things: toGiveBack(entries), ...(report === undefined ? {} : { report }) };
    },
    judge: ({ things, report = [] }) => {
      const failed = report.filter((r) => r.outcome === 'failed');
      if (failed.length > 0) return blocked(notAsFound(failed, report.length));
      return things.length > 0
        ? pending(`${things.length} things to give back`)
        : satisfied('nothing of it is there');
    },
    steps: ({ things }, { config }) =>
      things.length === 0
        ? []
        : [
            {
              at: 'machine',
              giveBack: {
                things,
                mayGiveBack: (room) => isOfRoom(room, config),
                only: stage.id,
                gives: REPORT,
              },
            },
          ],
  };
}
