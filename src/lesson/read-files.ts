import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { readText } from '../here/private-files.js';
import type { LessonFiles, UnreadFile } from './lesson.js';
import { parseLoadRecord } from './load-records.js';
import type { LoadRun } from './load-records.js';
import { lastLesson } from './span.js';
import { parseTranscript } from './told-run.js';
import type { ToldRun } from './told-run.js';

/**
 * What `.kmon` has of the last lesson: transcripts, and the records of loads. Never rejects for what lies there: a file that cannot be read, or not
 * whole, is named.
 *
 * @param stateDir `.kmon`.
 * @param sinceMs See `lastLesson`.
 */
export async function readLessonFiles(stateDir: string, now: number, sinceMs?: number): Promise<LessonFiles> {
  const unread: UnreadFile[] = [];
  const all: ToldRun[] = [];
  for (const { name, text } of await textsIn(join(stateDir, 'transcripts'), '.jsonl')) {
    const run = text === undefined ? undefined : parseTranscript(name, text);
    if (run !== undefined) all.push(run);
    if (run === undefined) unread.push({ file: name, because: 'unreadable' });
    else if (run.brokenLines > 0) unread.push({ file: name, because: 'cut off' });
  }
  all.sort((a, b) => a.at - b.at);
  const { span, runs } = lastLesson(all, now, sinceMs);
  const loads: LoadRun[] = [];
  for (const { name, text } of await textsIn(join(stateDir, 'runs'), '.json')) {
    const record = text === undefined ? 'unreadable' : parseLoadRecord(name, text);
    if (typeof record === 'string') unread.push({ file: name, because: record });
    else if (isWithin(record, span)) loads.push(record);
  }
  const ofLesson = new Set(runs.map(({ file }) => file));
  const others = new Set(all.map(({ file }) => file).filter((file) => !ofLesson.has(file)));
  return {
    span,
    runs,
    facts: new Map(all.flatMap(({ facts }) => facts.map((f) => [f.machine, f] as const))),
    loads: loads.toSorted((a, b) => timeOf(a) - timeOf(b)),
    unread: unread.filter(({ file }) => !others.has(file)),
  };
}

/** One that does not say when it was is shown: better too much than a load that is lost. */
function isWithin(record: LoadRun, { from, until }: LessonFiles['span']): boolean {
  const at = timeOf(record);
  return at === 0 || (at >= from && at <= until);
}

function timeOf({ startedAt }: LoadRun): number {
  return startedAt === null ? 0 : Date.parse(startedAt);
}

/** The files of a folder with this ending, by their names, which begin with the time; none where there is no such folder. */
async function textsIn(
  folder: string,
  ending: string,
): Promise<readonly { readonly name: string; readonly text: string | undefined }[]> {
  const names = await readdir(folder).catch(() => []);
  return Promise.all(
    names
      .filter((name) => name.endsWith(ending))
      .toSorted()
      .map(async (name) => ({ name, text: await readText(join(folder, name)).catch(() => undefined) })),
  );
}
