import type { ReleaseName } from '../../tools/helm.js';

/** The release of kube-prometheus-stack in the namespace of the monitoring. */
export const RELEASE = 'kmon-stack';

/** Kinds that the operator brings; each is a CustomResourceDefinition of this name. */
export const DEFINITIONS: readonly string[] = [
  'alertmanagerconfigs',
  'alertmanagers',
  'podmonitors',
  'probes',
  'prometheusagents',
  'prometheuses',
  'prometheusrules',
  'scrapeconfigs',
  'servicemonitors',
  'thanosrulers',
].map((kind) => `${kind}.monitoring.coreos.com`);

/** What the operator makes outside of its release and leaves: where the kubelets are, for Prometheus. */
export const LEFT_BY_OPERATOR = [
  { kind: 'service', namespace: 'kube-system', name: 'kmon-kubelet' },
  { kind: 'endpoints', namespace: 'kube-system', name: 'kmon-kubelet' },
] as const;

export function stackRelease(namespace: string): ReleaseName {
  return { release: RELEASE, namespace };
}
