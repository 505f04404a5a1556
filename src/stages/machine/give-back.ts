import type { GiveBackReport } from '../../engine/give-back.js';
import { hasRemains, readLedger, toGiveBack } from '../../engine/ledger.js';
import { key } from '../../engine/results.js';
import type { Key } from '../../engine/results.js';
import type { After, Context, Reader, Stage } from '../../engine/stage.js';
import { blocked, here, onEveryone, pending, satisfied } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { KnownRoom } from '../../room/room.js';
import { isOfRoom } from '../../room/room-mark.js';
import { findSudoMarks, removeSudoMarks } from '../../tools/sudo-mark.js';
import { leaveCluster } from '../cluster/leave-cluster.js';

/** What is left to give back, and what was given back in this run. */
export interface GivenBackSeen {
  /** What the ledger holds, in the order in which it is given back. */
  readonly things: readonly string[];
  /** A crash left kmon's folder behind without a ledger. */
  readonly remains: boolean;
  /** Sudo's note of whoever came before, which only who sits at the machine removes. */
  readonly sudoMark: boolean;
  readonly report?: GiveBackReport;
}

const REPORT = key<GiveBackReport>('what was given back');

export const giveChildrenBack = giveMachinesBack({ on: 'children', after: here(leaveCluster) });
export const giveParentBack = giveMachinesBack({ on: 'parent', after: onEveryone(giveChildrenBack) });
/** For who sits at the machine itself: any room's ledger. */
export const giveThisComputerBack = giveMachinesBack({ on: 'parent', after: [], whoever: true });

/**
 * Plays the machine's ledger back, last change first, and proves each thing as found before it is forgotten. Needs nothing but the
 * ledger: no cluster, no kmon.yaml of the day it was written. What cannot be given back stays in the ledger and is named.
 */
function giveMachinesBack({
  on,
  after,
  whoever = false,
}: {
  readonly on: 'parent' | 'children';
  readonly after: readonly After[];
  readonly whoever?: boolean;
}): Stage<GivenBackSeen, KnownRoom> {
  return {
    id: on === 'parent' ? 'give-back-parent' : 'give-back-children',
    title: on === 'parent' ? 'Give the parent back' : 'Give the children back',
    after,
    on,
    settleMs: 0,
    look: async (c, so) => {
      const report = so.get(REPORT);
      tellLeft(report, c);
      return {
        ...(await lookAtLedger(c.run)),
        sudoMark: whoever && (await hasSudoMark(c.run)),
        ...(report === undefined ? {} : { report }),
      };
    },
    judge: ({ things, remains, sudoMark, report }) => {
      const failed = (report ?? []).filter((r) => r.outcome === 'failed');
      if (failed.length > 0) return blocked(notAsFound(failed, report?.length ?? 0));
      if (things.length > 0) return pending(`${things.length} things to give back`);
      if (remains) return pending('an empty ledger to remove');
      return sudoMark ? pending("a file of sudo's to remove") : satisfied('as found');
    },
    steps: ({ things, remains, sudoMark }, c) => [
      ...(things.length > 0 || remains ? [playBack(things, c, whoever)] : []),
      ...(sudoMark
        ? [
            {
              at: 'machine',
              intent: "remove what is left of sudo's first use",
              command: removeSudoMarks,
            } as const,
          ]
        : []),
    ],
  };
}

/** What somebody else has changed since: it is theirs, and stays as it is. */
export interface Left {
  readonly machine: string;
  readonly id: string;
  readonly reason: string;
}

/** Of all machines that were given back in a run. */
export function leftAsItIs(seen: { of<T>(stage: Key<T>): ReadonlyMap<string, T> }): readonly Left[] {
  return [giveChildrenBack, giveParentBack].flatMap((stage) =>
    [...seen.of(stage)].flatMap(([machine, { report = [] }]) =>
      report.filter((r) => r.outcome === 'left').map((r) => ({ machine, id: r.id, reason: reasonOf(r) })),
    ),
  );
}

/** What stays, told at the end of the run. */
export function tellLeft(report: GiveBackReport = [], { notice }: Pick<Context<KnownRoom>, 'notice'>): void {
  for (const r of report) if (r.outcome === 'left') notice(`left as it is: ${r.id} (${reasonOf(r)})`);
}

function reasonOf({ reason }: GiveBackReport[number]): string {
  return reason ?? 'changed since';
}

function playBack(things: readonly string[], c: Context<KnownRoom>, whoever: boolean): Step<KnownRoom> {
  return {
    at: 'machine',
    giveBack: {
      things: things.length === 0 ? ['an empty ledger'] : things,
      ...(whoever ? {} : { mayGiveBack: (room) => isOfRoom(room, c.config) }),
      gives: REPORT,
    },
  };
}

async function lookAtLedger(run: Reader): Promise<Pick<GivenBackSeen, 'things' | 'remains'>> {
  const entries = await readLedger(run);
  if (entries.length === 0) return { things: [], remains: await hasRemains(run) };
  return { things: toGiveBack(entries), remains: false };
}

async function hasSudoMark(run: Reader): Promise<boolean> {
  return (await run.query(findSudoMarks)).stdout.trim() !== '';
}

/** @returns what to say of things that could not be given back, of so many. */
export function notAsFound(failed: GiveBackReport, all: number): KmonError {
  const reasons = failed.map((r) => `${r.id}: ${r.reason ?? r.outcome}`);
  return new KmonError('not-verified', `${failed.length} of ${all} things are not as found`, {
    evidence: reasons.join('; '),
    hint: 'put right what is named and run `kmon teardown` again: what was given back is not touched twice',
  });
}
