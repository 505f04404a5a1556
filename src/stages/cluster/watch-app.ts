import { appName, isMarked, marks } from '../../apps/watch-app/marks.js';
import { labelsOfMonitor } from '../../addons/existing/watched-place.js';
import { MONITOR_LABELS, monitorName, podMonitor, serviceMonitor } from '../../apps/watch-app/monitor.js';
import { downIn, remedyFor, unprovenIn } from '../../apps/watch-app/proof.js';
import type { WatchedApp } from '../../apps/watch-app/proof.js';
import { applyObjects, objectsDiffer } from '../../cluster/objects.js';
import { give, key } from '../../engine/results.js';
import type { Results } from '../../engine/results.js';
import type { Context, Stage } from '../../engine/stage.js';
import { blocked, onParent, pending, satisfied } from '../../engine/stage.js';
import type { Step } from '../../engine/step.js';
import { KmonError } from '../../errors/kmon-error.js';
import { apiPath, getIfThere, markObject } from '../../tools/kubectl.js';
import { parseOwnObject } from '../../tools/kubernetes-objects.js';
import { clusterThere } from './cluster-there.js';
import { findApp, lookAtWatched } from './watched-app.js';
import type { AppFound, AppToWatch } from './watched-app.js';

export interface WatchSeen {
  /** Why it cannot be watched. */
  readonly refused?: KmonError;
  /** A Service that is not marked as it should be, by its marks. */
  readonly toMark?: ReturnType<typeof marks>;
  /** What is to be applied: the monitor, as JSON. */
  readonly toApply?: string;
  readonly watched: WatchedApp;
}

/** Given when the monitor is applied: the API has taken it, and need not be asked again. */
const APPLIED = key<true>('the monitor is applied');

const NOTHING: WatchedApp = { endpoints: [], series: 0 };

/** Has Prometheus ask an application for its metrics, and proves that they arrive. */
export function watchApp(app: AppToWatch): Stage<WatchSeen> {
  return {
    id: 'watch-app',
    title: `Have ${appName(app)} watched`,
    after: onParent(clusterThere),
    on: 'cluster',
    // A kubelet brings a changed configuration to Prometheus within a minute and a half; that of an operator sees a second change of it only when its
    // reloader looks by itself, every three minutes (measured: config-reloader of operator 0.92).
    settleMs: 300_000,
    look: (c, so) => lookAt(app, c, so),
    judge: ({ refused, toMark, toApply, watched }) => {
      if (refused !== undefined) return blocked(refused);
      if (toMark !== undefined || toApply !== undefined) return pending('it is not watched yet');
      const unproven = unprovenIn(watched);
      const { endpoints, series } = watched;
      return unproven === undefined
        ? satisfied(`${endpoints.length} of ${endpoints.length} endpoints up, ${series} series of its own`)
        : pending(unproven);
    },
    steps: (seen, c) => stepsFor(app, seen, c),
    hindrance: async (c) => {
      const { watched, refused } = await lookAt(app, c, NO_RESULTS);
      if (refused !== undefined) return refused;
      // What is asked in vain is so at the next time, too; who was not asked yet may be.
      const isAsked = watched.endpoints.every(({ health }) => health !== 'unknown');
      return isAsked && downIn(watched).length > 0
        ? inVain(app, unprovenIn(watched) ?? '', watched)
        : undefined;
    },
    diagnose: async (because, c) => {
      const { watched } = await lookAt(app, c, NO_RESULTS);
      return inVain(app, because, watched);
    },
  };
}

/** Looks as if nothing had been done in this run. */
const NO_RESULTS: Results = { get: () => undefined };

async function lookAt(app: AppToWatch, c: Context, so: Results): Promise<WatchSeen> {
  try {
    const found = await findApp(c, app);
    const watched = await lookAtWatched(c, app, found);
    const toMark = toMarkOf(app, found);
    const toApply = so.get(APPLIED) === true ? undefined : await toApplyOf(app, found, c);
    return {
      watched,
      ...(toMark === undefined ? {} : { toMark }),
      ...(toApply === undefined ? {} : { toApply }),
    };
  } catch (error) {
    if (error instanceof KmonError && error.code === 'precondition')
      return { refused: error, watched: NOTHING };
    throw error;
  }
}

function toMarkOf(app: AppToWatch, found: AppFound): WatchSeen['toMark'] {
  if (found.by === 'pods') return undefined;
  const wanted = marks(app.name, { port: found.port.name ?? '', path: app.path });
  return isMarked(wanted, found.service) ? undefined : wanted;
}

/** The monitor, where an operator's Prometheus is to read one that is not there like this. */
async function toApplyOf(app: AppToWatch, found: AppFound, c: Context): Promise<string | undefined> {
  const { profile, scrapeIntervalSeconds: intervalSeconds } = c.config.monitoring;
  if (profile === 'lite') return undefined;
  const kind = found.by === 'pods' ? 'podMonitor' : 'serviceMonitor';
  const labels =
    profile === 'existing' ? await labelsOfMonitor(c, kind, app.namespace, MONITOR_LABELS) : MONITOR_LABELS;
  const monitored = { ...app, intervalSeconds, labels };
  const monitor =
    found.by === 'pods'
      ? podMonitor(monitored, found.port, found.workload.labels)
      : serviceMonitor(monitored, found.port);
  await refuseOthers(app, found.by === 'pods' ? 'podmonitors' : 'servicemonitors', c);
  const manifest = JSON.stringify(monitor);
  return (await objectsDiffer(c.cluster, manifest)) ? manifest : undefined;
}

/** Somebody may have a monitor of that name. */
async function refuseOthers(
  { namespace, name }: AppToWatch,
  kind: 'podmonitors' | 'servicemonitors',
  { cluster }: Context,
): Promise<void> {
  const inside = ['v1', 'namespaces', namespace, kind, monitorName(name)];
  const path = apiPath('apis', 'monitoring.coreos.com', ...inside);
  const there = parseOwnObject(await cluster.query(getIfThere(cluster.kubectl, path)));
  if (there === undefined || there.managedBy === 'kmon') return;
  throw new KmonError('precondition', `the monitor ${monitorName(name)} in ${namespace} is somebody else's`, {
    evidence: 'it does not carry the label app.kubernetes.io/managed-by: kmon',
    hint: `see who needs it (kubectl -n ${namespace} get ${kind} ${monitorName(name)} -o yaml)`,
  });
}

function stepsFor(app: AppToWatch, { toMark, toApply }: WatchSeen, { cluster }: Context): readonly Step[] {
  const { namespace, name } = app;
  return [
    ...(toMark === undefined
      ? []
      : [
          {
            at: 'cluster' as const,
            intent: `mark the Service ${name} in ${namespace} as watched`,
            command: markObject(cluster.kubectl, { kind: 'service', namespace, name }, toMark),
          },
        ]),
    ...(toApply === undefined
      ? []
      : [
          {
            at: 'cluster' as const,
            intent: `apply the monitor ${monitorName(name)} in ${namespace}`,
            command: applyObjects(cluster, toApply),
            gives: () => give(APPLIED, true),
          },
        ]),
  ];
}

function inVain(app: AppToWatch, because: string, watched: WatchedApp): KmonError {
  const [down] = downIn(watched);
  const remedy =
    down === undefined
      ? 'see what Prometheus says of it (kmon open prometheus, Status, Target health)'
      : remedyFor(down.because ?? '');
  return new KmonError('not-verified', `no metrics come of ${appName(app)}: ${because}`, {
    hint: `${remedy}; then run it again, or take it back (kmon watch-app ${app.name} --namespace ${app.namespace} --remove)`,
  });
}
