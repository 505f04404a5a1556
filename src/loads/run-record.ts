import { join } from 'node:path';
import { z } from 'zod';
import type { StressValues } from '../observe/stress-watch.js';
import { KmonError } from '../errors/kmon-error.js';

/** Raised when a reader of before could not make anything of a record any more. */
const VERSION = 1;

const temperature = z.union([z.number(), z.enum(['no sensor', 'sensor lies'])]);

/** As `StressValues`. */
const values = z.object({
  cpuPercent: z.number().optional(),
  memoryPercent: z.number().optional(),
  temperature: temperature.optional(),
});

const time = z.iso.datetime();

const stretch = z.object({
  seconds: z.number(),
  cpuPercent: z.number().optional(),
  memoryBytes: z.number().optional(),
  diskBytes: z.number().optional(),
});

/**
 * How the load on a child ended. `over`: as it was to; `cut-off`: at the limit of its temperature, or because that could not be held any more;
 * `refused`: it never began, since something was in the way; `interrupted`: by the person; `failed`: by something else.
 */
const END = z.enum(['over', 'cut-off', 'refused', 'interrupted', 'failed']);

const runRecord = z.object({
  record: z.literal(VERSION),
  command: z.literal('stress'),
  /** Of kmon. */
  version: z.string(),
  who: z.object({ user: z.string(), computer: z.string() }),
  room: z.string(),
  /** When the command began and ended, by the clock of the computer that it was typed on. */
  began: time,
  ended: time,
  exitCode: z.number().int(),
  load: z.object({
    model: z.string(),
    text: z.string(),
    cpuPercent: z.number().optional(),
    seconds: z.number(),
    maxCelsius: z.number().optional(),
    /** The load was the pods of this team; absent: it was on the machines themselves. */
    team: z.string().optional(),
  }),
  children: z.array(
    z.object({
      machine: z.string(),
      /** What the load came to there; absent: it was never worked out. */
      phases: z.array(stretch).optional(),
      began: time.optional(),
      ended: time.optional(),
      before: values,
      peak: values,
      after: values,
      end: END,
      /** In words. */
      why: z.string(),
    }),
  ),
});

/** A run of `kmon stress`, as it lies in a file of its own. */
export type RunRecord = z.output<typeof runRecord>;
export type ChildRecord = RunRecord['children'][number];
export type LoadEnd = z.output<typeof END>;

/** Folder of the records, below kmon's own folder beside kmon.yaml. They are the teacher's, and teardown leaves them. */
export function runsFolder(stateDir: string): string {
  return join(stateDir, 'runs');
}

/** A name of its own for each run; the order of the names is that of time. */
export function runFile(stateDir: string, began: Date): string {
  return join(runsFolder(stateDir), `${began.toISOString().replaceAll(':', '-')}-stress.json`);
}

export function makeRecord(record: Omit<RunRecord, 'record' | 'command'>): RunRecord {
  return { record: VERSION, command: 'stress', ...record };
}

/** Ends with a line break. */
export function recordText(record: RunRecord): string {
  return `${JSON.stringify(record, undefined, 2)}\n`;
}

/** @throws KmonError `config` for what is no record that this kmon can read; `shown` is how the message calls the file */
export function parseRecord(text: string, shown: string): RunRecord {
  try {
    return runRecord.parse(JSON.parse(text));
  } catch (error) {
    throw new KmonError('config', `${shown} is no record of a run that this kmon can read`, {
      hint: 'update kmon, or move the file away',
      cause: error,
    });
  }
}

/** What was seen, as it is kept: rounded to a tenth, since no measurement is more exact. */
export function keptValues({ cpuPercent, memoryPercent, temperature: heat }: StressValues): StressValues {
  const tenth = (value: number): number => Math.round(value * 10) / 10;
  return {
    ...(cpuPercent === undefined ? {} : { cpuPercent: tenth(cpuPercent) }),
    ...(memoryPercent === undefined ? {} : { memoryPercent: tenth(memoryPercent) }),
    ...(heat === undefined ? {} : { temperature: typeof heat === 'number' ? tenth(heat) : heat }),
  };
}
