import { join } from 'node:path';
import { withoutQueries } from '../../tools/without-queries.js';
import type { LoadSample, LoadStep } from './load-rows.js';
import { rowOf } from './load-rows.js';
import type { LoadRow } from './load-rows.js';

/** Raised when a reader of before could not make anything of a record any more. */
const VERSION = 1;

/** How a load ended. */
export type HttpLoadEnd = 'over' | 'refused' | 'interrupted' | 'failed';

/** A run of `kmon load`, as it lies in a file of its own beside those of other loads. */
export interface HttpLoadRecord {
  readonly record: typeof VERSION;
  readonly command: 'load';
  /** Of kmon. */
  readonly version: string;
  readonly who: { readonly user: string; readonly computer: string };
  readonly room: string;
  /** When the command began and ended, by the clock of the computer that it was typed on (RFC 3339). */
  readonly began: string;
  readonly ended: string;
  readonly exitCode: number;
  readonly load: {
    /** As it was typed, without what is behind its question mark. */
    readonly url: string;
    /** The machine that asked. */
    readonly from: string;
    /** The connections of each step that was to come. */
    readonly steps: readonly number[];
    /** Of each step. */
    readonly seconds: number;
    readonly generator: 'hey';
  };
  readonly end: HttpLoadEnd;
  /** In words. */
  readonly why: string;
  /** Those that came to their end, each as its row in the table and as it went. */
  readonly steps: readonly (LoadRow & { readonly samples: readonly LoadSample[] })[];
}

/** A name of its own for each run; the order of the names is that of time. */
export function loadFile(stateDir: string, began: Date): string {
  return join(stateDir, 'runs', `${began.toISOString().replaceAll(':', '-')}-load.json`);
}

/** URLs lose what is behind their question mark: records are handed on, and tokens stand there. */
export function makeLoadRecord(
  of: Omit<HttpLoadRecord, 'record' | 'command' | 'steps'>,
  steps: readonly LoadStep[],
): HttpLoadRecord {
  return {
    record: VERSION,
    command: 'load',
    ...of,
    load: { ...of.load, url: withoutQueries(of.load.url) },
    why: withoutQueries(of.why),
    steps: steps.map((step) => ({ ...rowOf(step), samples: step.samples })),
  };
}
