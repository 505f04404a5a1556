import type { OtherSystem } from '../errors/kmon-error.js';
import type { OtherSight } from '../computers/computer.js';

/** How the parent fared when it tried a computer's exporter. `untried`: there is no parent to try it from. */
export type ExporterOutcome = 'open' | 'silent' | 'refused' | 'no-route' | 'untried';

/** What was seen of a computer that is only observed. */
export interface ObservedSeen {
  readonly name: string;
  readonly exporter: ExporterOutcome;
  /** The other port that exporters usually have, when that one answers. */
  readonly elsewhere?: number;
  /** Absent: its SSH does not answer, which is no finding, or it is a Linux. */
  readonly system?: OtherSystem;
  /** Windows and macOS only. */
  readonly look?: OtherSight;
}
