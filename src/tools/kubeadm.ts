import { KmonError } from '../errors/kmon-error.js';
import { changes, reads, withOptions } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import { Secret } from '../shell/secret.js';
import { NO_HOME } from '../shell/no-home.js';
import { PULLING_IMAGES } from './containerd.js';
import type { ToolPaths } from './paths.js';
import { PORTS } from '../room/ports.js';
import { ENDPOINT_NAME } from '../config/names.js';

/** `v1.36.2` on stdout. */
export function kubeadmVersion(tools: ToolPaths): Command<'reads'> {
  return reads`${tools.kubeadm} version -o short`;
}

/** The version kubeadm speaks of: major, minor and the whole text. */
export interface KubernetesVersion {
  readonly text: string;
  readonly minor: number;
}

/** @throws KmonError `precondition` when this is no version kubeadm prints. */
export function parseVersion(text: string): KubernetesVersion {
  const match = /^v1\.(\d+)\.\d+\S*$/.exec(text.trim());
  if (match?.[1] === undefined) {
    throw new KmonError('precondition', `kubeadm says its version is "${text.trim()}"`);
  }
  return { text: text.trim(), minor: Number(match[1]) };
}

/** PATH with kmon's tools first: kubeadm asks the kubelet that it finds there for its version. */
function withPath(tools: ToolPaths): Command<'changes'> {
  return changes`PATH=${tools.folder}:"$PATH"`;
}

/**
 * `kubeadm init` from a configuration file that lies on the machine. Images come from the bundle or are pulled, hence ten minutes.
 */
export function kubeadmInit(tools: ToolPaths, configFile: string): Command<'changes'> {
  return withOptions(
    changes`${withPath(tools)} ${tools.kubeadm} init --config ${configFile} --skip-token-print`,
    { timeoutMs: 600_000, watch: PULLING_IMAGES },
  );
}

/** Where `kubeadm join` reads of the cluster, while it runs; a join configuration names it. */
export const JOIN_CLUSTER_FILE = '/run/kmon-join-cluster.conf';

/**
 * `kubeadm join`; the file holds the token and therefore comes on stdin. Its preflight wants real files: in /run, 0600, gone after. Beside
 * the configuration, the address of the cluster's API and whom to trust there (`ca`, PEM): so kubeadm need not ask the cluster for them, which
 * has them signed a second or two after a token is made, and is asked again after five seconds (DiscoveryRetryInterval in
 * kubernetes/cmd/kubeadm/app/constants).
 */
export function kubeadmJoin(
  tools: ToolPaths,
  o: { readonly config: Secret; readonly ca: string },
): Command<'changes'> {
  const file = '/run/kmon-join.yaml';
  return withOptions(
    changes`umask 077; trap ${`rm -f ${file} ${JOIN_CLUSTER_FILE}`} EXIT; cat >${file}; printf '%s\n' ${JSON.stringify(clusterConfig(o.ca))} >${JOIN_CLUSTER_FILE}
${withPath(tools)} ${tools.kubeadm} join --config ${file}`,
    { stdin: o.config, timeoutMs: 300_000, watch: PULLING_IMAGES },
  );
}

/**
 * Empties a machine of a half-done init or join, as kubeadm itself does it. What kubeadm does not clean (CNI links, packet rules) is
 * the ledger's business.
 */
export function kubeadmReset(tools: ToolPaths, criSocket: string): Command<'changes'> {
  return withOptions(changes`${withPath(tools)} ${tools.kubeadm} reset --force --cri-socket ${criSocket}`, {
    timeoutMs: 180_000,
  });
}

/**
 * Asks the API for its version with the token alone, from the child: name, port, certificate and token are right, or kubectl says what
 * is not. Any exit code.
 */
export function proveApi(
  tools: ToolPaths,
  o: { readonly ca: string; readonly token: Secret },
): Command<'reads'> {
  const name = 'kmon';
  const kubeconfig = {
    ...clusterConfig(o.ca, name),
    'current-context': name,
    contexts: [{ name, context: { cluster: name, user: name } }],
    users: [{ name, user: { token: o.token.reveal() } }],
  };
  return withOptions(
    reads`HOME=${NO_HOME} ${tools.kubectl} --kubeconfig /dev/stdin --request-timeout 5s get --raw /version`,
    { stdin: new Secret(JSON.stringify(kubeconfig), [o.token]), ok: 'any' },
  );
}

/** A kubeconfig of the cluster by its endpoint's name, and of nobody who uses it: for that, kubeadm wants it without a name and a context. */
function clusterConfig(ca: string, name = '') {
  const cluster = {
    server: `https://${ENDPOINT_NAME}:${PORTS.apiServer.port}`,
    'certificate-authority-data': Buffer.from(ca).toString('base64'),
  };
  return { apiVersion: 'v1', kind: 'Config', clusters: [{ name, cluster }] };
}
