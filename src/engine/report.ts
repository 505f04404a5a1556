import { EXIT_CODES } from '../errors/exit-codes.js';
import type { KmonError } from '../errors/kmon-error.js';
import type { SeenByStage } from './results.js';

/** How a stage ended on one machine. `not-reached`: an earlier failure kept it from being tried. */
export type Outcome = 'unchanged' | 'changed' | 'planned' | 'failed' | 'not-reached';

export interface ReportRow {
  readonly stage: string;
  readonly machine: string;
  readonly outcome: Outcome;
  readonly because?: string;
}

/** What a run came to. Rows are in the order of stages, then of the room. */
export interface RunReport {
  readonly command: string;
  readonly dryRun: boolean;
  readonly rows: readonly ReportRow[];
  /** What each stage saw last, by machine. */
  readonly seen: Pick<SeenByStage, 'of'>;
  /** Children that were set aside, in the room's order. */
  readonly setAside: readonly { readonly machine: string; readonly error: KmonError }[];
  /** The failure that stopped the whole run, if one did. */
  readonly failure?: KmonError;
}

/**
 * 0, the code of what stopped the run, or `partial` when some children were set aside and others went on. When no child is left, the
 * code is that of the failures, if they agree.
 */
export function exitCodeOf(report: RunReport): number {
  if (report.failure !== undefined) return EXIT_CODES[report.failure.code];
  return report.setAside.length > 0 ? EXIT_CODES.partial : 0;
}
