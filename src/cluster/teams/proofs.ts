import { apiPath } from '../../tools/kubectl.js';
import { get, make, put } from '../key-trials.js';
import type { Trial } from '../key-trials.js';
import { FENCE } from './fence.js';
import { KEYS_NAMESPACE } from './names.js';

/** Whom a team is tried against. */
export interface Neighbourhood {
  /** Another team; absent where there is only one: then the namespace of everybody stands for it. */
  readonly other: string | undefined;
  /** Any node. */
  readonly node: string;
  /** Whether the API server can turn down pods and services for what they are: see `Fence`. */
  readonly fenced: boolean;
}

/** What every team is tried on, with its own key: all that it should be able to do, and what would reach beyond it. */
export function trialsOf(team: string, { other, node, fenced }: Neighbourhood): readonly Trial[] {
  const own = 'its own namespace';
  const neighbour = other === undefined ? 'the namespace default' : `team ${other}`;
  const core = (namespace: string, ...more: readonly string[]): string =>
    apiPath('api', 'v1', 'namespaces', namespace, ...more);
  const rbac = apiPath('apis', 'rbac.authorization.k8s.io', 'v1', 'namespaces', team, 'rolebindings');
  return [
    get('allowed', `list the pods of ${own}`, core(team, 'pods')),
    get('allowed', `list the secrets of ${own}`, core(team, 'secrets')),
    make(
      'allowed',
      `create a deployment in ${own}`,
      apiPath('apis', 'apps', 'v1', 'namespaces', team, 'deployments'),
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: PROOF },
        spec: {
          selector: { matchLabels: { app: PROOF } },
          template: {
            metadata: { labels: { app: PROOF } },
            spec: { containers: [{ name: PROOF, image: PROOF }] },
          },
        },
      },
    ),
    get('allowed', `get the quota of ${own}`, core(team, 'resourcequotas', QUOTA)),
    get('allowed', 'list the nodes', '/api/v1/nodes'),
    get('allowed', 'list the metrics of the nodes', '/apis/metrics.k8s.io/v1beta1/nodes'),
    get('refused', `list the pods of ${neighbour}`, core(other ?? 'default', 'pods')),
    get('refused', `list the secrets of ${neighbour}`, core(other ?? 'default', 'secrets')),
    get('refused', 'list the pods of all namespaces', '/api/v1/pods'),
    get('refused', 'list the secrets of kube-system', core('kube-system', 'secrets')),
    get('refused', `get nodes/proxy of ${node}`, `${apiPath('api', 'v1', 'nodes', node)}/proxy/pods`),
    make('refused', 'create a namespace', '/api/v1/namespaces', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: PROOF },
    }),
    put('refused', 'update its quota', core(team, 'resourcequotas', QUOTA), {
      apiVersion: 'v1',
      kind: 'ResourceQuota',
      metadata: { name: QUOTA, namespace: team },
      spec: { hard: {} },
    }),
    put('refused', 'update its limits', core(team, 'limitranges', QUOTA), {
      apiVersion: 'v1',
      kind: 'LimitRange',
      metadata: { name: QUOTA, namespace: team },
      spec: { limits: [] },
    }),
    put('refused', 'update its namespace', core(team), {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: team },
    }),
    make('refused', 'create a rolebinding', rbac, {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: PROOF, namespace: team },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'admin' },
      subjects: [{ kind: 'ServiceAccount', name: team, namespace: KEYS_NAMESPACE }],
    }),
    make('refused', 'create a key for itself', core(KEYS_NAMESPACE, 'serviceaccounts', team, 'token'), {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: 600 },
    }),
    unsafe(/PodSecurity/, `create a privileged pod in ${own}`, team, 'Pod', {
      containers: [{ name: PROOF, image: PROOF, securityContext: { privileged: true } }],
    }),
    ...(fenced ? trialsOfFence(team, node) : []),
  ];
}

/** What must be turned down that reaches a machine or an address which is not a team's: see templates/teams/fence.yaml. */
function trialsOfFence(team: string, node: string): readonly Trial[] {
  const containers = [{ name: PROOF, image: PROOF }];
  const pod = (what: string, spec: object): Trial =>
    unsafe(BY_FENCE, `create a pod ${what}`, team, 'Pod', { containers, ...spec });
  return [
    // An address of documentation: were it let through, nothing of anybody would be led astray.
    unsafe(BY_FENCE_OR_SERVER, 'create a service with externalIPs', team, 'Service', {
      ports: [{ port: 6443 }],
      externalIPs: ['192.0.2.1'],
    }),
    pod('with a nodeName', { nodeName: node }),
    pod('of the priority system-node-critical', { priorityClassName: 'system-node-critical' }),
    pod('that tolerates the control plane', {
      tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists' }],
    }),
    pod('that tolerates every machine', { tolerations: [{ operator: 'Exists' }] }),
  ];
}

const BY_FENCE = new RegExp(`ValidatingAdmissionPolicy '${FENCE}'`);

/** An API server may have been told to refuse these by itself (DenyServiceExternalIPs), and then does so first. */
const BY_FENCE_OR_SERVER = new RegExp(`${BY_FENCE.source}|Use of external IPs is denied`);

/** The name of what is asked for and never made. */
const PROOF = 'kmon-proof';

/** Of the quota and of the limits: see templates/teams/team.yaml. */
const QUOTA = 'kmon-team';

function unsafe(by: RegExp, what: string, team: string, kind: 'Pod' | 'Service', spec: object): Trial {
  const path = apiPath('api', 'v1', 'namespaces', team, kind === 'Pod' ? 'pods' : 'services');
  const object = { apiVersion: 'v1', kind, metadata: { name: PROOF, namespace: team }, spec };
  return { must: 'unsafe', by, what, attempt: { verb: 'create', path, object } };
}
