import { giveBack } from '../../engine/give-back.js';
import { hasRemains, readLedger } from '../../engine/ledger.js';
import type { MachineContext, Stage } from '../../engine/stage.js';
import { pending, satisfied } from '../../engine/stage.js';
import { KmonError } from '../../errors/kmon-error.js';
import { isOfRoom } from '../../room/room-mark.js';
import { findSudoMarks, removeSudoMarks } from '../../tools/sudo-mark.js';

/** What somebody else has changed since: it is theirs, and stays as it is. */
export interface Left {
  readonly machine: string;
  readonly id: string;
  readonly reason: string;
}

/**
 * Plays the machine's ledger back, last change first, and proves each thing as found before it is forgotten. Needs nothing but the
 * ledger: no cluster, no kmon.yaml of the day it was written. What cannot be given back stays in the ledger and is named; what others have
 * changed is told to `left`. `whoever`: any room's ledger, for who sits at the machine itself.
 */
export function giveMachinesBack(
  on: 'parent' | 'children',
  left: Left[] = [],
  { whoever = false }: { readonly whoever?: boolean } = {},
): Stage {
  return {
    id: on === 'parent' ? 'give-back-parent' : 'give-back-children',
    title: on === 'parent' ? 'Give the parent back' : 'Give the children back',
    after: on === 'parent' ? ['give-back-children'] : ['leave-cluster'],
    on,
    settleMs: 0,
    probe: async (m) => {
      const entries = await readLedger(m.run);
      if (entries.length > 0) return pending(`${entries.length} things to give back`);
      if (await hasRemains(m.run)) return pending('an empty ledger to remove');
      return whoever && (await leftMarks(m)) ? pending("a file of sudo's to remove") : satisfied('as found');
    },
    outline: () => [
      'give back everything in the ledger of the machine, last change first, and prove it as found',
    ],
    apply: async (m) => {
      const report = await giveBack(m.run, {
        say: (text) => {
          m.say(text);
        },
        signal: m.signal,
        ...(whoever ? {} : { mayGiveBack: (room) => isOfRoom(room, m.config) }),
      });
      // A run that comes over SSH takes its own away; here it is the one of whoever came before.
      if (whoever && (await leftMarks(m)))
        await m.run.mutate("remove what is left of sudo's first use", removeSudoMarks);
      for (const r of report) {
        if (r.outcome !== 'left') continue;
        const reason = r.reason ?? 'changed since';
        left.push({ machine: m.machine.name, id: r.id, reason });
        m.notice(`left as it is: ${r.id} (${reason})`);
      }
      const failed = report.filter((r) => r.outcome === 'failed');
      if (failed.length === 0) return;
      const reasons = failed.map((r) => `${r.id}: ${r.reason ?? r.outcome}`);
      throw new KmonError('not-verified', `${failed.length} of ${report.length} things are not as found`, {
        evidence: reasons.join('; '),
        hint: 'put right what is named and run `kmon teardown` again: what was given back is not touched twice',
      });
    },
  };
}

async function leftMarks(m: MachineContext): Promise<boolean> {
  return (await m.run.query(findSudoMarks)).stdout.trim() !== '';
}
