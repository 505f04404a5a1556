import { describe, expect, it } from 'vitest';
import { DEFAULTS } from '../../../src/config/defaults.js';
import { initParent } from '../../../src/stages/cluster/init-parent.js';
import { nodePortRanges } from '../../../src/stages/cluster/node-port-ranges.js';
import type { Machine } from '../../../src/room/machine.js';
import { inner } from '../../support/guest-facts.js';
import { CHILD, OTHER, PARENT, sampleBundle, sampleFacts } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { clusterThere } from '../../../src/stages/cluster/cluster-there.js';
import { asksNodes, clusterAbsent, clusterHalfSilent, clusterReady, clusterSilent } from './answers.js';
import { nodeLedger } from './scenarios-cluster.js';
import { noting, plannedIn, play } from './stage-run.js';
import type { Played } from './stage-run.js';
import { looks } from './things.js';

const kubernetes = { ...DEFAULTS.kubernetes, version: '1.36' };
const bundle = sampleBundle();
const setting = { machine: PARENT, bundle, config: { kubernetes } };

const begun = (count: number): Step => asks('ls -d /etc/kubernetes/manifests', `${count}\n`);
/** How many of the files are there with which a control plane comes back by itself. */
const complete = (count: number): Step =>
  asks('ls /etc/kubernetes/manifests/kube-apiserver.yaml', `${count}\n`);
const version = asks('kubeadm version', 'v1.36.3\n');
/** An init that broke off, and that the ledger says is ours to undo. */
const ours = [
  begun(7),
  asks('ledger.jsonl', nodeLedger(bundle)),
  asks('cd /etc/kubernetes', 'trace /etc/kubernetes/admin.conf\n'),
];
const writing = [does('write /etc/kmon/kubeadm-init.yaml'), looks('done')];
const undoing = [
  ...ours,
  version,
  looks('bare'),
  does('note how file /etc/kmon/kubeadm-init.yaml was before'),
  ...writing,
  does('undo a half-done init'),
  does("take the rules of that cluster's kube-proxy away"),
  does('kubeadm init'),
  ...clusterReady,
  ...clusterReady,
];
const initing = [
  begun(0),
  version,
  looks('bare'),
  ...noting,
  ...writing,
  does('kubeadm init'),
  ...clusterReady,
  ...clusterReady,
];
const minute = (silent: readonly Step[]): readonly Step[] => Array.from({ length: 30 }, () => silent).flat();

function scriptOf(played: Played, intent: string): string {
  return played.journal.find((g) => g.intent === intent)?.command.script ?? '';
}

describe('init-parent', () => {
  it('undoes an init that broke off, and begins again', async () => {
    const played = await play(initParent, { parent: [...clusterAbsent, ...undoing] }, setting);
    expect(played).toMatchObject({ outcome: 'changed', because: 'the API server is ready' });
    expect(scriptOf(played, 'undo a half-done init')).toContain(
      'kubeadm reset --force --cri-socket /run/kmon-containerd',
    );
  });

  describe('of a machine that has another address now', () => {
    const at = (address: string, more = ''): Step =>
      asks('[ -e /etc/kubernetes/admin.conf ]', `yes\ndone\nat ${address}\n${more}`);
    const answers = asks(/get --raw '\/readyz\?verbose'/, 'readyz check passed');
    const known = (address: string): Step => asksNodes({ name: 'pc-10', address });
    const followed = [
      does('mark the node of pc-10 as one that moves'),
      does('have the kubelet of pc-10 report 192.0.2.10'),
      known('192.0.2.10'),
      asks('/api/v1/pods', '{"kind":"List","items":[]}'),
      does('start the pods anew that have the address of pc-10'),
      asks('/api/v1/pods', '{"kind":"List","items":[]}'),
      does('start kube-proxy again without the rules of the one before'),
      asks('/api/v1/pods', '{"kind":"List","items":[]}'),
      does('take the mark of pc-10 away'),
      does('note that all of it has the new address'),
    ];
    const done = [at('192.0.2.10'), answers];
    const config = [
      looks('bare'),
      asks('ledger.jsonl', nodeLedger(bundle)),
      does('note how file /etc/kmon/kubeadm-init.yaml was before'),
      ...writing,
    ];

    it('gives it to the cluster, which stays', async () => {
      const parent = [
        at('192.0.2.99'),
        version,
        ...config,
        does('have the control plane listen at 192.0.2.10'),
        at('192.0.2.10', 'moving whole\n'),
        answers,
        ...followed,
        ...done,
      ];
      const played = await play(initParent, { parent }, setting);
      expect(played).toMatchObject({ outcome: 'changed', because: 'the API server is ready' });
      const script = scriptOf(played, 'have the control plane listen at 192.0.2.10');
      expect(script).toContain(' 192.0.2.99 192.0.2.10;');
      expect(script).not.toContain('reset');
    });

    it('goes on where a run ended before its node had it', async () => {
      const parent = [
        at('192.0.2.10', 'moving whole\n'),
        answers,
        asks('ledger.jsonl', nodeLedger(bundle)),
        ...followed,
        ...done,
      ];
      expect(await play(initParent, { parent }, setting)).toMatchObject({ outcome: 'changed' });
    });

    it.each(['moving \n', 'moving 192.0.2.98\n'])(
      'does all of it again where that broke off: %j',
      async (said) => {
        const part = { parent: [at('192.0.2.10', said), version, looks('bare')] };
        const played = await play(initParent, part, { ...setting, dryRun: true });
        expect(plannedIn(played)).toContain('have the control plane listen at 192.0.2.10');
      },
    );

    it('tells from where to where', async () => {
      const part = { parent: [at('192.0.2.99'), version, looks('bare')] };
      expect(await play(initParent, part, { ...setting, dryRun: true })).toMatchObject({
        outcome: 'planned',
        because: 'made at the address 192.0.2.99, and has 192.0.2.10 now',
      });
    });

    it.each([
      ['has both', { addresses: [{ device: 'eth0', address: '192.0.2.99', prefix: 24 }] }],
      ['is not known', undefined],
    ])('leaves one where it is whose address %s', async (_, facts) => {
      const part = { parent: [at(facts === undefined ? '192.0.2.10' : '192.0.2.99'), answers] };
      expect(
        await play(initParent, part, { ...setting, ...(facts === undefined ? {} : { facts }) }),
      ).toMatchObject({
        outcome: 'unchanged',
      });
    });

    it('is told by what needs a cluster', async () => {
      const { error } = await play(clusterThere, { parent: [at('192.0.2.99')] }, setting);
      expect(error).toMatchObject({
        code: 'precondition',
        message: 'the cluster on pc-10 was made at 192.0.2.99, which pc-10 has no more',
      });
    });
  });

  it('waits for a control plane that was there before, and does not init again', async () => {
    const part = { parent: [...clusterSilent, complete(4), ...clusterReady] };
    expect(await play(initParent, part, setting)).toMatchObject({
      outcome: 'unchanged',
      because: 'the API server is ready',
    });
  });

  it('does not wait for one that cannot come back, without its manifests or its kubelet', async () => {
    const part = { parent: [...clusterHalfSilent, complete(3), ...undoing] };
    expect((await play(initParent, part, setting)).outcome).toBe('changed');
  });

  it('begins again when a control plane that never came to its end does not answer in a minute', async () => {
    const part = {
      parent: [...clusterHalfSilent, complete(4), ...minute(clusterHalfSilent), ...undoing],
    };
    expect((await play(initParent, part, setting)).outcome).toBe('changed');
  });

  it('throws no cluster away that has worked, however slow it is today', async () => {
    const part = { parent: [...clusterSilent, complete(4), ...minute(clusterSilent)] };
    const { error } = await play(initParent, part, setting);
    expect(error).toMatchObject({
      code: 'not-verified',
      message: 'the control plane on this machine does not answer, and its init had come to its end',
      hint: expect.stringContaining('kmon teardown') as string,
    });
  });

  it('throws none away of which the files are gone with which it would come back', async () => {
    const { error } = await play(initParent, { parent: [...clusterSilent, complete(3)] }, setting);
    expect(error).toMatchObject({ code: 'not-verified' });
  });

  it('takes a cluster without the mark for ended when all its parts are there, and notes it', async () => {
    const unmarked = [
      asks('[ -e /etc/kubernetes/admin.conf ]', 'yes\n'),
      asks(/get --raw '\/readyz\?verbose'/, 'readyz check passed'),
      asks('configmaps/kubeadm-config', ''),
    ];
    const part = {
      parent: [...unmarked, ...noting, does('note that kubeadm init has come to its end'), ...clusterReady],
    };
    expect((await play(initParent, part, setting)).outcome).toBe('changed');
  });

  it.each([
    ['is missing', 'missing kube-proxy\n', [], /^an init that broke off: kube-proxy missing$/],
    [
      'may not even be asked for',
      'missing kubeadm-config\n',
      [],
      /^an init that broke off: kubeadm-config missing$/,
    ],
    ['is not known', 'unknown kube-proxy\n', [complete(3)], /^the API server does not answer$/],
  ])('takes no cluster for ended of which something %s', async (_, said, more, because) => {
    const parent = [
      asks('[ -e /etc/kubernetes/admin.conf ]', 'yes\n'),
      asks(/get --raw '\/readyz\?verbose'/, 'readyz check passed'),
      asks('configmaps/kubeadm-config', said),
      ...more,
      ...ours,
      version,
      looks('bare'),
    ];
    expect((await play(initParent, { parent }, { ...setting, dryRun: true })).because).toMatch(because);
  });

  it.each([
    ['6.1.0-18-amd64', 'nftables'],
    ['5.10.0-21-amd64', 'iptables'],
  ])('makes packet rules on a kernel %s by %s', async (kernel, mode) => {
    const part = { parent: [...clusterAbsent, ...initing] };
    const played = await play(initParent, part, { ...setting, facts: { kernel } });
    expect(scriptOf(played, 'write /etc/kmon/kubeadm-init.yaml')).toContain(`mode: "${mode}"`);
  });

  it('follows the kernel in its control groups', async () => {
    const part = { parent: [...clusterAbsent, ...initing] };
    const played = await play(initParent, part, { ...setting, facts: { cgroup: 1 } });
    expect(scriptOf(played, 'write /etc/kmon/kubeadm-init.yaml')).toContain('cgroupDriver: "cgroupfs"');
  });

  it('says where to look when the API server does not get ready', async () => {
    const silent = Array.from({ length: 120 }, () => clusterSilent).flat();
    const before = initing.slice(0, -2 * clusterReady.length);
    const { error } = await play(initParent, { parent: [...clusterAbsent, ...before, ...silent] }, setting);
    expect(error).toMatchObject({
      code: 'not-verified',
      message: 'the API server does not answer',
      hint: expect.stringContaining('kmon init-parent') as string,
    });
  });

  it('gives it two minutes to get ready', async () => {
    const silent = Array.from({ length: 119 }, () => clusterSilent).flat();
    const before = initing.slice(0, -2 * clusterReady.length);
    const part = { parent: [...clusterAbsent, ...before, ...silent, ...clusterReady, ...clusterReady] };
    expect((await play(initParent, part, setting)).outcome).toBe('changed');
  });
});

describe('NodePorts of a parent that is a guest', () => {
  const guest = { ...PARENT, guest: true } as const;
  const twin = { ...CHILD, guest: true } as const;
  const configOf = async (machine: Machine, proxyMode: 'nftables' | 'iptables'): Promise<string> => {
    const room = { name: 'atelier-1', parent: machine, children: [twin, OTHER], observed: [] };
    const config = { room, kubernetes: { ...kubernetes, proxyMode } };
    const facts = machine.guest === true ? inner() : {};
    const played = await play(
      initParent,
      { parent: [...clusterAbsent, ...initing] },
      { ...setting, machine, config, facts },
    );
    return scriptOf(played, 'write /etc/kmon/kubeadm-init.yaml');
  };

  it('answer in the networks of the machines and in that of the forwards, and nowhere else', async () => {
    const told = await configOf(guest, 'nftables');
    expect(told).toContain(
      'nodePortAddresses: ["10.0.2.0/24","192.0.2.10/32","192.0.2.11/32","192.0.2.12/32"]',
    );
  });

  it('answer in the network of a computer that is known, for those that join later', () => {
    const room = { name: 'atelier-1', parent: guest, children: [twin, OTHER], observed: [] };
    const card = { device: 'eth0', address: OTHER.address, prefix: 24 };
    const factsOf = new Map([
      ['pc-10', sampleFacts(guest, inner())],
      ['pc-11', sampleFacts(twin, inner())],
      ['pc-12', sampleFacts(OTHER, { addresses: [card] })],
    ]);
    expect(nodePortRanges(room, factsOf)).toEqual([
      '10.0.2.0/24',
      '192.0.2.10/32',
      '192.0.2.11/32',
      '192.0.2.0/24',
    ]);
  });

  it.each([
    ['with iptables, which answers at every address anyway', guest, 'iptables'],
    ['of a parent that is none', PARENT, 'nftables'],
  ] as const)('are left to kube-proxy %s', async (_, machine, mode) => {
    expect(await configOf(machine, mode)).not.toContain('nodePortAddresses');
  });
});
