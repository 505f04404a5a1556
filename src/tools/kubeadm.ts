import { createHash, X509Certificate } from 'node:crypto';
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

/** `kubeadm join`; the file holds the token and therefore comes on stdin. Its preflight wants a real file: one in /run, 0600, gone after. */
export function kubeadmJoin(tools: ToolPaths, config: Secret): Command<'changes'> {
  const file = '/run/kmon-join.yaml';
  return withOptions(
    changes`umask 077; trap ${`rm -f ${file}`} EXIT; cat >${file}; ${withPath(tools)} ${tools.kubeadm} join --config ${file}`,
    { stdin: config, timeoutMs: 300_000, watch: PULLING_IMAGES },
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

/** kubeadm's `discovery-token-ca-cert-hash` of a PEM certificate: sha256 of the public key in DER. */
export function caCertHash(pem: string): string {
  const der = new X509Certificate(pem).publicKey.export({ type: 'spki', format: 'der' });
  return `sha256:${createHash('sha256').update(der).digest('hex')}`;
}

/**
 * Asks the API for its version with the token alone, from the child: name, port, certificate and token are right, or kubectl says what
 * is not. Any exit code.
 */
export function proveApi(
  tools: ToolPaths,
  o: { readonly ca: string; readonly token: Secret },
): Command<'reads'> {
  const kubeconfig = {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'kmon',
    contexts: [{ name: 'kmon', context: { cluster: 'kmon', user: 'kmon' } }],
    clusters: [
      {
        name: 'kmon',
        cluster: {
          server: `https://${ENDPOINT_NAME}:${PORTS.apiServer.port}`,
          'certificate-authority-data': Buffer.from(o.ca).toString('base64'),
        },
      },
    ],
    users: [{ name: 'kmon', user: { token: o.token.reveal() } }],
  };
  return withOptions(
    reads`HOME=${NO_HOME} ${tools.kubectl} --kubeconfig /dev/stdin --request-timeout 5s get --raw /version`,
    { stdin: new Secret(JSON.stringify(kubeconfig), [o.token]), ok: 'any' },
  );
}
