import type { Query, Scope } from './queries.js';

/** Of such are the letters that Kubernetes draws: they make no words (k8s.io/apimachinery/pkg/util/rand). */
const DRAWN = 'bcdfghjklmnpqrstvwxz2456789';

/**
 * What a pod was made of, out of its name, since only kube-state-metrics tells it: behind the name of a Deployment, a DaemonSet, a Job or a CronJob come
 * letters that were drawn, and before them those of its ReplicaSet or the minute in which it was due. A pod of a StatefulSet, and one that nobody made, has a
 * name that stays.
 */
const WORKLOAD = `(.+?)((-[${DRAWN}]{7,10}|-[0-9]{8})?-[${DRAWN}]{5})?`;

/**
 * Whole pods, as the kubelet's cAdvisor tells of them. It tells of their containers and of their network too where containerd is at its usual place, which
 * kmon's is not, and from Kubernetes 1.37 on no kubelet can be told another (kubelet --containerd, google/cadvisor/lib container/containerd).
 */
export function wholePods(metric: string, { only = '' }: Pick<Scope, 'only'>): string {
  return `${metric}{${['container=""', 'image=""', 'pod!=""', ...(only === '' ? [] : [only])].join(',')}}`;
}

/** A kubelet counts every 10 to 15 seconds, however often it is asked: where a window is too short for two counts, a minute is taken. */
const perSecond = (counter: string, s: Scope): string =>
  `max by (namespace, pod) (rate(${wholePods(counter, s)}[${s.window}]) or rate(${wholePods(counter, s)}[1m]))`;

const now = (metric: string, s: Scope): string => `max by (namespace, pod) (${wholePods(metric, s)})`;

function byWorkload(how: 'sum' | 'count', ofPods: string): string {
  return `${how} by (namespace, workload) (label_replace(${ofPods}, "workload", "$1", "pod", "${WORKLOAD}"))`;
}

const used = (s: Scope): string => perSecond('container_cpu_usage_seconds_total', s);
const held = (s: Scope): string => now('container_memory_working_set_bytes', s);

/** Processors that a pod may use; absent of one that may use all. The chart of the profile stack leaves out what the kubelets say of that. */
const allowed = (s: Scope): string =>
  `(${now('container_spec_cpu_quota', s)} / ${now('container_spec_cpu_period', s)} or sum by (namespace, pod) (kube_pod_container_resource_limits{${['resource="cpu"', ...(s.only === undefined || s.only === '' ? [] : [s.only])].join(',')}}))`;

/**
 * PromQL by name about applications: one sample a workload, which has its name in `namespace` and `workload`. Absent where nobody asks the kubelets.
 */
export const POD_QUERIES = {
  /** How many pods there are of it. */
  workloadPods: (s) => byWorkload('count', held(s)),
  /** Whole processors. */
  workloadCores: (s) => byWorkload('sum', used(s)),
  /** Percent of the processors that its pods may use; those that have no limit do not count. */
  workloadOfLimit: (s) =>
    `100 * ${byWorkload('sum', `${used(s)} and on (namespace, pod) ${allowed(s)}`)} / ${byWorkload('sum', `${allowed(s)} and on (namespace, pod) ${used(s)}`)}`,
  /** Percent of the time slices in which it was held back by its limit, of those in which it ran. */
  workloadHeldBack: (s) =>
    `100 * ${byWorkload('sum', perSecond('container_cpu_cfs_throttled_periods_total', s))} / (${byWorkload('sum', perSecond('container_cpu_cfs_periods_total', s))} > 0)`,
  workloadMemoryBytes: (s) => byWorkload('sum', held(s)),
} as const satisfies Readonly<Record<string, Query>>;
