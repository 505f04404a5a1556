import type { GiveBackReport } from '../../engine/give-back.js';
import { key } from '../../engine/results.js';
import type { ComputerContext, ComputerStage } from '../../engine/stage.js';
import { blocked, pending, satisfied } from '../../engine/stage.js';
import type { GiveBackThereStep } from '../../engine/step.js';
import { KmonError } from '../../errors/kmon-error.js';
import { exporterOpening, NOTHING_OPENED } from '../../resources/exporter-opening.js';
import type { Json, Reversible } from '../../resources/resource.js';
import type { KnownRoom } from '../../room/room.js';
import type { Language } from '../../shell/language.js';
import { notAsFound } from '../machine/give-back.js';

interface Seen {
  /** What its ledger holds, in the order in which it is given back. */
  readonly noted: readonly string[];
  /** Found by kmon's own mark there, without a ledger. */
  readonly unnoted: GiveBackThereStep['unnoted'];
  /** Why it was not looked at. */
  readonly unreached?: KmonError;
  readonly report?: GiveBackReport;
}

const REPORT = key<GiveBackReport>('what was given back there');

/**
 * Plays the ledgers of the observed computers back, and proves each. What was opened before kmon kept such ledgers is found by its own mark
 * there, noted as that, and given back like the rest. Of a computer that cannot be reached nothing is known, unless its ledger says so.
 */
export const giveComputersBack: ComputerStage<Seen, KnownRoom> = {
  id: 'give-back-observed',
  title: 'Give the observed computers back',
  after: [],
  on: 'observed',
  settleMs: 0,
  look: async (c, so) => {
    const report = so.get(REPORT);
    const noted = await c.noted();
    return { noted, ...(await lookThere(c, noted)), ...(report === undefined ? {} : { report }) };
  },
  judge: ({ noted, unnoted, unreached, report }) => {
    const failed = (report ?? []).filter((r) => r.outcome === 'failed');
    if (failed.length > 0) return blocked(notAsFound(failed, report?.length ?? 0));
    if (unreached !== undefined) {
      return noted.length > 0 ? blocked(unreached) : satisfied('not reached, and nothing is noted of it');
    }
    const things = noted.length + unnoted.length;
    return things > 0 ? pending(`${things} to give back`) : satisfied('as found');
  },
  steps: ({ noted, unnoted }) => [
    {
      at: 'machine',
      giveBack: { things: [...unnoted.map((u) => u.thing.id), ...noted], gives: REPORT },
      unnoted,
    },
  ],
};

async function lookThere(
  c: ComputerContext<KnownRoom>,
  noted: Seen['noted'],
): Promise<Pick<Seen, 'unnoted' | 'unreached'>> {
  try {
    const other = await c.reach();
    if (other === undefined || noted.length > 0) return { unnoted: [] };
    const thing: Reversible<Json, Language> = exporterOpening(other.family, {
      port: c.machine.exporterPort,
      subnet: '',
    });
    const [now = null] = await c.states([thing]);
    const isLeft = thing.restore(NOTHING_OPENED, now) !== 'nothing';
    return { unnoted: isLeft ? [{ thing, state: NOTHING_OPENED }] : [] };
  } catch (error) {
    if (error instanceof KmonError && error.code !== 'interrupted') return { unnoted: [], unreached: error };
    throw error;
  }
}
