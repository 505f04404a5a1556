import type { Config } from '../config/config.js';
import type { Stage } from '../engine/stage.js';
import { check } from './check.js';
import { forgetCluster } from './cluster-files.js';
import { giveMachinesBack } from './give-back.js';
import type { Left } from './give-back.js';
import { images } from './images.js';
import { initParent } from './init-parent.js';
import { joinChild } from './join-child.js';
import { keepKubeconfig } from './kubeconfig.js';
import { kubelet } from './kubelet.js';
import { labelNodes } from './label-nodes.js';
import { leaveCluster } from './leave-cluster.js';
import { measured } from './measured.js';
import { monitoring } from './monitoring.js';
import { podNetwork, podRoutes } from './network.js';
import { installPackages } from './packages.js';
import { runtime } from './runtime.js';
import { system } from './system.js';
import { tools } from './tools.js';
import { whose, whoseToGiveBack } from './whose.js';

/** What every machine needs before kubeadm, in order. */
const PREPARE: readonly Stage[] = [whose, check, tools, installPackages, system, runtime, images, kubelet];

const PARENT: readonly Stage[] = [initParent, keepKubeconfig, podNetwork('parent')];
const CHILDREN: readonly Stage[] = [joinChild, podNetwork('children'), labelNodes, podRoutes];

/** `kmon init-parent` */
export const INIT_PARENT: readonly Stage[] = [...PREPARE, ...PARENT];

/** `kmon join-child`: the parent is left as it is but for its routes. */
export const JOIN_CHILD: readonly Stage[] = [
  ...PREPARE.map((s) => (s === whose ? s : { ...s, on: 'children' as const })),
  ...CHILDREN,
];

/** `kmon deploy-monitoring`; `only` are the machines whose series are waited for. */
export function deployMonitoringStages(config: Config, only: readonly string[]): readonly Stage[] {
  return [whose, monitoring(config.monitoring.profile), measured(only)];
}

/** `kmon up` */
export function upStages(config: Config, only: readonly string[]): readonly Stage[] {
  const monitored = deployMonitoringStages(config, only).filter((s) => s !== whose);
  return [...PREPARE, ...PARENT, ...CHILDREN, ...monitored];
}

/** `kmon teardown`: children before the parent; kmon's own tools go last, since the ledger holds them first. `left` gets what stays. */
export function teardownStages(left: Left[]): readonly Stage[] {
  return [
    whoseToGiveBack,
    leaveCluster,
    giveMachinesBack('children', left),
    giveMachinesBack('parent', left),
    forgetCluster,
  ];
}
