import type { ChangeBegins, CommandTrace } from '../runner/traced.js';
import type { KmonError } from '../errors/kmon-error.js';
import type { Outcome } from './report.js';

/** Everything that happens in a run, in order. The views and the transcript are made from these alone; none of them holds a secret. */
export type EngineEvent =
  | {
      readonly type: 'run-started';
      readonly command: string;
      readonly machines: readonly string[];
      /** By name, so that a failure can say both. */
      readonly addresses?: Readonly<Record<string, string>>;
      readonly dryRun: boolean;
      readonly transcript?: string;
    }
  | {
      readonly type: 'stage-started';
      readonly stage: string;
      readonly title: string;
      readonly machines: readonly string[];
    }
  | { readonly type: 'machine-started'; readonly stage: string; readonly machine: string }
  /** What a machine is doing now, in words: "waiting for the node to be Ready". */
  | { readonly type: 'progress'; readonly stage: string; readonly machine: string; readonly text: string }
  /** A line of the plan: what would be, or is about to be, changed. */
  | { readonly type: 'planned'; readonly stage: string; readonly machine: string; readonly change: string }
  | ChangeBegins
  | CommandTrace
  | {
      readonly type: 'machine-finished';
      readonly stage: string;
      readonly machine: string;
      readonly outcome: Outcome;
      readonly because?: string;
      readonly error?: KmonError;
    }
  | { readonly type: 'stage-finished'; readonly stage: string }
  | {
      readonly type: 'set-aside';
      readonly machine: string;
      readonly stage: string;
      readonly error: KmonError;
    }
  | { readonly type: 'note'; readonly machine?: string; readonly text: string };

export type Emit = (event: EngineEvent) => void;
