import type { CatalogueAddon } from '../addons/addon.js';
import { CATALOGUE } from '../addons/index.js';
import { here, onParent } from '../engine/stage.js';
import type { Work } from '../engine/stage.js';
import type { KnownRoom } from '../room/room.js';
import { askAlerts } from './cluster/alerts.js';
import { catalogue, catalogueStages, givingBackFor, tellOfCatalogue } from './cluster/catalogue-stages.js';
import { lookAtCatalogue } from './cluster/catalogue-state.js';
import { lookAtLesson } from './cluster/ask-lesson.js';
import { clusterThere } from './cluster/cluster-there.js';
import { forgetCluster } from './cluster/cluster-files.js';
import { monitoring, podNetworks } from './cluster/addons.js';
import { inCluster } from './cluster/in-cluster.js';
import { initParent } from './cluster/init-parent.js';
import { joinChild } from './cluster/join-child.js';
import { keepKubeconfig } from './cluster/kubeconfig.js';
import { labelNodes } from './cluster/label-nodes.js';
import { latency } from './cluster/latency.js';
import { leaveCluster } from './cluster/leave-cluster.js';
import { measured } from './cluster/measured.js';
import { askDashboard, askPages, pagesThen } from './cluster/pages.js';
import { nodeRoute, peerRoutes, podNetwork } from './cluster/pod-network.js';
import { podsReach } from './cluster/pods-reach.js';
import { lookAtReady, proveAddon, proveOnMachines } from './cluster/prove-addon.js';
import { pullAgain } from './cluster/pull-again.js';
import { ready } from './cluster/ready.js';
import { removeAddons } from './cluster/remove-addons.js';
import { removeMonitoring } from './cluster/remove-monitoring.js';
import { removeSolo } from './cluster/remove-solo.js';
import { teamsRemoval } from './cluster/remove-teams.js';
import { loadFits } from './cluster/load-fits.js';
import type { StressOptions } from './cluster/load-fits.js';
import { soloCluster } from './cluster/solo-cluster.js';
import { lookAtCluster } from './cluster/status.js';
import { httpLoad } from './cluster/http-load.js';
import type { HttpLoadOptions } from './cluster/http-load.js';
import { lookVerified } from './cluster/verified.js';
import { load, stressTools } from './cluster/stress.js';
import { lookAtTeams } from './cluster/team-list.js';
import { asPodOf } from './cluster/team-load.js';
import { teamKeys } from './cluster/team-keys.js';
import { makeTeams } from './cluster/teams.js';
import { testAlert } from './cluster/test-alert.js';
import { testAppAnswers } from './cluster/test-app-answers.js';
import { removeTestApp, testApp } from './cluster/test-app.js';
import { unwatchApp } from './cluster/unwatch-app.js';
import { watchApp } from './cluster/watch-app.js';
import type { AppToWatch } from './cluster/watched-app.js';
import { giveComputersBack } from './computer/give-back.js';
import { check } from './machine/check.js';
import { forAddons, forAddonsLater, forCatalogue, forStress, forTestApp } from './machine/for-addons.js';
import { giveChildrenBack, giveParentBack, giveThisComputerBack } from './machine/give-back.js';
import { images } from './machine/images.js';
import { kubelet } from './machine/kubelet.js';
import { installPackages, installPrograms } from './machine/packages.js';
import { openRelay } from './machine/relay.js';
import { closeRelay } from './machine/relay-close.js';
import { relayImages } from './machine/relay-images.js';
import { runtime } from './machine/runtime.js';
import { sourcesOfChildren, sourcesOfParent } from './machine/sources.js';
import { system } from './machine/system.js';
import { tools } from './machine/tools.js';
import { whose, whoseToGiveBack } from './machine/whose.js';

// The stages of every command. The order is the one in which a machine takes them, but for those that go apart, and in which they are told; what
// has to wait for what is said by each stage (`after`), so that machines wait for each other no longer than they must.

/** What every machine needs before kubeadm, once it is checked, and behind it what can come meanwhile. */
const PREPARE = [
  openRelay,
  tools,
  installPrograms,
  installPackages,
  system,
  runtime,
  relayImages,
  images,
  kubelet,
  forAddons,
] as const;

/** `kmon init-parent` */
export const INIT_PARENT: readonly Work<unknown>[] = [
  whose,
  check,
  sourcesOfParent,
  ...PREPARE,
  initParent,
  keepKubeconfig,
  pullAgain,
  ...podNetworks,
  podNetwork,
  ready,
  podsReach,
  closeRelay,
];

/** `kmon join-child`: the parent is left as it is but for its routes. */
export const JOIN_CHILD: readonly Work<unknown>[] = [
  whose,
  clusterThere,
  check,
  sourcesOfChildren,
  ...PREPARE,
  pullAgain,
  joinChild,
  podNetwork,
  nodeRoute,
  labelNodes,
  ready,
  podsReach,
  peerRoutes,
  ...tellOfCatalogue,
  closeRelay,
];

/** `kmon deploy-monitoring` */
export const DEPLOY_MONITORING: readonly Work<unknown>[] = [
  whose,
  clusterThere,
  openRelay,
  relayImages,
  forAddonsLater,
  pullAgain,
  ...monitoring,
  measured,
  closeRelay,
];

/** `kmon deploy-monitoring --context`: what needs nothing but a cluster. */
export const MONITOR_CLUSTER: readonly Work<unknown>[] = [pullAgain, ...monitoring, measured];

/** `kmon solo`: the same on a cluster that kmon makes for it. */
export const SOLO_UP: readonly Work<unknown>[] = [soloCluster, ...MONITOR_CLUSTER, pagesThen];

/** `kmon solo --remove`: with the cluster goes what is on it. */
export const SOLO_REMOVE: readonly Work<unknown>[] = [removeSolo];

/**
 * `kmon teardown --context`: what `deploy-monitoring`, `addon add` and `teams` have brought with `--context`, and nothing else. Teams go before
 * add-ons: what they have claimed goes with them, and would keep the storage.
 */
export const UNMONITOR_CLUSTER: readonly Work<unknown>[] = [
  removeMonitoring,
  ...teamsRemoval(),
  removeAddons(CATALOGUE, 'kmon teardown'),
];

/** `kmon addon list` */
export const LIST_ADDONS: readonly Work<unknown>[] = [clusterThere, lookAtCatalogue];

/** `kmon addon add` */
export function addAddon(addon: CatalogueAddon): readonly Work<unknown>[] {
  return [
    whose,
    clusterThere,
    openRelay,
    relayImages,
    forCatalogue,
    pullAgain,
    ...catalogueStages(addon),
    closeRelay,
  ];
}

/** `kmon addon add --context` */
export function addAddonToCluster(addon: CatalogueAddon): readonly Work<unknown>[] {
  return [clusterThere, pullAgain, ...catalogueStages(addon, 'context')];
}

/** `kmon addon remove`; without a room there is none whose machines are looked at. */
export function removeAddonStages(addon: CatalogueAddon) {
  const removing = removeAddons([addon], `kmon addon remove ${addon.id}`);
  const givingBack = givingBackFor(addon, [...here(whose), ...onParent(clusterThere, removing)]);
  return {
    stages: [whose, clusterThere, removing, ...givingBack],
    onContext: [clusterThere, removing],
    /** The machines that have something of it as well, not the cluster alone. */
    onMachines: givingBack.length > 0,
  };
}

/** `kmon addon verify`, of those that are there; on a cluster that is no room's no machine is asked. */
export function proveAddons(
  addons: readonly CatalogueAddon[],
  where: 'room' | 'context' = 'room',
): readonly Work<unknown>[] {
  const proofs = addons.flatMap((addon): readonly Work<unknown>[] => {
    const proving = proveAddon(addon);
    const onMachines = where === 'room' ? proveOnMachines(addon, proving) : undefined;
    return onMachines === undefined ? [proving] : [proving, onMachines];
  });
  return [clusterThere, ...proofs];
}

/** The machines on which `kmon addon verify` asks. */
export const WHO_IS_READY: readonly Work<unknown>[] = [clusterThere, lookAtReady];

const TEAMS_THERE = [clusterThere, makeTeams, teamKeys, lookAtTeams] as const;

/** `kmon teams` */
export const TEAMS: readonly Work<unknown>[] = [whose, ...TEAMS_THERE];

/** `kmon teams --context` */
export const TEAMS_ON_CLUSTER: readonly Work<unknown>[] = TEAMS_THERE;

/** `kmon teams list` */
export const LIST_TEAMS: readonly Work<unknown>[] = [clusterThere, lookAtTeams];

/** `kmon teams remove` */
export function removeTeams(only?: string): readonly Work<unknown>[] {
  return [whose, clusterThere, ...teamsRemoval(only)];
}

/** `kmon teams remove --context` */
export function removeTeamsFromCluster(only?: string): readonly Work<unknown>[] {
  return [clusterThere, ...teamsRemoval(only)];
}

/** `kmon up`, with every add-on of the catalogue: see `withListedAddons`. */
export const UP: readonly Work<unknown>[] = [
  whose,
  check,
  sourcesOfParent,
  sourcesOfChildren,
  ...PREPARE,
  initParent,
  keepKubeconfig,
  pullAgain,
  joinChild,
  ...podNetworks,
  podNetwork,
  nodeRoute,
  labelNodes,
  ...monitoring,
  ready,
  podsReach,
  peerRoutes,
  measured,
  ...catalogue,
  closeRelay,
];

/** `kmon teardown`: children before the parent; kmon's own tools go last, since the ledger holds them first. */
export const TEARDOWN: readonly Work<unknown>[] = [
  whoseToGiveBack,
  leaveCluster,
  giveComputersBack,
  giveChildrenBack,
  giveParentBack,
  forgetCluster,
];

/** `kmon teardown --local`: what needs no kmon.yaml. */
export const TEARDOWN_LOCAL: readonly Work<unknown, KnownRoom>[] = [giveThisComputerBack];

/** `kmon alerts` */
export const ALERTS: readonly Work<unknown>[] = [clusterThere, askAlerts];

/** `kmon alerts --test` */
export const TEST_ALERT: readonly Work<unknown>[] = [whose, clusterThere, testAlert];

/** `kmon status` */
export const STATUS: readonly Work<unknown>[] = [lookAtCluster];

/** `kmon report` @param seconds how far back */
export function reportStages(seconds: number) {
  const asking = lookAtLesson(seconds);
  return { asking, stages: [clusterThere, asking] };
}

/** `kmon top`: what it watches is asked for again and again, behind these. */
export const TOP: readonly Work<unknown>[] = [clusterThere];

/** `kmon verify` */
export const VERIFY: readonly Work<unknown>[] = [clusterThere, lookVerified];

/** `kmon verify`, on the machines that are Ready. */
export const VERIFY_PODS: readonly Work<unknown>[] = [podsReach];

/** `kmon verify --latency`, on the children that are Ready. */
export const VERIFY_LATENCY: readonly Work<unknown>[] = [latency];

/** `kmon open` */
export const OPEN: readonly Work<unknown>[] = [clusterThere, askPages];

/** `kmon open dashboard` */
export const OPEN_DASHBOARD: readonly Work<unknown>[] = [clusterThere, askDashboard];

/** `kmon test-app` */
export const RUN_TEST_APP: readonly Work<unknown>[] = [
  whose,
  clusterThere,
  openRelay,
  relayImages,
  forTestApp,
  pullAgain,
  testApp,
  testAppAnswers,
  closeRelay,
];

/** `kmon test-app --remove` */
export const REMOVE_TEST_APP: readonly Work<unknown>[] = [whose, clusterThere, removeTestApp];

/** `kmon watch-app`. Without a room there is none whose machines are looked at. */
export function watchStages(app: AppToWatch) {
  const watching = watchApp(app);
  return { watching, stages: [whose, clusterThere, watching], onContext: [clusterThere, watching] };
}

/** `kmon watch-app --remove` */
export function unwatchStages(app: Pick<AppToWatch, 'namespace' | 'name'>) {
  const ending = unwatchApp(app);
  return { stages: [whose, clusterThere, ending], onContext: [clusterThere, ending] };
}

/** `kmon stress` */
export function stressStages(options: StressOptions) {
  const fitting = loadFits(options);
  if (options.team === undefined) {
    const loading = load(options, fitting);
    return { fitting, loading, stages: [whose, inCluster, fitting, stressTools, loading] };
  }
  const loading = load(options, fitting, asPodOf(options.team));
  const before = [whose, inCluster, fitting, openRelay, relayImages, forStress];
  return { fitting, loading, stages: [...before, loading, closeRelay] };
}

/** `kmon load` */
export function loadStages(options: HttpLoadOptions) {
  const { loading, stages } = httpLoad(options);
  return { loading, stages };
}
