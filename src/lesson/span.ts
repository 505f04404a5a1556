import type { ToldRun } from './told-run.js';

/** The time that a report is about, in milliseconds since the epoch. */
export interface LessonSpan {
  readonly from: number;
  readonly until: number;
  /** The machines were given back at its end. */
  readonly isOver: boolean;
}

/** What is no work on the room: somebody looks, or gives it back. */
const NO_WORK = [
  'addon list',
  'addon verify',
  'alerts',
  'check',
  'open',
  'report',
  'status',
  'teams card',
  'teams list',
  'teardown',
  'top',
  'verify',
];

/** Where nobody has told when the lesson began. */
const USUAL_MS = 4 * 3600 * 1000;

/**
 * The last lesson: all that was run since the room was given back before it. Looks behind a teardown are still of the lesson that it ended, until
 * somebody works on the room again.
 *
 * @param runs In the order of time.
 * @param sinceMs Only so long before its end.
 */
export function lastLesson(
  runs: readonly ToldRun[],
  now: number,
  sinceMs?: number,
): { readonly span: LessonSpan; readonly runs: readonly ToldRun[] } {
  let lesson: ToldRun[] = [];
  let looks: ToldRun[] = [];
  let end: number | undefined;
  for (const run of runs) {
    if (end === undefined) lesson.push(run);
    else if (NO_WORK.includes(run.command)) looks.push(run);
    else {
      // The looks before it were the first of this lesson.
      lesson = [...looks.filter(({ command }) => command !== 'teardown'), run];
      looks = [];
      end = undefined;
    }
    if (endsLesson(run)) {
      lesson.push(...looks);
      looks = [];
      end = run.endedAt;
    }
  }
  const all = [...new Set([...lesson, ...looks])];
  const until = end ?? now;
  const since = sinceMs === undefined ? -Infinity : until - sinceMs;
  const kept = all.filter((run) => run.at >= since);
  const from = sinceMs === undefined ? (kept[0]?.at ?? until - USUAL_MS) : since;
  return { span: { from: Math.min(from, until), until, isOver: end !== undefined }, runs: kept };
}

/** It gave the parent back: then there is no cluster any more, whatever became of a child that was away. */
function endsLesson({ command, results }: ToldRun): boolean {
  return (
    command === 'teardown' &&
    results.some(
      ({ stage, outcome, dryRun }) => stage === 'give-back-parent' && outcome === 'changed' && !dryRun,
    )
  );
}
