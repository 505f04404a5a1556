import { describe, expect, it } from 'vitest';
import { initParent } from '../../../src/stages/cluster/init-parent.js';
import { joinChild } from '../../../src/stages/cluster/join-child.js';
import { whose, whoseToGiveBack } from '../../../src/stages/machine/whose.js';
import { kubeadmNode } from '../../../src/resources/kubeadm-node.js';
import { CHILD, ownLedger, PARENT } from '../../support/sample-room.js';
import { asks } from '../../support/scripted-runner.js';
import { asksNodes, clusterReady } from './answers.js';
import { ledgerOf } from './scenarios-teardown.js';
import { play } from './stage-run.js';

const FILES = ['/etc/kubernetes/admin.conf', '/var/lib/etcd/member'];
const ANOTHER = { id: 'r', name: 'atelier-2', parent: '192.0.2.99', role: 'child', by: 'bob@lab' } as const;

describe('whose', () => {
  it('lets pass what is nobody’s or this room’s', async () => {
    expect(await play(whose, {})).toMatchObject({ outcome: 'unchanged' });
    const facts = { ledger: ownLedger(), kubernetesFiles: FILES };
    expect(await play(whose, {}, { facts: { ledger: ownLedger() } })).toMatchObject({ outcome: 'unchanged' });
    expect(
      await play(whose, {}, { machine: PARENT, facts: { ...facts, ledger: ownLedger('parent') } }),
    ).toMatchObject({ outcome: 'unchanged' });
  });

  it.each([
    [
      'an owner’s cluster',
      { kubernetesFiles: FILES },
      /^an earlier cluster is here \(.*\) that kmon did not make$/,
    ],
    [
      'another room',
      { ledger: ownLedger('child', { room: ANOTHER }) },
      /^belongs to room atelier-2, as a child of/,
    ],
    [
      'a kmon that named no room',
      { ledger: ownLedger('child', { room: undefined }) },
      /did not write down for which/,
    ],
  ])('refuses %s, here and on the parent', async (_, facts, message) => {
    const { error } = await play(whose, {}, { machine: PARENT, facts });
    expect(error).toMatchObject({
      code: 'precondition',
      hint: expect.stringMatching(/ask its owner|give it back/) as string,
    });
    expect(error?.message).toMatch(message);
  });

  it('leaves a teardown what is no other room’s', async () => {
    const refused = { ledger: ownLedger('child', { room: ANOTHER }) };
    expect((await play(whoseToGiveBack, {}, { facts: refused })).error).toMatchObject({
      code: 'precondition',
    });
    for (const facts of [
      { kubernetesFiles: FILES },
      { ledger: ownLedger('child', { room: undefined }) },
      { ledger: ownLedger('parent'), kubernetesFiles: FILES },
    ]) {
      expect(await play(whoseToGiveBack, {}, { facts })).toMatchObject({ outcome: 'unchanged' });
    }
  });
});

describe('what is not this room’s', () => {
  it('is not reset before an init, though the ledger has an entry', async () => {
    const found = { traces: ['/etc/kubernetes/admin.conf'], pods: 0 };
    const entry = ledgerOf([kubeadmNode({ binDir: '/usr/bin', criSocket: '/run/x.sock' }), found]);
    const part = {
      parent: [
        asks('[ -e /etc/kubernetes/admin.conf ]', ''),
        asks('ls -d /etc/kubernetes/manifests', '7\n'),
        asks('ledger.jsonl', entry),
        asks('cd /etc/kubernetes', 'trace /etc/kubernetes/admin.conf\n'),
        asks('kubeadm version', 'v1.36.0\n'),
      ],
    };
    const { error, journal } = await play(initParent, part, { machine: PARENT });
    expect(error).toMatchObject({
      code: 'precondition',
      message: 'a cluster is here that kmon did not make',
      evidence: '/etc/kubernetes/admin.conf',
    });
    expect(journal.filter((g) => g.verb === 'mutate')).toEqual([]);
  });

  it('is not reset before an init where the ledger has no entry', async () => {
    const part = {
      parent: [
        asks('[ -e /etc/kubernetes/admin.conf ]', ''),
        asks('ls -d /etc/kubernetes/manifests', '7\n'),
        asks('ledger.jsonl'),
        asks('cd /etc/kubernetes', 'trace /etc/kubernetes/admin.conf\n'),
        asks('kubeadm version', 'v1.36.0\n'),
      ],
    };
    const { error, journal } = await play(initParent, part, { machine: PARENT });
    expect(error).toMatchObject({ message: 'a cluster is here that kmon did not make' });
    expect(journal.filter((g) => g.verb === 'mutate')).toEqual([]);
  });

  it('is not reset before a join, though the ledger has an entry', async () => {
    const found = { traces: ['/etc/kubernetes/kubelet.conf'], pods: 0 };
    const entry = ledgerOf([kubeadmNode({ binDir: '/usr/bin', criSocket: '/run/x.sock' }), found]);
    const part = {
      parent: [...clusterReady, asksNodes({ name: 'pc-10' })],
      child: [
        asks('bootstrap-kubelet.conf', '/etc/kubernetes/kubelet.conf\n'),
        asks('ledger.jsonl', entry),
        asks('cd /etc/kubernetes', 'trace /etc/kubernetes/kubelet.conf\n'),
      ],
    };
    const { error, journal } = await play(joinChild, part);
    expect(error).toMatchObject({
      message: 'a cluster is here that kmon did not make',
      evidence: '/etc/kubernetes/kubelet.conf',
    });
    expect(journal.filter((g) => g.verb === 'mutate')).toEqual([]);
  });

  it('is not asked for its nodes', async () => {
    const facts = { kubernetesFiles: FILES };
    const { error } = await play(joinChild, {}, { machine: CHILD, facts });
    expect(error).toMatchObject({ message: "the cluster on pc-10 is not this room's" });
  });
});
