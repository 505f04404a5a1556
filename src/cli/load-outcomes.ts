import type { RunReport } from '../engine/report.js';
import { KmonError } from '../errors/kmon-error.js';
import type { LoadEnd } from '../loads/run-record.js';
import type { LoadMoments } from '../observe/stress-marks.js';
import type { StressWatch } from '../observe/stress-watch.js';
import type { Machine } from '../room/machine.js';
import type { stressStages } from '../stages/index.js';
import type { StressPhase } from '../tools/stress-ng.js';

/** What a load came to on one child. */
export interface LoadOutcome {
  readonly machine: string;
  readonly phases?: readonly StressPhase[];
  readonly watched?: StressWatch;
  readonly moments: Partial<LoadMoments>;
  readonly end: LoadEnd;
  /** In words. */
  readonly why: string;
}

/** In the order of the room. */
export function loadOutcomes(
  children: readonly Machine[],
  report: RunReport,
  { fitting, loading }: Pick<ReturnType<typeof stressStages>, 'fitting' | 'loading'>,
): readonly LoadOutcome[] {
  return children.map(({ name: machine }) => {
    const fit = report.seen.of(fitting).get(machine);
    const seen = report.seen.of(loading).get(machine);
    const failure =
      seen?.failed ?? report.setAside.find((aside) => aside.machine === machine)?.error ?? report.failure;
    // A start that failed may have been one all the same.
    const begun = seen?.moments.before !== undefined;
    return {
      machine,
      ...(fit === undefined || fit instanceof KmonError ? {} : { phases: fit }),
      ...(seen?.watched === undefined ? {} : { watched: seen.watched }),
      moments: seen?.moments ?? {},
      ...endOf(seen, failure, begun),
    };
  });
}

function endOf(
  seen: { readonly over: boolean; readonly cutOff?: string } | undefined,
  failure: KmonError | undefined,
  begun: boolean,
): Pick<LoadOutcome, 'end' | 'why'> {
  const cut = seen?.cutOff;
  if (seen?.over === true)
    return cut === undefined ? { end: 'over', why: 'as planned' } : { end: 'cut-off', why: cut };
  // It may go on until its own deadline.
  if (cut !== undefined && failure !== undefined)
    return { end: 'failed', why: `${cut}, but it could not be stopped: ${failure.message}` };
  if (failure?.code === 'interrupted') return { end: 'interrupted', why: failure.message };
  return { end: begun ? 'failed' : 'refused', why: failure?.message ?? 'it did not come to it' };
}
