import type { RunReport } from '../../src/engine/report.js';
import { SeenByStage } from '../../src/engine/results.js';

/** The report of a run in which nothing happened and nothing was seen, and what of it is otherwise. */
export function sampleReport(more: Partial<RunReport> = {}): RunReport {
  return {
    command: 'up',
    dryRun: false,
    rows: [],
    seen: new SeenByStage(),
    setAside: [],
    ...more,
  };
}
