import type { CatalogueAddon } from '../../addons/addon.js';
import { CATALOGUE } from '../../addons/index.js';
import { ownNode } from '../../cluster/nodes.js';
import type { Config } from '../../config/config.js';
import type { Plan } from '../../engine/plan.js';
import { blocked, here, onEveryone, onParent, satisfied } from '../../engine/stage.js';
import type { After, AnyWork, Context, Stage, Work } from '../../engine/stage.js';
import type { KmonError } from '../../errors/kmon-error.js';
import { forAddons, forCatalogue } from '../machine/for-addons.js';
import { giveBackOf } from '../machine/give-back-of.js';
import type { NotedSeen } from '../machine/give-back-of.js';
import { runtime } from '../machine/runtime.js';
import { whose } from '../machine/whose.js';
import { addonStage } from './addon-stage.js';
import { monitoring, podNetworks } from './addons.js';
import { lookAtAddons } from './catalogue-state.js';
import { clusterThere } from './cluster-there.js';
import { initParent } from './init-parent.js';
import { joinChild } from './join-child.js';
import { pullAgain } from './pull-again.js';

/** The stages of one add-on of the catalogue, in their order. */
interface Catalogued {
  readonly addon: CatalogueAddon;
  /** Absent: it has nothing to know of the machines. */
  readonly reading?: Stage<string>;
  readonly installing: Stage;
  /** Absent: it needs nothing on them. */
  readonly telling?: Telling;
}

/** What tells the machines of an add-on: not before it is there, which nothing else of its kind has hindered then. */
interface Telling {
  readonly finding: Stage<boolean>;
  readonly setting: Stage<SettingSeen>;
}

interface SettingSeen {
  /** Why the machine is told nothing. */
  readonly notFor?: string;
  /** Why it would be no use to the machine. */
  readonly silent?: KmonError;
}

const CATALOGUED: readonly Catalogued[] = CATALOGUE.map((addon) => {
  const reading = readingStage(addon);
  // Its images are loaded on the machines that it runs on, and what it is about are the nodes: so it waits for those that join.
  const after = [
    ...onParent(whose, clusterThere, initParent, pullAgain, ...podNetworks, ...monitoring),
    ...onEveryone(forAddons, forCatalogue, joinChild, ...present<AnyWork>(reading)),
  ];
  const installing = addonStage(addon, after, reading);
  const telling = tellingStages(addon, installing);
  return {
    addon,
    ...(reading === undefined ? {} : { reading }),
    installing,
    ...(telling === undefined ? {} : { telling }),
  };
});

/** Reads on each machine what an add-on has to know of it. */
function readingStage(addon: CatalogueAddon): Stage<string> | undefined {
  const { id, reads } = addon;
  if (reads === undefined) return undefined;
  return {
    id: `read-for-${id}`,
    title: `Read what ${id} has to know`,
    after: [...here(whose, initParent, joinChild), ...onParent(clusterThere)],
    on: 'all',
    settleMs: 0,
    look: async ({ config, run }) =>
      addon.notWanted(config) === undefined ? (await run.query(reads)).stdout : '',
    foresee: () => '',
    judge: () => satisfied('read'),
  };
}

/** Tells each machine that is in the cluster what an add-on needs of it, where that is on the cluster from here, whether kmon.yaml lists it or not. */
function tellingStages(addon: CatalogueAddon, installing: AnyWork): Telling | undefined {
  const { id } = addon;
  if (addon.onEachMachine === undefined) return undefined;
  const finding: Stage<boolean> = {
    id: `find-${id}`,
    title: `Look whether ${id} is there`,
    after: onParent(whose, clusterThere, initParent, installing),
    on: 'cluster',
    settleMs: 0,
    look: async (c) => (await lookAtAddons([addon], c)).some(({ state }) => state === 'there'),
    foresee: ({ config }) => addon.notWanted(config) === undefined,
    judge: (isThere) => satisfied(isThere ? 'there' : 'not there'),
  };
  // Where that is only foreseen, too, it comes where kmon.yaml lists it.
  const isThere = (c: Context): boolean =>
    c.seen(finding).get(c.config.room.parent.name) ?? addon.notWanted(c.config) === undefined;
  const setting: Stage<SettingSeen> = {
    id: `set-for-${id}`,
    title: `Tell the machines of ${id}`,
    after: [...here(whose, runtime, initParent, joinChild), ...onParent(clusterThere, installing, finding)],
    on: 'all',
    settleMs: 0,
    look: async (c) => {
      if (!isThere(c)) return { notFor: `${id} is not there` };
      if ((await ownNode(c)) === undefined) return { notFor: 'not in the cluster' };
      const silent = await addon.silentTo?.(c);
      return silent === undefined ? {} : { silent };
    },
    foresee: () => ({}),
    judge: ({ notFor, silent }) =>
      silent === undefined ? satisfied(notFor ?? 'as it should be') : blocked(silent),
    resources: ({ notFor }, c) =>
      notFor === undefined && isThere(c) ? (addon.onEachMachine?.(c) ?? []) : [],
  };
  return { finding, setting };
}

/** What an add-on has changed on the machines, given back when it is off the cluster. */
export function givingBackFor(addon: CatalogueAddon, after: readonly After[]): readonly Stage<NotedSeen>[] {
  return CATALOGUED.filter((c) => c.addon === addon)
    .flatMap(({ telling }) => present(telling))
    .map(({ setting }) => giveBackOf(setting, { id: `give-back-${addon.id}`, after }));
}

function present<T>(...all: readonly (T | undefined)[]): readonly T[] {
  return all.filter((one) => one !== undefined);
}

function bringingOf({ reading, installing }: Catalogued): readonly Work<unknown>[] {
  return present<Work<unknown>>(reading, installing);
}

function tellingOf({ telling }: Catalogued): readonly Work<unknown>[] {
  return telling === undefined ? [] : [telling.finding, telling.setting];
}

function workOf(one: Catalogued): readonly Work<unknown>[] {
  return [...bringingOf(one), ...tellingOf(one)];
}

/** Of every add-on of the catalogue: the command leaves out those that are not wanted, see `withListedAddons`. */
export const catalogue: readonly Work<unknown>[] = CATALOGUED.flatMap(workOf);

/** What closes behind them waits for these. */
export const catalogueInstalled: readonly AnyWork[] = CATALOGUED.map(({ installing }) => installing);

/** Of one add-on; on a cluster that is no room's there is no machine to read on. */
export function catalogueStages(
  addon: CatalogueAddon,
  where: 'room' | 'context' = 'room',
): readonly Work<unknown>[] {
  return CATALOGUED.filter((c) => c.addon === addon).flatMap((c) =>
    where === 'room' ? workOf(c) : [c.installing],
  );
}

/** Tell the machines that join of what is there already. */
export const tellOfCatalogue: readonly Work<unknown>[] = CATALOGUED.flatMap(tellingOf);

/**
 * The plan without the add-ons of the catalogue that kmon.yaml does not list: nobody wants to read of each that it is not wanted. What machines have to
 * be told stays: one may have come since such an add-on was brought.
 */
export function withListedAddons(plan: Plan, config: Pick<Config, 'addons'>): Plan {
  const out: ReadonlySet<AnyWork> = new Set(
    CATALOGUED.filter(({ addon }) => !config.addons.includes(addon.id)).flatMap(bringingOf),
  );
  return { ...plan, stages: plan.stages.filter((stage) => !out.has(stage)) };
}
