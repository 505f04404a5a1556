import { describe, expect, it } from 'vitest';
import { Secret } from '../../../src/shell/secret.js';
import {
  createBootstrapToken,
  newBootstrapToken,
  revokeBootstrapToken,
} from '../../../src/tools/bootstrap-token.js';
import {
  apiPath,
  applyManifest,
  createRaw,
  deleteNode,
  deleteObject,
  diffManifest,
  drainNode,
  getNodes,
  getPods,
  getReadyz,
  getRollout,
  labelNode,
} from '../../../src/tools/kubectl.js';
import { assertShellSyntax, shellWords } from './shell-syntax.js';

const k = { binary: '/opt/kmon/bin/kubectl', kubeconfig: '/etc/kubernetes/admin.conf' };
const LOOK =
  'HOME=/proc/no-home /opt/kmon/bin/kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 15s';
const CHANGE = LOOK.replace('15s', '60s');
const HOSTILE = `pc'; touch /tmp/x; $(id) "`;

describe('kubectl reads', () => {
  it.each([
    ['nodes', getNodes(k), `${LOOK} get --raw /api/v1/nodes`],
    ['pods', getPods(k, 'monitoring'), `${LOOK} get --raw /api/v1/namespaces/monitoring/pods`],
    [
      'a rollout',
      getRollout(k, 'daemonsets', 'monitoring', 'kmon-node-exporter'),
      `${LOOK} get --raw /apis/apps/v1/namespaces/monitoring/daemonsets/kmon-node-exporter`,
    ],
    ['readyz', getReadyz(k), `${LOOK} get --raw '/readyz?verbose'`],
    [
      'a difference',
      diffManifest(k, 'x'),
      `${LOOK} diff --server-side --field-manager kmon --force-conflicts -f -`,
    ],
  ])('builds the look at %s', (_, command, script) => {
    expect(command.effect).toBe('reads');
    expect(command.script).toBe(script);
    assertShellSyntax(command);
  });

  it('lets the caller judge what may be absent or different', () => {
    expect(getReadyz(k).ok).toBe('any');
    expect(getRollout(k, 'deployments', 'm', 'x').ok).toEqual([0, 1]);
    expect(diffManifest(k, 'x').ok).toEqual([0, 1]);
    expect(getNodes(k).ok).toBeUndefined();
  });

  it('keeps a hostile name inside its path segment', () => {
    expect(apiPath('api', '../../secrets?x=1')).toBe('/api/..%2F..%2Fsecrets%3Fx%3D1');
    expect(shellWords(getPods(k, HOSTILE), k.binary).at(-1)).toBe(
      `/api/v1/namespaces/${encodeURIComponent(HOSTILE)}/pods`,
    );
  });
});

describe('kubectl changes', () => {
  it.each([
    ['apply', applyManifest(k, 'x'), 'apply --server-side --field-manager kmon --force-conflicts -f -'],
    ['create', createRaw(k, '/api/v1/namespaces', '{}'), 'create --raw /api/v1/namespaces -f - >/dev/null'],
    [
      'label',
      labelNode(k, 'pc-11', { 'kmon.dev/team': 'red', old: null }),
      `label --overwrite node pc-11 kmon.dev/team=red old-`,
    ],
    [
      'drain',
      drainNode(k, 'pc-11', { timeoutSeconds: 30, graceSeconds: 5 }),
      'drain pc-11 --ignore-daemonsets --delete-emptydir-data --force --timeout 30s --grace-period 5',
    ],
    ['delete node', deleteNode(k, 'pc-11'), 'delete node pc-11  --ignore-not-found --timeout 60s'],
    [
      'delete object',
      deleteObject(k, { kind: 'secret', name: 's', namespace: 'n' }),
      'delete secret s --namespace n --ignore-not-found --timeout 60s',
    ],
  ])('builds %s', (_, command, rest) => {
    expect(command.effect).toBe('changes');
    expect(command.script).toBe(`${CHANGE} ${rest}`);
    assertShellSyntax(command);
  });

  it('leaves drain more time than it was given, so that kubectl speaks first', () => {
    expect(drainNode(k, 'pc-11', { timeoutSeconds: 30 }).timeoutMs).toBe(90_000);
  });

  it('passes hostile names as one word', () => {
    expect(shellWords(deleteNode(k, HOSTILE), k.binary)).toContain(HOSTILE);
    expect(shellWords(labelNode(k, HOSTILE, { a: HOSTILE }), k.binary).slice(-2)).toEqual([
      HOSTILE,
      `a=${HOSTILE}`,
    ]);
  });
});

describe('bootstrap tokens', () => {
  const counting = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, i) => i * 51);

  it('has the form kubeadm wants and no biased letter', () => {
    const { id, token } = newBootstrapToken(counting);
    expect(token.reveal()).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}$/);
    expect(token.reveal().startsWith(`${id}.`)).toBe(true);
    // 255 (5 * 51) is above the last whole multiple of 36 and must not be used.
    expect(id).toBe('ap4jya');
  });

  it('sends the secret on stdin alone', () => {
    const token = { id: 'abcdef', token: new Secret('abcdef.0123456789abcdef') };
    const command = createBootstrapToken(k, token, {
      expires: new Date('2026-01-02T03:04:05.678Z'),
      machine: 'pc-11',
    });
    expect(command.script).toBe(
      `${CHANGE} create --raw /api/v1/namespaces/kube-system/secrets -f - >/dev/null`,
    );
    expect(JSON.stringify(command)).not.toContain('0123456789abcdef');
    expect(command.stdin).toBeInstanceOf(Secret);
    expect(JSON.parse((command.stdin as Secret).reveal())).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'bootstrap-token-abcdef', namespace: 'kube-system' },
      type: 'bootstrap.kubernetes.io/token',
      stringData: {
        description: 'kmon: join of pc-11',
        'token-id': 'abcdef',
        'token-secret': '0123456789abcdef',
        expiration: '2026-01-02T03:04:05Z',
        'usage-bootstrap-authentication': 'true',
        'auth-extra-groups': 'system:bootstrappers:kubeadm:default-node-token',
      },
    });
  });

  it('revokes by id, whether or not it is there', () => {
    expect(revokeBootstrapToken(k, 'abcdef').script).toBe(
      `${CHANGE} delete secret bootstrap-token-abcdef --namespace kube-system --ignore-not-found --timeout 60s`,
    );
  });
});
