import { describe, expect, it } from 'vitest';
import { initParent } from '../../../src/stages/cluster/init-parent.js';
import { joinChild } from '../../../src/stages/cluster/join-child.js';
import { whose, whoseToGiveBack } from '../../../src/stages/machine/whose.js';
import { CHILD, ownLedger, PARENT } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import { asksNodes, clusterReady } from './answers.js';
import { play } from './stage-run.js';
import { looksAt } from './things.js';

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
    const part = {
      parent: [
        asks('[ -e /etc/kubernetes/admin.conf ]', ''),
        asks('ledger.jsonl'),
        looksAt('trace /etc/kubernetes/admin.conf\n'),
        does('note how kubeadm node was before'),
        asks('ls -d /etc/kubernetes/manifests', '7\n'),
        asks('cd /etc/kubernetes', 'trace /etc/kubernetes/admin.conf\n'),
      ],
    };
    const { error, journal } = await play(initParent, part, { machine: PARENT });
    expect(error).toMatchObject({
      code: 'precondition',
      message: 'a cluster is here that kmon did not make',
      evidence: '/etc/kubernetes/admin.conf',
    });
    expect(journal.filter((g) => g.command.script.includes('kubeadm reset'))).toEqual([]);
  });

  it('is not asked for its nodes', async () => {
    const facts = { kubernetesFiles: FILES };
    const { error } = await play(joinChild, {}, { machine: CHILD, facts });
    expect(error).toMatchObject({ message: "the cluster on pc-10 is not this room's" });
  });

  it('is a child that broke off while kubeadm’s bootstrap kubeconfig lies there', async () => {
    const part = {
      parent: [...clusterReady, asksNodes({ name: 'pc-11' })],
      child: [
        asks(
          'bootstrap-kubelet.conf',
          '/etc/kubernetes/bootstrap-kubelet.conf\n/etc/kubernetes/kubelet.conf\n',
        ),
      ],
    };
    const { because } = await play(joinChild, part, { dryRun: true });
    expect(because).toMatch(/^half joined/);
  });
});
