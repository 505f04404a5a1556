import { changes, reads, withOptions } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import type { ExecResult } from '../transport/transport.js';
import { parseForeignJson } from './foreign-json.js';
import { CREATION_MS, DELETION_MS } from './local-cluster.js';

/** Every node is given this label with the id of who made the cluster, which minikube keeps in the profile, running or not. */
const LABEL = 'kmon/solo';

/** What minikube knows of a cluster. */
export interface MinikubeProfile {
  readonly name: string;
  /** Of `minikubeStart`; absent: of somebody else's, or a profile that is damaged. */
  readonly id?: string;
  /** minikube itself cannot read it any more. */
  readonly damaged?: true;
}

/** All of them; see `parseProfiles`. */
export function minikubeProfiles(): Command<'reads'> {
  return withOptions(reads`minikube profile list --output json`, { ok: 'any' });
}

/** @throws KmonError `command` when it is no JSON. */
export function parseProfiles({ stdout }: Pick<ExecResult, 'stdout'>): readonly MinikubeProfile[] {
  const all = parseForeignJson(stdout, 'minikube');
  const known = (list: 'valid' | 'invalid'): readonly MinikubeProfile[] =>
    all.at(list).list.flatMap((profile) => {
      const name = profile.at('Name').text;
      if (name === undefined) return [];
      const id = profile
        .at('Config', 'KubernetesConfig', 'ExtraOptions')
        .list.filter((o) => o.at('Component').text === 'kubelet' && o.at('Key').text === 'node-labels')
        .flatMap((o) => o.at('Value').text?.split(',') ?? [])
        .find((label) => label.startsWith(`${LABEL}=`))
        ?.slice(LABEL.length + 1);
      return [
        {
          name,
          ...(id === undefined ? {} : { id }),
          ...(list === 'invalid' ? { damaged: true as const } : {}),
        },
      ];
    });
  return [...known('valid'), ...known('invalid')];
}

/**
 * Makes a cluster of a control plane and a worker, or starts one that was stopped, and waits until all of it is Ready. Its entry goes into
 * `kubeconfig` alone, which needs no other file; which driver it takes is left to minikube.
 */
export function minikubeStart(o: {
  readonly name: string;
  readonly kubeconfig: string;
  readonly id: string;
}): Command<'changes'> {
  return withOptions(
    changes`KUBECONFIG=${o.kubeconfig} minikube start --profile ${o.name} --nodes 2 --wait all --embed-certs --interactive=false --extra-config ${`kubelet.node-labels=${LABEL}=${o.id}`}`,
    { timeoutMs: CREATION_MS },
  );
}

/** Removes a cluster with its nodes and its profile; fine when there is none. Its entry goes out of `kubeconfig` alone. */
export function minikubeDelete(o: {
  readonly name: string;
  readonly kubeconfig: string;
}): Command<'changes'> {
  return withOptions(changes`KUBECONFIG=${o.kubeconfig} minikube delete --profile ${o.name}`, {
    timeoutMs: DELETION_MS,
  });
}
