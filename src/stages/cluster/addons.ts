import type { Addon } from '../../addons/addon.js';
import { ADDONS } from '../../addons/index.js';
import { onParent } from '../../engine/stage.js';
import { forAddons, forAddonsLater } from '../machine/for-addons.js';
import { whose } from '../machine/whose.js';
import { addonStage } from './addon-stage.js';
import { initParent } from './init-parent.js';
import { pullAgain } from './pull-again.js';
import { soloCluster } from './solo-cluster.js';

/** Those of which something is on the cluster. */
const of = (group: Addon['group']): readonly Addon[] =>
  ADDONS.filter((addon) => addon.group === group && addon.install !== undefined);

/** What pods need to reach each other: of the networks, kmon.yaml wants one. */
export const podNetworks = of('network').map((addon) => addonStage(addon, onParent(initParent, pullAgain)));

/** What watches the machines. Installed while children join. */
export const monitoring = of('monitoring').map((addon) =>
  addonStage(
    addon,
    onParent(whose, forAddons, forAddonsLater, initParent, soloCluster, pullAgain, ...podNetworks),
  ),
);
