import type { FindingCode } from './catalogue.js';
import type { Severity } from './severity.js';

/** One thing worth saying about a machine, or about the room, in words a person can act on. */
export interface Finding {
  /** Stable; scripts and the documentation name it. */
  readonly code: FindingCode;
  readonly severity: Severity;
  /** Absent: it is about the room as a whole. */
  readonly machine?: string;
  /** What was seen, with figures and names: lower case, no full stop. */
  readonly evidence: string;
  /** Why it is so, or why it matters: lower case, no full stop. */
  readonly cause: string;
  /** What to do, imperative, no full stop. */
  readonly remedy: string;
  /** `kmon check --fix` can do it on this machine, as it was found. */
  readonly fixable: boolean;
}
