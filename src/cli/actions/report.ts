import { resolve } from 'node:path';
import { planFor } from '../../engine/plan.js';
import { exitCodeOf } from '../../engine/report.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { ErrorCode } from '../../errors/exit-codes.js';
import { kindOfFile, textOf, writePrivateFile } from '../../here/private-files.js';
import { isOpen } from '../../lesson/difficulties.js';
import { lessonOf } from '../../lesson/lesson.js';
import type { Lesson, LiveLesson } from '../../lesson/lesson.js';
import { readLessonFiles } from '../../lesson/read-files.js';
import { untoldLesson } from '../../stages/cluster/ask-lesson.js';
import { reportStages } from '../../stages/index.js';
import { harmlessLine } from '../../ui/harmless.js';
import { lessonPage, REPORT_BEGINS } from '../../ui/lesson-page/lesson-page.js';
import type { Language } from '../../ui/lesson-page/language.js';
import { withApp } from '../app.js';
import type { App, AppOptions } from '../app.js';
import type { Io } from '../io.js';
import { languageHere } from '../language.js';
import { near } from '../teams-text.js';

interface ReportOptions extends AppOptions {
  readonly out: string | undefined;
  readonly language: Language | undefined;
  /** Seconds. */
  readonly since: number | undefined;
  readonly offline: boolean;
  readonly force: boolean;
}

/** What is no reason to go on without the cluster. */
const ENDING: readonly ErrorCode[] = ['interrupted', 'bug', 'config'];

/** `kmon report`: asks the parent if it can, and makes the page of the files where it cannot. Changes nothing but that page. */
export function writeReport(io: Io, options: ReportOptions): Promise<number> {
  return withApp(io, 'report', options, async (app) => {
    const { room, stateDir } = app.config;
    const now = Date.now();
    const files = await readLessonFiles(
      stateDir,
      now,
      options.since === undefined ? undefined : options.since * 1000,
    );
    const written = options.out ?? reportName(room.name, new Date(files.span.until));
    const file = resolve(io.cwd, written);
    await mayWrite(file, written, options.force);
    const live = options.offline
      ? untoldLesson('nobody was asked (--offline)')
      : await asked(app, (now - files.span.from) / 1000);
    if (typeof live === 'number') return live;
    const lesson = lessonOf(room, files, live, now);
    await write(file, lessonPage(lesson, options.language ?? languageHere(io.env)), written);
    const shown = near(file, io.cwd);
    app.view.result(told(lesson, shown), { file, ...lesson });
    return 0;
  });
}

/** "report-atelier-1-2026-11-30.html": whatever the room is called, a name in this folder. By the day on which the lesson ended here. */
export function reportName(room: string, day: Date): string {
  const two = (number: number): string => String(number).padStart(2, '0');
  const date = `${day.getFullYear()}-${two(day.getMonth() + 1)}-${two(day.getDate())}`;
  const name = room.replaceAll(/[^\p{L}\p{N}_-]+/gu, '-').replaceAll(/^-+|-+$/g, '');
  // A name may have 255 bytes, and a letter up to four.
  return `report-${name === '' ? 'room' : Array.from(name).slice(0, 50).join('')}-${date}.html`;
}

/** What the cluster tells, or the exit code with which the command ends. */
async function asked(app: App, seconds: number): Promise<LiveLesson | number> {
  const { room } = app.config;
  const { asking, stages } = reportStages(seconds);
  const report = await app.run(planFor('report', room, stages, [room.parent]), {
    quiet: ({ failure }) => failure === undefined || !ENDING.includes(failure.code),
  });
  if (report.failure === undefined)
    return report.seen.of(asking).get(room.parent.name) ?? untoldLesson('the cluster told nothing');
  const { code, message, evidence } = report.failure;
  if (ENDING.includes(code)) return exitCodeOf(report);
  return untoldLesson(evidence === undefined ? message : `${message} (${evidence})`);
}

/** @throws KmonError `precondition` where somebody else's file would be lost */
async function mayWrite(file: string, shown: string, force: boolean): Promise<void> {
  const kind = await kindOfFile(file);
  if (kind === 'other')
    throw new KmonError('precondition', `${shown} is there already, and is no regular file`, {
      hint: 'write to another: kmon report --out FILE',
    });
  if (force || kind === 'none' || (await textOf(file))?.startsWith(REPORT_BEGINS) === true) return;
  throw new KmonError('precondition', `${shown} is there already, and is no report that kmon wrote`, {
    hint: 'move it away, write to another (--out FILE), or add --force to overwrite it',
  });
}

/** @throws KmonError `precondition` with the system's own words */
async function write(file: string, page: string, shown: string): Promise<void> {
  try {
    await writePrivateFile(file, page);
  } catch (cause) {
    throw new KmonError('precondition', `${shown} cannot be written`, {
      evidence: cause instanceof Error ? cause.message : String(cause),
      hint: 'write to a folder of yours: kmon report --out FILE',
      cause,
    });
  }
}

function told(
  { machines, joined, difficulties, loads, alerts, curves, unread }: Lesson,
  file: string,
): string {
  const open = difficulties.filter(isOpen).length;
  const several = (n: number, one: string, more = `${one}s`): string => `${n} ${n === 1 ? one : more}`;
  const counts = [
    several(machines.length, 'machine'),
    `${new Set(joined.map(({ machine }) => machine)).size} joined`,
    `${several(difficulties.length, 'difficulty', 'difficulties')}${open === 0 ? '' : `, ${open} of them not solved`}`,
    several(loads.length, 'load'),
    ...(alerts.fired.kind === 'told' ? [several(alerts.fired.told.length, 'alert')] : []),
  ];
  return [
    `the report of the lesson: ${file}`,
    counts.join('; '),
    curves.kind === 'told'
      ? `curves of ${several(curves.told.machines.length, 'machine')}`
      : `no curves: ${harmlessLine(curves.because)}`,
    ...(unread.length === 0
      ? []
      : [`not read, or not whole: ${unread.map((u) => harmlessLine(u.file)).join(', ')}`]),
  ].join('\n');
}
