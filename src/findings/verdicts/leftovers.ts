import type { Finding } from '../finding.js';
import { finding } from './verdict.js';
import type { Verdict } from './verdict.js';

/** What is on the machine from before: another kind of Kubernetes, a package manager at work. */
export const leftoversVerdict: Verdict = (one, group) => [
  ...otherKubernetes(one, group),
  ...aptLock(one, group),
];

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

const otherKubernetes: Verdict = ({ machine, facts }) =>
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

const aptLock: Verdict = ({ machine, facts }) => {
  const lock = facts.aptLock;
  if (lock === undefined) return [];
  const who = lock.process === '' ? 'a program' : lock.process;
  return [
    finding('K-APT-LOCK', 'note', machine, {
      evidence: `${who} (pid ${lock.pid}) holds ${lock.file}`,
      remedy: 'let it finish: kmon waits for it, five minutes at most',
    }),
  ];
};
