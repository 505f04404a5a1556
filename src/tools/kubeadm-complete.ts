import { changes, reads } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import { apiPath, getRaw } from './kubectl.js';
import type { Kubectl } from './kubectl.js';
import { API_SERVER_MANIFEST, MOVING } from './moved-control-plane.js';
import { ADMIN_KUBECONFIG } from './paths.js';

const CA = '/etc/kubernetes/pki/ca.crt';

/**
 * Written when `kubeadm init` has come to its end, with the checksum of the cluster's authority: of another cluster, one that the owner
 * made in its place for example, it says nothing. It lies where `kubeadm reset` and the ledger both find it.
 */
const MARK = '/etc/kubernetes/kmon-init';

const inNamespace = (namespace: string, kind: string, name: string, api: readonly string[]) =>
  [name, apiPath(...api, 'namespaces', namespace, kind, name)] as const;

/** What `kubeadm init` does last, after the API server is ready already: an init that was killed lacks some of it. By path of the API. */
const PARTS: readonly (readonly [name: string, path: string])[] = [
  inNamespace('kube-system', 'configmaps', 'kubeadm-config', ['api', 'v1']),
  inNamespace('kube-system', 'configmaps', 'kubelet-config', ['api', 'v1']),
  inNamespace('kube-public', 'configmaps', 'cluster-info', ['api', 'v1']),
  ...[
    'kubeadm:get-nodes',
    'kubeadm:kubelet-bootstrap',
    'kubeadm:node-autoapprove-bootstrap',
    'kubeadm:node-proxier',
  ].map(
    (name) =>
      [name, apiPath('apis', 'rbac.authorization.k8s.io', 'v1', 'clusterrolebindings', name)] as const,
  ),
  inNamespace('kube-system', 'daemonsets', 'kube-proxy', ['apis', 'apps', 'v1']),
];

/** Follows a `kubeadm init` in one script: nothing can come between its end and the mark. */
export function markInit(init: Command<'changes'>): Command<'changes'> {
  return { ...init, script: changes`${init} && sha256sum <${CA} | cut -c1-64 >${MARK}`.script };
}

/** What is on the parent of a cluster, without a question to the cluster. */
export interface InitTraces {
  /** Its init has come to its end. */
  readonly done: boolean;
  /** Where its API server says that it is; absent: there is none that would say so. */
  readonly at?: string;
  /** It has been given that address as a whole, and its node was not yet; or only some of it has. */
  readonly moving: 'no' | 'node' | 'part';
}

/** See `parseInitTraces`. */
export const initTraces: Command<'reads'> = reads`if [ -e ${ADMIN_KUBECONFIG} ]; then
  echo yes
  if [ -s ${MARK} ] && [ "$(cat ${MARK})" = "$(sha256sum <${CA} | cut -c1-64)" ]; then echo "done"; fi
  sed -n 's/^ *- --advertise-address=/at /p' ${API_SERVER_MANIFEST} 2>/dev/null || :
  if [ -e ${MOVING} ]; then echo "moving $(tail -n 1 ${MOVING})"; fi
fi`;

/** `undefined`: there is no cluster. */
export function parseInitTraces(stdout: string): InitTraces | undefined {
  const lines = stdout.split('\n');
  if (!lines.includes('yes')) return undefined;
  const at = lines.find((line) => line.startsWith('at '))?.slice('at '.length);
  return {
    done: lines.includes('done'),
    ...(at === undefined ? {} : { at }),
    moving: movingBy(lines.find((line) => line.startsWith('moving '))),
  };
}

function movingBy(line: string | undefined): InitTraces['moving'] {
  if (line === undefined) return 'no';
  return line === 'moving whole' ? 'node' : 'part';
}

/** What is known of all that `kubeadm init` makes at its end. */
export interface InitParts {
  /** The API server says that it does not have them, or that not even the administrator may ask: the rule for him comes first of all. */
  readonly missing: readonly string[];
  /** There was no answer that says anything: a cluster is not taken for half made because its server was busy, nor for whole. */
  readonly unknown: readonly string[];
}

/** Asks for each of them; see `parseInitParts`. */
export function askInitParts(k: Kubectl): Command<'reads'> {
  const questions = PARTS.map(
    ([name, path]) =>
      reads`if said=$(${getRaw(k, path)} 2>&1 >/dev/null); then :
else case $said in *NotFound* | *Forbidden*) echo ${`missing ${name}`} ;; *) echo ${`unknown ${name}`} ;; esac; fi`
        .script,
  );
  return { effect: 'reads', script: questions.join('\n') };
}

export function parseInitParts(stdout: string): InitParts {
  const named = (word: string): readonly string[] =>
    [...stdout.matchAll(new RegExp(`^${word} (.*)$`, 'gm'))].map((m) => m[1] ?? '');
  return { missing: named('missing'), unknown: named('unknown') };
}

/** Writes the mark of a cluster that has all of them: its kubeadm was killed, or its kmon, between the last of them and the mark. */
export const markInitEnded: Command<'changes'> = changes`sha256sum <${CA} | cut -c1-64 >${MARK}`;
