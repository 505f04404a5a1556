import { ALL, PARENT_ONLY } from './artifact.js';
import type { Image, NeededBy } from './artifact.js';

const KUBERNETES = 'registry.k8s.io';
const FLANNEL_PODS: NeededBy = { ...ALL, networks: ['flannel'] };

/** The first container of every pod, which containerd starts by itself. */
export const PAUSE: Image = {
  kind: 'image',
  name: 'pause',
  neededBy: ALL,
  repository: `${KUBERNETES}/pause`,
  tag: '3.10.2',
};

export const FLANNEL: Image = {
  kind: 'image',
  name: 'flannel',
  neededBy: FLANNEL_PODS,
  repository: 'ghcr.io/flannel-io/flannel',
  tag: 'v0.28.9',
};

export const FLANNEL_CNI_PLUGIN: Image = {
  kind: 'image',
  name: 'flannel-cni-plugin',
  neededBy: FLANNEL_PODS,
  repository: 'ghcr.io/flannel-io/flannel-cni-plugin',
  tag: 'v1.9.1-flannel3',
};

export const PROMETHEUS: Image = {
  kind: 'image',
  name: 'prometheus',
  neededBy: { ...PARENT_ONLY, profiles: ['lite', 'stack'] },
  repository: 'quay.io/prometheus/prometheus',
  tag: 'v3.14.0-distroless',
};

export const NODE_EXPORTER: Image = {
  kind: 'image',
  name: 'node-exporter',
  neededBy: { ...ALL, profiles: ['lite', 'stack', 'existing'] },
  repository: 'quay.io/prometheus/node-exporter',
  tag: 'v1.12.1-distroless',
};

export const ALERTMANAGER: Image = {
  kind: 'image',
  name: 'alertmanager',
  neededBy: { ...PARENT_ONLY, profiles: ['lite', 'stack'], alerts: true },
  repository: 'quay.io/prometheus/alertmanager',
  tag: 'v0.35.0',
};

export const GRAFANA: Image = {
  kind: 'image',
  name: 'grafana',
  neededBy: { ...PARENT_ONLY, profiles: ['lite', 'stack'], grafana: true },
  repository: 'docker.io/grafana/grafana',
  tag: '13.2.0',
};

const STACK: NeededBy = { ...PARENT_ONLY, profiles: ['stack'] };

// Those below go with the version of kube-prometheus-stack: what its own values and subcharts name.

export const PROMETHEUS_OPERATOR: Image = {
  kind: 'image',
  name: 'prometheus-operator',
  neededBy: STACK,
  repository: 'quay.io/prometheus-operator/prometheus-operator',
  tag: 'v0.93.1',
};

/** Beside Prometheus and Alertmanager in their pods, and before them. */
export const CONFIG_RELOADER: Image = {
  kind: 'image',
  name: 'prometheus-config-reloader',
  neededBy: STACK,
  repository: 'quay.io/prometheus-operator/prometheus-config-reloader',
  tag: 'v0.93.1',
};

export const KUBE_STATE_METRICS: Image = {
  kind: 'image',
  name: 'kube-state-metrics',
  neededBy: { ...STACK, spared: true },
  repository: `${KUBERNETES}/kube-state-metrics/kube-state-metrics`,
  tag: 'v2.20.0',
};

/** Beside Grafana: brings it the dashboards that lie in the cluster. */
export const GRAFANA_SIDECAR: Image = {
  kind: 'image',
  name: 'k8s-sidecar',
  neededBy: { ...STACK, grafana: true },
  repository: 'quay.io/kiwigrid/k8s-sidecar',
  tag: '2.10.1',
};

/** What serves the page of the test application, one a child. Its small edition, since each child pulls it. */
export const NGINX: Image = {
  kind: 'image',
  name: 'nginx',
  neededBy: { roles: ['child'], command: 'test-app' },
  repository: 'docker.io/library/nginx',
  tag: '1.30.5-alpine',
};

/** What answers `kubectl top`. It runs on the parent, as the monitoring does. */
export const METRICS_SERVER: Image = {
  kind: 'image',
  name: 'metrics-server',
  neededBy: { ...PARENT_ONLY, addon: 'metrics-server' },
  repository: `${KUBERNETES}/metrics-server/metrics-server`,
  tag: 'v0.9.0',
};

/**
 * What loads a child from within a team's namespace. Its tag is the commit of release 0.21.03: its registry has no other names for releases
 * (ColinIanKing/stress-ng, .github/workflows/container-image-stable.yml). It has a shell, and `sleep`.
 */
export const STRESS_NG: Image = {
  kind: 'image',
  name: 'stress-ng',
  neededBy: { roles: ['child'], command: 'stress' },
  repository: 'ghcr.io/colinianking/stress-ng',
  tag: 'f882a7540accdaa38f15474594b7f0339d5f7472',
};

/** Keeps what jobs leave behind until Prometheus fetches it. On the parent, as the monitoring is. */
export const PUSHGATEWAY: Image = {
  kind: 'image',
  name: 'pushgateway',
  neededBy: { ...PARENT_ONLY, addon: 'pushgateway' },
  repository: 'quay.io/prometheus/pushgateway',
  tag: 'v1.11.3',
};

/** Asks machines from outside. On the parent, as the monitoring is. */
export const BLACKBOX_EXPORTER: Image = {
  kind: 'image',
  name: 'blackbox-exporter',
  neededBy: { ...PARENT_ONLY, addon: 'blackbox' },
  repository: 'quay.io/prometheus/blackbox-exporter',
  tag: 'v0.28.0',
};

/** Makes folders for claims; it says what is to be done, on the parent. */
export const LOCAL_PATH_PROVISIONER: Image = {
  kind: 'image',
  name: 'local-path-provisioner',
  neededBy: { ...PARENT_ONLY, addon: 'storage' },
  repository: 'docker.io/rancher/local-path-provisioner',
  tag: 'v0.0.37',
};

/** A shell and what it takes to make a folder, on whichever machine that is. */
export const BUSYBOX: Image = {
  kind: 'image',
  name: 'busybox',
  neededBy: { ...ALL, addon: 'storage' },
  repository: 'docker.io/library/busybox',
  tag: '1.38.0',
};

/** The door for web pages of the class. On the parent, whose address the class knows. */
export const TRAEFIK: Image = {
  kind: 'image',
  name: 'traefik',
  neededBy: { ...PARENT_ONLY, addon: 'ingress' },
  repository: 'docker.io/library/traefik',
  tag: 'v3.7.15',
};

/**
 * Pages about the cluster. On the parent, whose address the class knows. The newest of 2026-11-30, released on 2026-08-21 (kubernetes-sigs/headlamp,
 * charts/headlamp/Chart.yaml); its images are still published under the name that the project had before.
 */
export const HEADLAMP: Image = {
  kind: 'image',
  name: 'headlamp',
  neededBy: { ...PARENT_ONLY, addon: 'dashboard' },
  repository: 'ghcr.io/headlamp-k8s/headlamp',
  tag: 'v0.45.0',
};

/** Keeps the images of the class, and those that it has fetched for the class. On the parent, where all machines know the way. */
export const REGISTRY: Image = {
  kind: 'image',
  name: 'registry',
  neededBy: { ...PARENT_ONLY, addon: 'registry' },
  repository: 'docker.io/library/registry',
  tag: '3.1.1',
};

/** What DockerCoins counts in. Its small edition, as that of Python, since each child may get it. */
export const REDIS: Image = {
  kind: 'image',
  name: 'redis',
  neededBy: { roles: ['child'], addon: 'dockercoins' },
  repository: 'docker.io/library/redis',
  tag: '8.10.1-alpine',
};

/** What the code of DockerCoins runs in: on the children, and its page on the parent. */
export const PYTHON: Image = {
  kind: 'image',
  name: 'python',
  neededBy: { ...ALL, addon: 'dockercoins' },
  repository: 'docker.io/library/python',
  tag: '3.14.7-alpine',
};

export const IMAGES: readonly Image[] = [
  PAUSE,
  ofKubeadm('kube-apiserver', PARENT_ONLY),
  ofKubeadm('kube-controller-manager', PARENT_ONLY),
  ofKubeadm('kube-scheduler', PARENT_ONLY),
  ofKubeadm('etcd', PARENT_ONLY),
  ofKubeadm('kube-proxy', ALL),
  ofKubeadm('coredns', PARENT_ONLY, 'coredns/coredns'),
  FLANNEL,
  FLANNEL_CNI_PLUGIN,
  PROMETHEUS,
  NODE_EXPORTER,
  GRAFANA,
  PROMETHEUS_OPERATOR,
  CONFIG_RELOADER,
  ALERTMANAGER,
  KUBE_STATE_METRICS,
  GRAFANA_SIDECAR,
  NGINX,
  METRICS_SERVER,
  STRESS_NG,
  PUSHGATEWAY,
  BLACKBOX_EXPORTER,
  LOCAL_PATH_PROVISIONER,
  BUSYBOX,
  TRAEFIK,
  HEADLAMP,
  REGISTRY,
  REDIS,
  PYTHON,
];

/** How it is asked for where it is published; without a version where kubeadm says which. */
export function published({ repository, tag }: Image): string {
  return tag === undefined ? repository : `${repository}:${tag}`;
}

/** The name by which `docker.io` is asked for images; the short one is for people only. */
export const DOCKER_REGISTRY = 'registry-1.docker.io';

/** The host that is asked for images of a repository. */
export function registryOf(repository: string): string {
  const host = repository.split('/')[0] ?? '';
  return host === 'docker.io' ? DOCKER_REGISTRY : host;
}

function ofKubeadm(name: string, neededBy: NeededBy, path = name): Image {
  return { kind: 'image', name, neededBy, repository: `${KUBERNETES}/${path}` };
}
