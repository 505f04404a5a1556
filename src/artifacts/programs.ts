import { ALL, PARENT_ONLY } from './artifact.js';
import type { AptSourceName, NeededBy, Program } from './artifact.js';

export const KUBEADM = program('kubeadm', ALL, 'kubernetes');
export const KUBELET = program('kubelet', ALL, 'kubernetes');
export const KUBECTL = program('kubectl', ALL, 'kubernetes');
export const HELM = program('helm', PARENT_ONLY, 'helm');

/** The programs of Kubernetes are of the minor version that kmon.yaml names; the newest patch release of it that there is. */
export const PROGRAMS: readonly Program[] = [KUBEADM, KUBELET, KUBECTL, HELM];

/** A package of the same name has it. */
function program(name: string, neededBy: NeededBy, source: AptSourceName): Program {
  return { kind: 'program', name, neededBy, package: { kind: 'package', name, neededBy, source } };
}
