import type { Config } from '../config/config.js';
import type { KmonError } from '../errors/kmon-error.js';
import type { KnownRoom } from '../room/room.js';
import type { Json, Reversible } from '../resources/resource.js';
import type { RoomMark } from '../room/room-mark.js';
import type { Command } from '../shell/command.js';
import type { Language } from '../shell/language.js';
import type { Secret } from '../shell/secret.js';
import type { Context } from './context.js';
import type { GiveBackReport } from './give-back.js';
import type { Given, Key, Results } from './results.js';
import type { Noticed } from './noted-resources.js';

/** A change that is known now, or only when its turn comes: a token that is made then, a text that holds what a step before has given. */
export type LateCommand =
  Command<'changes'> | ((so: Results) => Command<'changes'> | Promise<Command<'changes'>>);

/** One thing that is done on the way, as a value: a dry run prints its intent, a run carries it out. */
export type Step<C extends KnownRoom = Config> = ChangeStep | FileStep | WaitStep<C> | GiveBackStep;

/** A command that changes the machine itself, or the cluster; of the latter, where kubectl and helm run that lead to it. */
export interface ChangeStep {
  readonly at: 'machine' | 'cluster';
  /** Imperative, lower case; the name of the change in the plan, on the screen, in the transcript and in a failure. */
  readonly intent: string;
  readonly command: LateCommand;
  /** It is for a while only: this is done however the stage ends, what came last first. */
  readonly undo?: { readonly intent: string; readonly command: LateCommand };
  /** What is known when it is done, beside what was given before: a look needs not ask for it again. */
  readonly gives?: (so: Results) => Given;
  /** Neither needs nor disturbs its neighbours in the list that are abreast too: two of them are under way at a time. */
  readonly abreast?: true;
  /** A failure that is none: the text is told as a notice, and the next step comes. `undefined`: it is one; another error is told instead. */
  readonly tolerate?: (error: KmonError) => string | KmonError | undefined;
}

/** A file of this computer, private to its owner. */
export interface FileStep {
  readonly at: 'here';
  readonly intent: string;
  readonly file: string;
  /** Absent: the file is removed. */
  readonly content?: (so: Results) => string | Secret;
  /** Told when it is done. */
  readonly notice?: string;
}

/** Something that has to become true, or to be watched, before the next step; it only looks. */
export interface WaitStep<C extends KnownRoom = Config> {
  readonly at: 'machine' | 'cluster';
  readonly intent: string;
  /** Resolves when the next step may come; rejects with the KmonError that says why it may not. What it gives is kept under its keys. */
  readonly wait: (c: Context<C>, so: Results) => Promise<readonly Given[] | undefined>;
}

/** The machine's ledger, played back; what it came to is kept under `gives`. */
export interface GiveBackStep {
  readonly at: 'machine';
  readonly giveBack: {
    /** What the ledger holds, in the order in which it is given back. */
    readonly things: readonly string[];
    /** Whether a ledger of this room may be given back; absent: of any. */
    readonly mayGiveBack?: (room: RoomMark) => boolean;
    /** The id of a stage: what that one has noted, and nothing else. */
    readonly only?: string;
    readonly gives: Key<GiveBackReport>;
  };
}

/** The ledger of a computer that is only observed. */
export interface GiveBackThereStep extends GiveBackStep {
  /** Known there to be kmon's although the ledger does not hold it: noted first, as found in these states. */
  readonly unnoted: readonly Noticed<Reversible<Json, Language>, Language>[];
}

/** The lines of a step in the plan. */
export function linesOf(step: Step<never>): readonly string[] {
  return 'giveBack' in step ? step.giveBack.things.map((id) => `give back: ${id}`) : [step.intent];
}

/** Whether a step changes anything: what only waits needs neither the room's lock nor the ledger. */
export function isChange(step: Step<never>): boolean {
  return !('wait' in step);
}
