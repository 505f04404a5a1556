import { ALL, PARENT_ONLY } from './artifact.js';
import type { AptSourceName, NeededBy, Program } from './artifact.js';

/** Where Debian puts programs. */
const USR_BIN = '/usr/bin';

export const KUBEADM = program('kubeadm', ALL, 'kubernetes');
export const KUBELET = program('kubelet', ALL, 'kubernetes');
export const KUBECTL = program('kubectl', ALL, 'kubernetes');
export const HELM = program('helm', { ...PARENT_ONLY, addons: true }, 'helm');

/** The programs of Kubernetes are of the minor version that kmon.yaml names; the newest patch release of it that there is. */
export const PROGRAMS: readonly Program[] = [KUBEADM, KUBELET, KUBECTL, HELM];

/** Who sends it sends its shim and its `ctr` too, but no runc: that is made for the machine's own libraries. */
export const CONTAINERD: Program = {
  kind: 'program',
  name: 'containerd',
  neededBy: ALL,
  package: { kind: 'package', name: 'containerd', neededBy: ALL },
  packageFolder: USR_BIN,
  alone: [{ kind: 'package', name: 'runc', neededBy: ALL }],
};

/** Those for which kmon writes the configuration of the plugins; they need no pod of their own. */
const OF_PLUGINS: NeededBy = { ...ALL, networks: ['routes', 'vxlan'] };

/** The plugin without which no pod starts. Who sends it sends all that the pod network needs; with flannel, `kubernetes-cni` has it too. */
export const LOOPBACK: Program = {
  kind: 'program',
  name: 'loopback',
  neededBy: OF_PLUGINS,
  package: { kind: 'package', name: 'containernetworking-plugins', neededBy: OF_PLUGINS },
  packageFolder: '/usr/lib/cni',
};

/** What is sent by some; the packages of the distribution have it as well. */
export const SENT_BY_SOME: readonly Program[] = [CONTAINERD, LOOPBACK];

/** A package of the same name has it. */
function program(name: string, neededBy: NeededBy, source: AptSourceName): Program {
  return {
    kind: 'program',
    name,
    neededBy,
    package: { kind: 'package', name, neededBy, source },
    packageFolder: USR_BIN,
  };
}
