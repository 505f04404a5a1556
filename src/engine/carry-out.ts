import type { Config } from '../config/config.js';
import { KmonError } from '../errors/kmon-error.js';
import { removeFile, writePrivateFile } from '../here/private-files.js';
import type { KnownRoom } from '../room/room.js';
import type { Runner } from '../runner/runner.js';
import type { Language } from '../shell/language.js';
import type { Context, RoomContext } from './context.js';
import { giveBack } from './give-back.js';
import { machinePlace } from './place.js';
import type { Place } from './place.js';
import { give } from './results.js';
import type { ResultStore } from './results.js';
import type { ChangeStep, GiveBackStep, LateCommand, Step } from './step.js';

/** What is done however a stage ends. */
export interface Deferred {
  readonly intent: string;
  readonly undo: () => Promise<void>;
}

/** Where the steps of one stage are carried out. */
export interface Site<C extends KnownRoom = Config> {
  readonly c: Context<C>;
  readonly machine: Runner;
  readonly cluster: () => Runner;
  readonly results: ResultStore;
  defer(deferred: Deferred): void;
}

/** Of steps that are abreast. While the machine proves and stores one copy, the next one is on its way; more would only share the same line. */
const ABREAST = 2;

/**
 * Carries the steps out in order, those that are abreast two at a time; nothing else changes anything for a stage. Stops before the next step
 * on Ctrl-C, and when one has failed: what is under way beside it comes to its end.
 *
 * @throws KmonError of the first step that fails and is not to be tolerated.
 */
export async function carryOut<C extends KnownRoom>(steps: readonly Step<C>[], site: Site<C>): Promise<void> {
  for (const group of groupsOf(steps)) {
    const todo = [...group];
    const failed: unknown[] = [];
    const lane = async (): Promise<void> => {
      for (let step = todo.shift(); step !== undefined; step = todo.shift()) {
        if (failed.length > 0) return;
        try {
          site.c.signal.throwIfAborted();
          await carryOutOne(step, site);
        } catch (error) {
          failed.push(error);
        }
      }
    };
    await Promise.all(Array.from({ length: Math.min(ABREAST, group.length) }, lane));
    if (failed.length > 0) throw failed[0];
  }
}

/** Neighbours that are abreast together, each other step by itself. */
function groupsOf<C extends KnownRoom>(steps: readonly Step<C>[]): readonly (readonly Step<C>[])[] {
  const groups: Step<C>[][] = [];
  for (const step of steps) {
    const last = groups.at(-1);
    const before = last?.at(-1);
    if (before !== undefined && isAbreast(before) && isAbreast(step)) last?.push(step);
    else groups.push([step]);
  }
  return groups;
}

function isAbreast<C extends KnownRoom>(step: Step<C>): boolean {
  return 'abreast' in step && step.abreast;
}

async function carryOutOne<C extends KnownRoom>(step: Step<C>, site: Site<C>): Promise<void> {
  const { c, results } = site;
  if ('giveBack' in step) {
    await playBack(step, machinePlace(site.machine), site);
    return;
  }
  c.say(step.intent);
  if (step.at === 'here') {
    if (step.content === undefined) await removeFile(step.file);
    else await writePrivateFile(step.file, step.content(results));
    if (step.notice !== undefined) c.notice(step.notice);
  } else if ('wait' in step) {
    for (const given of (await step.wait(c, results)) ?? []) results.keep(given);
  } else {
    await change(step, site);
  }
}

async function change(step: ChangeStep, site: Site<KnownRoom>): Promise<void> {
  const { at, intent, command, undo, gives, tolerate } = step;
  const run = at === 'machine' ? site.machine : site.cluster();
  const now = async (late: LateCommand): Promise<Exclude<LateCommand, (...args: never) => unknown>> =>
    typeof late === 'function' ? late(site.results) : late;
  if (undo !== undefined) {
    // Before the change: one that breaks off half-way has to be undone as well.
    site.defer({ intent: undo.intent, undo: async () => run.mutate(undo.intent, await now(undo.command)) });
  }
  try {
    await run.mutate(intent, await now(command));
    if (gives !== undefined) site.results.keep(gives(site.results));
  } catch (error) {
    const tolerated = error instanceof KmonError ? tolerate?.(error) : undefined;
    if (tolerated === undefined) throw error;
    if (tolerated instanceof KmonError) throw tolerated;
    if (tolerated !== '') site.c.notice(tolerated);
  }
}

/** Plays back the ledger of any place. */
export async function playBack<G extends Language>(
  { giveBack: { mayGiveBack, only, gives } }: GiveBackStep,
  place: Place<G>,
  { c, results }: { readonly c: Pick<RoomContext, 'say' | 'signal'>; readonly results: ResultStore },
): Promise<void> {
  const report = await giveBack(place, {
    say: (text) => {
      c.say(text);
    },
    signal: c.signal,
    ...(mayGiveBack === undefined ? {} : { mayGiveBack }),
    ...(only === undefined ? {} : { only }),
  });
  results.keep(give(gives, report));
}
