import type { Config } from '../config/config.js';
import type { Stage } from '../engine/stage.js';
import { check } from './machine/check.js';
import { forgetCluster } from './cluster/cluster-files.js';
import { giveMachinesBack } from './machine/give-back.js';
import type { Left } from './machine/give-back.js';
import { images } from './machine/images.js';
import { initParent } from './cluster/init-parent.js';
import { joinChild } from './cluster/join-child.js';
import { keepKubeconfig } from './cluster/kubeconfig.js';
import { kubelet } from './machine/kubelet.js';
import { labelNodes } from './cluster/label-nodes.js';
import { leaveCluster } from './cluster/leave-cluster.js';
import { measured } from './cluster/measured.js';
import { monitoring } from './cluster/monitoring.js';
import { podNetwork, podRoutes } from './cluster/network.js';
import { installPackages } from './machine/packages.js';
import { runtime } from './machine/runtime.js';
import { system } from './machine/system.js';
import { tools } from './machine/tools.js';
import { whose, whoseToGiveBack } from './machine/whose.js';

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
