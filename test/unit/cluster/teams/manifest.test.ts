import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { teamsManifest } from '../../../../src/cluster/teams/manifest.js';

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
}
interface Made {
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels: Readonly<Record<string, string>>;
  };
  readonly rules?: readonly Rule[];
  readonly spec?: unknown;
}

const share = { cpu: '1600m', memory: '3276Mi', pods: 20 };
// A name that YAML would take for a number.
const TEAMS = [
  { name: 'red', share },
  { name: '7', share },
];

async function made(enforced = false, fenced = true): Promise<readonly Made[]> {
  const documents = parseAllDocuments(await teamsManifest(TEAMS, { enforced, fenced }, 'the-room'));
  return documents.map((d) => d.toJS() as Made);
}

const ofKind = async (kind: string): Promise<Made> => {
  const found = (await made(true)).find((m) => m.kind === kind);
  if (found === undefined) throw new Error(`there is no ${kind}`);
  return found;
};

const LOOKING = ['get', 'list', 'watch'];

describe('what is applied for the teams', () => {
  it('is the same object by object for each, under what all share', async () => {
    const names = (await made()).map(({ kind, metadata: { name, namespace } }) =>
      [kind, namespace === undefined ? name : `${namespace}/${name}`].join(' '),
    );
    const each = (team: string): readonly string[] => [
      `Namespace ${team}`,
      `ResourceQuota ${team}/kmon-team`,
      `LimitRange ${team}/kmon-team`,
      `ServiceAccount kmon-teams/${team}`,
      `Role ${team}/kmon-team`,
      `RoleBinding ${team}/kmon-team`,
    ];
    expect(names).toEqual([
      'Namespace kmon-teams',
      'ClusterRole kmon-team',
      'ClusterRoleBinding kmon-team',
      'ValidatingAdmissionPolicy kmon-team',
      'ValidatingAdmissionPolicyBinding kmon-team',
      ...each('red'),
      ...each('7'),
    ]);
  });

  it("says of every object that it is kmon's, and of which team", async () => {
    for (const { metadata } of await made(true)) {
      expect(metadata.labels['app.kubernetes.io/managed-by']).toBe('kmon');
      if (metadata.namespace !== undefined) expect(metadata.labels['kmon/team']).toMatch(/^(red|7)$/);
    }
  });

  it('says of what is judged by it from where it was made', async () => {
    const owned = (await made()).filter(({ metadata }) => metadata.labels['kmon/owner'] !== undefined);
    expect(owned.map(({ kind, metadata }) => `${kind} ${metadata.labels['kmon/owner'] ?? ''}`)).toEqual([
      ...['Namespace the-room', 'ServiceAccount the-room'],
      ...['Namespace the-room', 'ServiceAccount the-room'],
    ]);
  });

  it('has a network policy only where it is enforced: own pods, DNS, the door for web pages and nothing else', async () => {
    expect((await made()).map((m) => m.kind)).not.toContain('NetworkPolicy');
    expect((await ofKind('NetworkPolicy')).spec).toEqual({
      podSelector: {},
      policyTypes: ['Ingress', 'Egress'],
      ingress: [
        { from: [{ podSelector: {} }] },
        {
          from: [
            {
              namespaceSelector: {
                matchLabels: { 'kubernetes.io/metadata.name': 'kmon-ingress' },
              },
            },
          ],
        },
      ],
      egress: [
        { to: [{ podSelector: {} }] },
        {
          to: [{ namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'kube-system' } } }],
          ports: [
            { protocol: 'UDP', port: 53 },
            { protocol: 'TCP', port: 53 },
          ],
        },
      ],
    });
  });

  it('keeps pods within the part of the team, and from the machine itself', async () => {
    expect((await ofKind('ResourceQuota')).spec).toEqual({
      hard: {
        'requests.cpu': '1600m',
        'requests.memory': '3276Mi',
        'limits.memory': '3276Mi',
        pods: '20',
        'requests.ephemeral-storage': '10240Mi',
        'limits.ephemeral-storage': '10240Mi',
        secrets: '50',
        configmaps: '50',
        persistentvolumeclaims: '10',
        'services.nodeports': '10',
        'services.loadbalancers': '0',
      },
    });
    const namespace = (await made()).find(({ metadata: { name } }) => name === 'red');
    expect(namespace?.metadata.labels).toMatchObject({
      'pod-security.kubernetes.io/enforce': 'baseline',
      'pod-security.kubernetes.io/warn': 'restricted',
    });
  });

  it('lets as many containers that say nothing be as there may be pods', async () => {
    expect((await ofKind('LimitRange')).spec).toEqual({
      limits: [
        {
          type: 'Container',
          defaultRequest: { cpu: '50m', memory: '64Mi', 'ephemeral-storage': '64Mi' },
          default: { memory: '128Mi', 'ephemeral-storage': `${10240 / 20}Mi` },
        },
      ],
    });
  });

  it('turns down pods and services for what they are in namespaces of teams only, where the API can', async () => {
    expect((await ofKind('ValidatingAdmissionPolicyBinding')).spec).toEqual({
      policyName: 'kmon-team',
      validationActions: ['Deny'],
      matchResources: {
        namespaceSelector: {
          matchLabels: { 'app.kubernetes.io/managed-by': 'kmon' },
          matchExpressions: [{ key: 'kmon/team', operator: 'Exists' }],
        },
      },
    });
    expect((await made(false, false)).map(({ kind }) => kind).join()).not.toContain('Admission');
  });

  it('lets a team change nothing by which it is held', async () => {
    const { rules = [] } = await ofKind('Role');
    const held = [
      ...['resourcequotas', 'limitranges', 'namespaces', 'networkpolicies', 'roles', 'rolebindings'],
      ...['endpoints', 'endpointslices', 'events', 'serviceaccounts/token', 'pods/status'],
    ];
    for (const { resources, verbs, apiGroups } of rules) {
      expect([...resources, ...verbs, ...apiGroups]).not.toContain('*');
      for (const verb of ['bind', 'escalate', 'impersonate']) expect(verbs).not.toContain(verb);
      if (resources.some((r) => held.includes(r))) expect(verbs, resources.join()).toEqual(LOOKING);
    }
  });

  it('shows it the machines and their metrics, and no way into them', async () => {
    const { rules = [] } = await ofKind('ClusterRole');
    expect(rules).toEqual([
      { apiGroups: [''], resources: ['nodes'], verbs: LOOKING },
      { apiGroups: ['metrics.k8s.io'], resources: ['nodes'], verbs: LOOKING },
    ]);
  });
});
