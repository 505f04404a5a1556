import type { CatalogueAddon } from '../../addons/addon.js';
import { CATALOGUE } from '../../addons/index.js';
import { ownNode } from '../../cluster/nodes.js';
import type { Config } from '../../config/config.js';
import type { Plan } from '../../engine/plan.js';
import { here, onEveryone, onParent, satisfied } from '../../engine/stage.js';
import type { After, AnyWork, Stage, Work } from '../../engine/stage.js';
import { forAddons, forCatalogue } from '../machine/for-addons.js';
import { giveBackOf } from '../machine/give-back-of.js';
import type { NotedSeen } from '../machine/give-back-of.js';
import { runtime } from '../machine/runtime.js';
import { whose } from '../machine/whose.js';
import { addonStage } from './addon-stage.js';
import { monitoring, podNetworks } from './addons.js';
import { clusterThere } from './cluster-there.js';
import { initParent } from './init-parent.js';
import { joinChild } from './join-child.js';
import { pullAgain } from './pull-again.js';

/** The stages of one add-on of the catalogue, in their order. */
interface Catalogued {
  readonly addon: CatalogueAddon;
  /** Absent: it has nothing to know of the machines. */
  readonly reading?: Stage<string>;
  /** Absent: it needs nothing on them. */
  readonly setting?: Stage<boolean>;
  readonly installing: Stage;
}

const CATALOGUED: readonly Catalogued[] = CATALOGUE.map((addon) => {
  const reading = readingStage(addon);
  const setting = settingStage(addon);
  // Its images are loaded on the machines that it runs on, and what it is about are the nodes: so it waits for those that join.
  const after = [
    ...onParent(whose, clusterThere, initParent, pullAgain, ...podNetworks, ...monitoring),
    ...onEveryone(forAddons, forCatalogue, joinChild, ...present<AnyWork>(reading, setting)),
  ];
  return {
    addon,
    ...(reading === undefined ? {} : { reading }),
    ...(setting === undefined ? {} : { setting }),
    installing: addonStage(addon, after, reading),
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

/** Tells each machine that is in the cluster what an add-on needs of it. */
function settingStage(addon: CatalogueAddon): Stage<boolean> | undefined {
  const { id } = addon;
  if (addon.onEachMachine === undefined) return undefined;
  return {
    id: `set-for-${id}`,
    title: `Tell the machines of ${id}`,
    after: [...here(whose, runtime, initParent, joinChild), ...onParent(clusterThere)],
    on: 'all',
    settleMs: 0,
    look: async (c) => addon.notWanted(c.config) === undefined && (await ownNode(c)) !== undefined,
    foresee: (c) => addon.notWanted(c.config) === undefined,
    judge: (isFor) => satisfied(isFor ? 'told' : 'not in the cluster'),
    resources: (isFor, c) => (isFor ? (addon.onEachMachine?.(c) ?? []) : []),
  };
}

/** What an add-on has changed on the machines, given back when it is off the cluster. */
export function givingBackFor(addon: CatalogueAddon, after: readonly After[]): readonly Stage<NotedSeen>[] {
  return CATALOGUED.filter((c) => c.addon === addon)
    .flatMap(({ setting }) => present(setting))
    .map((setting) => giveBackOf(setting, { id: `give-back-${addon.id}`, after }));
}

function present<T>(...all: readonly (T | undefined)[]): readonly T[] {
  return all.filter((one) => one !== undefined);
}

function workOf({ reading, setting, installing }: Catalogued): readonly Work<unknown>[] {
  return present<Work<unknown>>(reading, setting, installing);
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

/** The plan without the add-ons of the catalogue that kmon.yaml does not list: nobody wants to read of each that it is not wanted. */
export function withListedAddons(plan: Plan, config: Pick<Config, 'addons'>): Plan {
  const out: ReadonlySet<AnyWork> = new Set(
    CATALOGUED.filter(({ addon }) => !config.addons.includes(addon.id)).flatMap(workOf),
  );
  return { ...plan, stages: plan.stages.filter((stage) => !out.has(stage)) };
}
