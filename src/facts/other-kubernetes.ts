import type { FactLines } from './lines.js';
import type { Facts, Listener } from './facts.js';

/** Units and names of listening processes that say that it runs. */
const KINDS: Readonly<Record<string, { readonly units: readonly string[]; readonly process?: RegExp }>> = {
  k3s: { units: ['k3s', 'k3s-agent'], process: /^k3s(-|$)/ },
  rke2: { units: ['rke2-server', 'rke2-agent'], process: /^rke2(-|$)/ },
  microk8s: {
    units: ['snap.microk8s.daemon-kubelite', 'snap.microk8s.daemon-kubelet'],
    process: /^kubelite$/,
  },
  k0s: { units: ['k0scontroller', 'k0sworker'], process: /^k0s$/ },
  minikube: { units: [] },
};

/**
 * Kubernetes of another kind, by what it leaves on the disk, its units, and the processes at its ports. A kubelet of nobody's (a kubeadm's)
 * is not among them: its files and its unit tell of it.
 */
export function parseOtherKubernetes(
  lines: FactLines,
  listeners: readonly Listener[],
  units: Facts['units'],
): Facts['otherKubernetes'] {
  const installed = new Set(lines.all('other').map((line) => line.replace(/:.*$/, '')));
  return Object.entries(KINDS).flatMap(([name, kind]) => {
    const known = kind.units.flatMap((unit) => units[unit] ?? []);
    const running =
      known.some((unit) => unit.active === 'active' || unit.active === 'activating') ||
      listeners.some((l) => l.process !== undefined && kind.process?.test(l.process) === true) ||
      // Its machine is a container of Docker's, with a kubelet inside.
      (name === 'minikube' && installed.has(name) && lines.has('kubelet-in-docker'));
    return running || known.length > 0 || installed.has(name) ? [{ name, running }] : [];
  });
}
