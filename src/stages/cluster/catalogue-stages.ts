import type { CatalogueAddon } from '../../addons/addon.js';
import { CATALOGUE } from '../../addons/index.js';
import type { Config } from '../../config/config.js';
import type { Plan } from '../../engine/plan.js';
import { here, onEveryone, onParent, satisfied } from '../../engine/stage.js';
import type { AnyWork, Stage, Work } from '../../engine/stage.js';
import { forAddons, forCatalogue } from '../machine/for-addons.js';
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
  readonly installing: Stage;
}

const CATALOGUED: readonly Catalogued[] = CATALOGUE.map((addon) => {
  const reading = readingStage(addon);
  // Its images are loaded on the machines that it runs on, and what it is about are the nodes: so it waits for those that join.
  const after = [
    ...onParent(whose, clusterThere, initParent, pullAgain, ...podNetworks, ...monitoring),
    ...onEveryone(forAddons, forCatalogue, joinChild, ...(reading === undefined ? [] : [reading])),
  ];
  return {
    addon,
    ...(reading === undefined ? {} : { reading }),
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

function workOf({ reading, installing }: Catalogued): readonly Work<unknown>[] {
  return reading === undefined ? [installing] : [reading, installing];
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
