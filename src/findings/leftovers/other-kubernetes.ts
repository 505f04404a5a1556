import { catalogue, subject } from '../subject.js';
import type { FindingOf, VerdictOf } from '../subject.js';

export const { entries, finding } = catalogue({
  'K-OTHER-KUBERNETES': {
    title: 'Another Kubernetes runs on the machine',
    severities: ['stops', 'hurts'],
    cause: 'two kubelets cannot share a machine',
    remedy: 'ask the owner and stop it for the lesson (`sudo k3s-killall.sh`, `sudo microk8s stop`, …)',
  },
});

type Verdict = VerdictOf<keyof typeof entries>;
type Finding = FindingOf<keyof typeof entries>;

/** How its own programs stop each of them with everything it started; a unit alone would leave the containers running. */
const STOP: Readonly<Record<string, string>> = {
  k3s: 'sudo k3s-killall.sh',
  'k3s-agent': 'sudo k3s-killall.sh',
  rke2: 'sudo rke2-killall.sh',
  microk8s: 'sudo microk8s stop',
  k0s: 'sudo k0s stop',
  minikube: 'minikube stop',
};

/** These live in a machine of their own, and take nothing but processor and memory. */
const APART = ['minikube', 'kind', 'k3d', 'colima', 'docker-desktop'];

const others: Verdict = ({ machine, facts }) =>
  facts.otherKubernetes.flatMap(({ name, running }): readonly Finding[] => {
    const apart = APART.includes(name);
    if (!running && apart) return [];
    const stop = STOP[name] ?? `stop ${name} on that machine`;
    if (!running) {
      return [
        finding('K-OTHER-KUBERNETES', 'hurts', machine, {
          evidence: `${name} is installed; it does not run now`,
          cause: 'it may start at the next boot, and two kubelets cannot share a machine',
          remedy: `do not start ${name} during the lesson, or ask its owner whether it may go`,
        }),
      ];
    }
    return [
      finding('K-OTHER-KUBERNETES', apart ? 'hurts' : 'stops', machine, {
        evidence: `${name} runs here`,
        ...(apart ? { cause: 'it takes processor and memory from the workshop' } : {}),
        remedy: `ask its owner and stop it for the lesson: ${stop}`,
      }),
    ];
  });

/** Another kind of Kubernetes, whatever it is. */
export const otherKubernetes = subject({ entries, ofMachine: [others] });
