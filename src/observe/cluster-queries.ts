import { wholePods } from './pod-queries.js';
import type { Query } from './queries.js';

/**
 * PromQL by name about what measures the room, and about Kubernetes. What begins with `kube_` is told by kube-state-metrics: absent where that is
 * not installed. Of Prometheus itself there is one, whatever its job is called.
 */
export const CLUSTER_QUERIES = {
  /** Of each job: all that Prometheus asks. */
  targets: () => 'count by (job) (up)',
  /** Of each job: those that answer. */
  targetsUp: () => 'sum by (job) (up)',
  /** A sample a target that does not answer. */
  targetsDown: () => 'up == 0',
  headSeries: () => 'sum(prometheus_tsdb_head_series)',
  samplesPerSecond: (s) => `sum(rate(prometheus_tsdb_head_samples_appended_total[${s.window}]))`,
  /** What Prometheus has on the disk: blocks, and the log and the heads of what is in none yet, as far as this version tells. */
  storedBytes: () =>
    'sum({__name__=~"prometheus_tsdb_(storage_blocks|wal_storage_size|head_chunks_storage_size)_bytes"})',
  prometheusMemoryBytes: () => 'sum(process_resident_memory_bytes{job=~"(.+-)?prometheus"})',
  /** Answers that were not kept, in five minutes: out of their order, or twice for one moment. */
  droppedSamples: () =>
    'sum(increase(prometheus_target_scrapes_sample_out_of_order_total[5m]) + increase(prometheus_target_scrapes_sample_duplicate_timestamp_total[5m]))',
  ruleFailures: () => 'sum(increase(prometheus_rule_evaluation_failures_total[5m]))',
  walCorruptions: () => 'sum(prometheus_tsdb_wal_corruptions_total)',
  nodesReady: () => 'sum(kube_node_status_condition{condition="Ready",status="true"})',
  nodes: () => 'count(kube_node_info)',
  /** A sample a node that is not Ready. */
  nodesNotReady: () => 'kube_node_status_condition{condition="Ready",status="true"} == 0',
  /** Pods that neither run nor are done, by namespace. */
  podsInTrouble: () =>
    'sum by (namespace, phase) (kube_pod_status_phase{phase=~"Pending|Failed|Unknown"}) > 0',
  /** What pods use of processors, in whole ones: those of the scope. Told by the kubelets. */
  podsCores: (s) =>
    `sum(max by (namespace, pod) (rate(${wholePods('container_cpu_usage_seconds_total', s)}[${s.window}])))`,
  /** How often containers began anew in ten minutes, by pod. */
  restarts: () => 'sum by (namespace, pod) (increase(kube_pod_container_status_restarts_total[10m])) > 0',
} as const satisfies Readonly<Record<string, Query>>;
