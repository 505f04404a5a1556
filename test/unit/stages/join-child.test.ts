import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../src/config/defaults.js';
import { joinChild } from '../../../src/stages/cluster/join-child.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import type { Command } from '../../../src/shell/command.js';
import { Secret } from '../../../src/shell/secret.js';
import { CHILD, sampleBundle } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Answer, Given, Step } from '../../support/scripted-runner.js';
import { asksNodes, CA, clusterAbsent, clusterReady, clusterSilent } from './answers.js';
import { nodeLedger } from './scenarios-cluster.js';
import { noting, play } from './stage-run.js';
import type { Played } from './stage-run.js';

const bundle = sampleBundle();
const setting = {
  bundle,
  config: { kubernetes: { ...DEFAULTS.kubernetes, version: '1.36' } },
};
const parent = { name: 'pc-10' };
const joined = { name: 'pc-11' };
const files = (stdout: string): Step => asks('ls /etc/kubernetes/kubelet.conf', stdout);
const KUBELET = '/etc/kubernetes/kubelet.conf\n';
const token = does('make a token of 10 minutes for pc-11');
const revoke = does('revoke the token of pc-11');
const ca = asks('cat /etc/kubernetes/pki/ca.crt', CA);
const version = asks('kubeadm version', 'v1.36.3\n');
/** The ledger says that what is there is ours to undo. */
const ours = [
  asks('ledger.jsonl', nodeLedger(bundle)),
  asks('cd /etc/kubernetes', 'trace /etc/kubernetes/kubelet.conf\n'),
];

/** What runs on pc-11: of kube-proxy, which has the machine's address, of somebody who made a pod by hand, of a team. */
function podsOfNode(address: string, restarts = 0): Step {
  const pod = (name: string, hostNetwork: boolean, kind?: string): object => ({
    metadata: {
      name,
      namespace: 'kube-system',
      labels: { 'k8s-app': name.replace(/-x$/, '') },
      ...(kind === undefined ? {} : { ownerReferences: [{ kind }] }),
    },
    spec: { nodeName: 'pc-11', hostNetwork },
    status: {
      phase: 'Running',
      podIP: address,
      conditions: [{ type: 'Ready', status: 'True' }],
      containerStatuses: [{ name, ready: true, restartCount: restarts }],
    },
  });
  const items = [
    pod('kube-proxy-x', true, 'DaemonSet'),
    pod('etcd', true, 'Node'),
    pod('bare', true),
    pod('web', false, 'ReplicaSet'),
  ];
  return asks('/api/v1/pods?fieldSelector=spec.nodeName%3Dpc-11', JSON.stringify({ items }));
}

/** The first attempt of a fresh child, up to `kubeadm join` with this answer. */
function joining(
  answer: Answer,
  more: { readonly parent?: readonly Step[]; child?: readonly Step[] } = {},
): Promise<Played> {
  return play(
    joinChild,
    {
      parent: [...clusterReady, asksNodes(parent), ca, token, ...(more.parent ?? []), revoke],
      child: [
        files(''),
        version,
        ...noting,
        asks('get --raw /version', '{}'),
        does('kubeadm join', answer),
        ...(more.child ?? []),
      ],
    },
    setting,
  );
}

function secretsIn(journal: readonly Given[]): readonly string[] {
  return journal.flatMap(({ command: { stdin } }) => (stdin instanceof Secret ? [stdin.reveal()] : []));
}

function lastOf(played: Played): string {
  const last = played.journal.at(-1);
  return `${last?.machine ?? ''} ${last?.intent ?? ''}`;
}

describe('join-child', () => {
  it.each([
    ['kubelet.conf and no node', KUBELET, [asksNodes(parent)]],
    [
      'its kubelet has fallen silent, and stays so for a while',
      KUBELET,
      Array.from({ length: 24 }, () => asksNodes(parent, { ...joined, ready: 'unknown' })),
    ],
    ['it broke off before kubelet.conf', '/etc/kubernetes/bootstrap-kubelet.conf\n', [asksNodes(parent)]],
    [
      'kubeadm’s bootstrap kubeconfig lies there still',
      `/etc/kubernetes/bootstrap-kubelet.conf\n${KUBELET}`,
      [asksNodes(parent, joined)],
    ],
    ['reset by hand, and the cluster still knows its node', '', [asksNodes(parent, joined)]],
  ])('sees a child that is half joined: %s', async (_, stdout, nodes) => {
    const looks = nodes.length === 1 ? 1 : nodes.length + 1;
    const played = await play(
      joinChild,
      {
        parent: [...clusterReady, ...nodes, ca],
        child: [...Array<Step>(looks).fill(files(stdout)), ...ours, version],
      },
      { ...setting, dryRun: true },
    );
    expect(played).toMatchObject({
      outcome: 'planned',
      because: 'half joined: its node does not report to the cluster',
    });
  });

  it('sees a child that is not joined', async () => {
    const played = await play(
      joinChild,
      { parent: [...clusterReady, asksNodes(parent), ca], child: [files(''), version] },
      { ...setting, dryRun: true },
    );
    expect(played).toMatchObject({ outcome: 'planned', because: 'not in the cluster' });
  });

  it('takes a kubelet that reports for joined, Ready or not', async () => {
    const part = {
      parent: [...clusterReady, asksNodes(parent, { ...joined, ready: false })],
      child: [files(KUBELET)],
    };
    expect(await play(joinChild, part, setting)).toMatchObject({ outcome: 'unchanged' });
  });

  it('resets a half-joined child, forgets its old node, and joins it again', async () => {
    const played = await play(
      joinChild,
      {
        parent: [
          ...clusterReady,
          asksNodes(parent),
          ca,
          does('forget the old node of pc-11'),
          token,
          ...clusterReady,
          asksNodes(parent, joined),
          revoke,
        ],
        child: [
          files(KUBELET),
          ...ours,
          version,
          does('undo a half-done join'),
          does("take the rules of that cluster's kube-proxy away"),
          asks('get --raw /version', '{}'),
          does('kubeadm join'),
          does('start the kubelet again, with its certificate'),
          files(KUBELET),
        ],
      },
      setting,
    );
    expect(played).toMatchObject({ outcome: 'changed', because: 'in the cluster' });
    const reset = played.journal.find((g) => g.intent === 'undo a half-done join');
    expect(reset?.command.script).toContain(
      'kubeadm reset --force --cri-socket /run/kmon-containerd/containerd.sock',
    );
  });

  describe('of a node that has another address now', () => {
    const guest = { ...setting, machine: { ...CHILD, guest: true as const } };
    const at = (address: string, ready: boolean | 'unknown') =>
      asksNodes(parent, { ...joined, address, ready });

    it.each([
      ['a guest whose laptop has another one', guest, true],
      ['a machine that has its old one no more', setting, true],
      // Nobody waits for a kubelet that has fallen silent at its old address.
      ['a guest that has fallen silent', guest, 'unknown'],
      ['a machine that has fallen silent', setting, 'unknown'],
    ] as const)('has it report that, and does not join it again: %s', async (_, of, ready) => {
      const played = await play(
        joinChild,
        {
          parent: [
            ...clusterReady,
            at('192.0.2.99', ready),
            does('mark the node of pc-11 as one that moves'),
            at('192.0.2.11', true),
            podsOfNode('192.0.2.99'),
            does('start the pods anew that have the address of pc-11'),
            podsOfNode('192.0.2.99'),
            podsOfNode('192.0.2.11'),
            // Said to be ready still, when it has just been killed.
            podsOfNode('192.0.2.11'),
            podsOfNode('192.0.2.11', 1),
            does('take the mark of pc-11 away'),
            ...clusterReady,
            at('192.0.2.11', true),
          ],
          child: [
            files(KUBELET),
            asks('ledger.jsonl', nodeLedger(bundle)),
            does('have the kubelet of pc-11 report 192.0.2.11'),
            does('start kube-proxy again without the rules of the one before'),
            files(KUBELET),
          ],
        },
        of,
      );
      expect(played).toMatchObject({ outcome: 'changed', because: 'in the cluster' });
      const scripts = played.journal.filter((g) => g.verb === 'mutate').map((g) => g.command.script);
      expect(scripts.join('\n')).toMatch(
        /kmon\/moving=true[^]*--node-ip=192\.0\.2\.11[^]*delete pod kube-proxy-x --namespace kube-system[^]*kmon\/moving-/,
      );
      expect(scripts.join('\n')).not.toMatch(/reset|delete node|delete pod (?:web|bare|etcd)/);
    });

    it('goes on where a run ended before the pods had the new one', async () => {
      const node = asksNodes(parent, { ...joined, labels: { 'kmon/moving': 'true' } });
      const part = { parent: [...clusterReady, node], child: [files(KUBELET)] };
      expect(await play(joinChild, part, { ...setting, dryRun: true })).toMatchObject({
        outcome: 'planned',
        because: 'its pods have its old address still',
      });
    });

    it('tells from where to where', async () => {
      const part = { parent: [...clusterReady, at('192.0.2.99', true)], child: [files(KUBELET)] };
      expect(await play(joinChild, part, { ...setting, dryRun: true })).toMatchObject({
        outcome: 'planned',
        because: 'joined under the address 192.0.2.99, and has 192.0.2.11 now',
      });
    });

    it('leaves one that has both addresses where it is', async () => {
      const facts = { addresses: [{ device: 'wlan0', address: '192.0.2.99', prefix: 24 }] };
      const part = { parent: [...clusterReady, at('192.0.2.99', true)], child: [files(KUBELET)] };
      expect(await play(joinChild, part, { ...setting, facts })).toMatchObject({ outcome: 'unchanged' });
    });
  });

  it('starts a kube-proxy again that looks for the parent where that was', async () => {
    const looksAt = (address: string) =>
      asks('ls /etc/kubernetes/kubelet.conf', `/etc/kubernetes/kubelet.conf\nkube-proxy ${address}\n`);
    const there = [...clusterReady, asksNodes(parent, joined)];
    const played = await play(
      joinChild,
      {
        parent: [...there, podsOfNode('192.0.2.11', 1), ...there],
        child: [
          looksAt('192.0.2.99'),
          asks('ledger.jsonl', nodeLedger(bundle)),
          does('start kube-proxy again without the rules of the one before'),
          looksAt('192.0.2.10'),
        ],
      },
      setting,
    );
    expect(played).toMatchObject({ outcome: 'changed', because: 'in the cluster' });
  });

  it('has nobody join anew who was away while the parent moved', async () => {
    const silent = asksNodes(parent, { ...joined, ready: 'unknown' });
    const there = [...clusterReady, asksNodes(parent, joined)];
    const looksAt = (address: string) =>
      asks('ls /etc/kubernetes/kubelet.conf', `/etc/kubernetes/kubelet.conf\nkube-proxy ${address}\n`);
    const played = await play(
      joinChild,
      {
        parent: [
          ...clusterReady,
          silent,
          silent,
          asksNodes(parent, joined),
          podsOfNode('192.0.2.11', 1),
          ...there,
        ],
        child: [
          ...Array.from({ length: 4 }, () => looksAt('192.0.2.99')),
          asks('ledger.jsonl', nodeLedger(bundle)),
          does('start kube-proxy again without the rules of the one before'),
          looksAt('192.0.2.10'),
        ],
      },
      setting,
    );
    expect(played).toMatchObject({ outcome: 'changed', because: 'in the cluster' });
  });

  it('leaves a child in the cluster that was only asleep', async () => {
    const silent = asksNodes(parent, { ...joined, ready: 'unknown' });
    const played = await play(
      joinChild,
      {
        parent: [...clusterReady, silent, silent, asksNodes(parent, joined)],
        child: Array.from({ length: 4 }, () => files(KUBELET)),
      },
      setting,
    );
    expect(played).toMatchObject({ outcome: 'unchanged', because: 'in the cluster' });
    expect(played.journal.filter((g) => g.verb === 'mutate')).toEqual([]);
  });

  it('revokes the token although the join fails, and last of all', async () => {
    const played = await joining({
      exitCode: 1,
      stderr: 'error execution phase preflight: [ERROR Port-10250]: Port 10250 is in use',
    });
    expect(played.error).toMatchObject({
      code: 'command',
      message: expect.stringContaining('could not run kubeadm join: error execution') as string,
      hint: expect.stringContaining('stop what holds the port on pc-11') as string,
    });
    expect(lastOf(played)).toBe('pc-10 revoke the token of pc-11');
  });

  it('revokes the token although it is not known whether it was made', async () => {
    const lost = new KmonError('connection-lost', 'gone', { machine: 'pc-10' });
    const played = await play(
      joinChild,
      {
        parent: [
          ...clusterReady,
          asksNodes(parent),
          ca,
          does('make a token of 10 minutes for pc-11', lost),
          revoke,
        ],
        child: [files(''), version, ...noting],
      },
      setting,
    );
    expect(played.error).toMatchObject({ code: 'connection-lost' });
    expect(lastOf(played)).toBe('pc-10 revoke the token of pc-11');
  });

  it('gives the child a token of its own for ten minutes by the clock of the parent, by stdin alone', async () => {
    const played = await play(
      joinChild,
      {
        parent: [
          ...clusterReady,
          asksNodes(parent),
          ca,
          token,
          ...clusterReady,
          asksNodes(parent, joined),
          revoke,
        ],
        child: [
          files(''),
          version,
          ...noting,
          asks('get --raw /version', '{}'),
          does('kubeadm join'),
          does('start the kubelet again, with its certificate'),
          files(KUBELET),
        ],
      },
      { ...setting, facts: { clockOffsetMs: 90_000 } },
    );
    const [made = '', kubeconfig = '', join = ''] = secretsIn(played.journal);
    const { metadata, stringData } = JSON.parse(made) as {
      readonly metadata: { readonly name: string };
      readonly stringData: Readonly<Record<string, string>>;
    };
    const whole = `${stringData['token-id'] ?? ''}.${stringData['token-secret'] ?? ''}`;
    expect(whole).toMatch(/^[a-z0-9]{6}\.[a-z0-9]{16}$/);
    expect(stringData).toMatchObject({
      expiration: '2026-01-01T00:11:30Z',
      description: 'kmon: join of pc-11',
    });
    expect(kubeconfig).toContain(`"token":"${whole}"`);
    expect(kubeconfig).toContain('https://kmon-parent:6443');
    expect(join).toContain(`tlsBootstrapToken: "${whole}"`);
    const cluster = played.journal.find((g) => g.intent === 'kubeadm join')?.command.script ?? '';
    expect(cluster).toContain(`"certificate-authority-data":"${Buffer.from(CA).toString('base64')}"`);
    const revoked = played.journal.at(-1)?.command.script ?? '';
    expect(revoked).toContain(` delete secret ${metadata.name} --namespace kube-system`);
    const told = JSON.stringify([played.events, played.journal.map((g) => g.command.script)]);
    expect(told).not.toContain(stringData['token-secret']);
  });

  it('lets no secret out when programs repeat what they were given', async () => {
    let all: readonly string[] = [];
    const repeats = ({ stdin }: Command): { exitCode: number; stderr: string } => {
      const text = stdin instanceof Secret ? stdin.reveal() : '';
      all = [
        text,
        /[a-z0-9]{6}\.([a-z0-9]{16})/.exec(text)?.[0] ?? '',
        /[a-z0-9]{6}\.([a-z0-9]{16})/.exec(text)?.[1] ?? '',
      ];
      return { exitCode: 1, stderr: `error: cannot use token "${all[1] ?? ''}":\n${text}` };
    };
    const played = await joining(repeats);
    expect(all[2]).toMatch(/^[a-z0-9]{16}$/);
    const told = JSON.stringify([played.events, played.error, played.error?.message, played.error?.evidence]);
    expect(all.filter((secret) => told.includes(secret))).toEqual([]);
    expect(played.error?.message).toContain('cannot use token');
  });

  it('stops before kubeadm when the child cannot reach the API, and says what is between them', async () => {
    const refused = asks('get --raw /version', {
      exitCode: 1,
      stderr: 'a\nUnable to connect: i/o timeout\n',
    });
    const played = await play(
      joinChild,
      {
        parent: [...clusterReady, asksNodes(parent), ca, token, revoke],
        child: [files(''), version, ...noting, ...Array<Step>(21).fill(refused)],
      },
      setting,
    );
    expect(played.error).toMatchObject({
      code: 'precondition',
      message: 'the child does not reach the API of pc-10 (192.0.2.10:6443)',
      evidence: 'Unable to connect: i/o timeout',
      hint: expect.stringContaining('open port 6443 on pc-10') as string,
    });
  });

  it.each([
    ['there is no cluster on pc-10 yet', clusterAbsent],
    ['the control plane on pc-10 does not answer', clusterSilent],
  ])('needs a cluster: %s', async (message, steps) => {
    const played = await play(joinChild, { parent: steps }, setting);
    expect(played.error).toMatchObject({
      code: 'precondition',
      message,
      hint: expect.stringContaining('kmon init-parent') as string,
    });
  });

  it('says where to look when the node does not appear in time', async () => {
    const waiting = Array.from({ length: 61 }, () => [...clusterReady, asksNodes(parent)]).flat();
    const played = await joining('', {
      parent: waiting,
      child: [does('start the kubelet again, with its certificate'), ...Array<Step>(61).fill(files(KUBELET))],
    });
    expect(played.error).toMatchObject({
      code: 'not-verified',
      message: 'half joined: its node does not report to the cluster',
      hint: expect.stringContaining('kmon join-child --only pc-11') as string,
    });
  });

  it('refuses a kubeadm of another minor than kmon.yaml wants', async () => {
    const played = await play(
      joinChild,
      {
        parent: [...clusterReady, asksNodes(parent), ca],
        child: [files(''), version],
      },
      { ...setting, config: { kubernetes: { ...DEFAULTS.kubernetes, version: '1.35' } } },
    );
    expect(played.error).toMatchObject({
      code: 'precondition',
      message: 'the bundle is Kubernetes v1.36.3, kmon.yaml says 1.35',
      hint: expect.stringContaining('"1.36"') as string,
    });
  });

  it('passes over the checks that kmon.yaml and swap make pointless', async () => {
    const config = { kubernetes: { ...setting.config.kubernetes, ignorePreflight: ['SystemVerification'] } };
    const played = await play(
      joinChild,
      {
        parent: [
          ...clusterReady,
          asksNodes(parent),
          ca,
          token,
          ...clusterReady,
          asksNodes(parent, joined),
          revoke,
        ],
        child: [
          files(''),
          version,
          ...noting,
          asks('get --raw /version', '{}'),
          does('kubeadm join'),
          does('start the kubelet again, with its certificate'),
          files(KUBELET),
        ],
      },
      {
        ...setting,
        config,
        facts: { swap: true, routeToParent: { source: '198.51.100.7', device: 'wlan0' } },
      },
    );
    const join = secretsIn(played.journal).at(-1) ?? '';
    for (const check of ['SystemVerification', 'Swap']) expect(join).toContain(`- "${check}"`);
    expect(join).toContain('"value": "198.51.100.7"');
  });
});
