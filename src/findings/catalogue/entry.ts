import type { Severity } from '../severity.js';

/** What there is to know of a code without a machine at hand. docs/findings.md is made from this. */
export interface CatalogueEntry {
  /** A few words, as a heading: "Another machine has the same hostname". */
  readonly title: string;
  /** The severities it may come with, the worst first. */
  readonly severities: readonly Severity[];
  /** Said with every finding of this code, unless the verdict knows better. */
  readonly cause: string;
  /** What to do, in general; a finding says it with the names and figures of its machine. */
  readonly remedy: string;
  /** What `kmon check --fix` does about it; absent: a person must. */
  readonly fix?: string;
}
