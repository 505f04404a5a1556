import { describe, expect, it } from 'vitest';
import { inUse } from '../../../../src/addons/storage/in-use.js';
import { throughParent } from '../../../../src/cluster/through-parent.js';
import { sharedAnswers } from '../../../../src/engine/shared.js';
import type { KmonError } from '../../../../src/errors/kmon-error.js';
import { fakeClock, PARENT } from '../../../support/sample-room.js';
import { asks, scripted } from '../../../support/scripted-runner.js';
import type { Step } from '../../../support/scripted-runner.js';
import { asksNodes } from '../../stages/answers.js';

interface Written {
  readonly name: string;
  readonly storageClass?: string;
  readonly claim?: string;
  readonly phase?: string;
  readonly node?: string;
  readonly madeBy?: string;
}

const volume = ({ name, storageClass, claim, phase, node, madeBy }: Written): object => {
  const [namespace, of] = claim?.split('/') ?? [];
  const claimRef = of === undefined ? {} : { claimRef: { namespace, name: of } };
  const expression = { key: 'kubernetes.io/hostname', operator: 'In', values: [node] };
  return {
    metadata: {
      name,
      ...(madeBy === undefined ? {} : { annotations: { 'pv.kubernetes.io/provisioned-by': madeBy } }),
    },
    spec: {
      storageClassName: storageClass,
      ...claimRef,
      ...(node === undefined
        ? {}
        : { nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [expression] }] } } }),
    },
    ...(phase === undefined ? {} : { status: { phase } }),
  };
};

const lists = (...volumes: readonly Written[]): Step =>
  asks('get --raw /api/v1/persistentvolumes', JSON.stringify({ items: volumes.map(volume) }));

/** What comes of these looks, each in its order. */
async function refusal(steps: readonly Step[], context?: string): Promise<KmonError | undefined> {
  const runner = scripted(PARENT.name, steps);
  const through = throughParent(runner, { programFolder: '/usr/bin' });
  const cluster = context === undefined ? through : Object.assign(through, { context });
  const clock = fakeClock();
  const said = await inUse({
    cluster,
    clock,
    signal: new AbortController().signal,
    shared: sharedAnswers(clock).ask,
  });
  runner.verify();
  return said;
}

/** What is said where there are these volumes. */
async function said(...volumes: readonly Written[]): Promise<string | undefined> {
  return (await refusal([lists(...volumes)]))?.message;
}

const NODES = asksNodes({ name: 'pc-10', address: '192.0.2.10' }, { name: 'pc-11', address: '192.0.2.11' });

const left = (node: string, phase = 'Released'): Written => ({
  name: 'pvc-1',
  storageClass: 'local-path',
  claim: 'red/notes',
  phase,
  node,
});

describe('the storage', () => {
  it('may go where nobody has a volume of its class', async () => {
    expect(await said()).toBeUndefined();
    expect(
      await said(
        { name: 'by-hand', claim: 'blue/db' },
        { name: 'nfs-1', storageClass: 'nfs', claim: 'red/x' },
      ),
    ).toBeUndefined();
  });

  it('stays while there is one, and says whose', async () => {
    expect(await said({ name: 'pvc-1', storageClass: 'local-path', claim: 'red/notes' })).toBe(
      "storage is in use: one volume has somebody's files: red/notes",
    );
  });

  it('names all of them in one order, also one that nobody claims any more', async () => {
    expect(
      await said(
        { name: 'pvc-9', storageClass: 'local-path' },
        { name: 'pvc-1', storageClass: 'local-path', claim: 'red/notes' },
        { name: 'pvc-2', storageClass: 'local-path', claim: 'blue/db' },
        { name: 'nfs-1', storageClass: 'nfs', claim: 'red/x' },
      ),
    ).toBe("storage is in use: 3 volumes have somebody's files: blue/db, pvc-9, red/notes");
  });

  it('is not about volumes of its class that another provisioner has made', async () => {
    const others = {
      name: 'pvc-1',
      storageClass: 'local-path',
      claim: 'red/notes',
      madeBy: 'rancher.io/local-path',
    };
    expect(await said(others)).toBeUndefined();
    expect(await said({ ...others, madeBy: 'kmon.local/path' })).toContain('red/notes');
  });

  it.each(['Released', 'Failed'])('waits for a volume whose claim is gone: %s', async (phase) => {
    const one = left('pc-11', phase);
    expect(await refusal([lists(one), NODES, lists(one), lists(one), lists()])).toBeUndefined();
  });

  it('stays where somebody claims another one meanwhile', async () => {
    const more: Written = { name: 'pvc-2', storageClass: 'local-path', claim: 'blue/db', phase: 'Bound' };
    const refused = await refusal([lists(left('pc-11')), NODES, lists(more)]);
    expect(refused?.message).toBe("storage is in use: one volume has somebody's files: blue/db");
  });

  it('counts only those whose claim is there', async () => {
    const claimed: Written = { name: 'pvc-2', storageClass: 'local-path', claim: 'blue/db', phase: 'Bound' };
    expect(await said(left('pc-11'), claimed)).toBe(
      "storage is in use: one volume has somebody's files: blue/db",
    );
  });

  it('names those of a machine that has left, with what removes them', async () => {
    const refused = await refusal([lists(left('pc-99')), NODES]);
    expect(refused?.message).toBe(
      'storage has volumes of machines that have left (pc-99), whose claims are gone: pvc-1',
    );
    expect(refused?.hint).toContain('kubectl --kubeconfig .kmon/kubeconfig delete pv pvc-1');
  });

  it('says on which machine files are not deleted in time', async () => {
    const stays = left('pc-11');
    const refused = await refusal([lists(stays), NODES, ...Array.from({ length: 61 }, () => lists(stays))]);
    expect(refused?.message).toContain('pvc-1 on pc-11');
    expect(refused?.hint).toContain('delete pv NAME');
  });

  it('says of a cluster that is no room nothing of a teardown that takes it away', async () => {
    const claimed = lists({ name: 'pvc-2', storageClass: 'local-path', claim: 'blue/db' });
    expect((await refusal([claimed]))?.hint).toContain('takes all of it away with the cluster');
    const hint = (await refusal([claimed], 'kind-lab'))?.hint ?? '';
    expect(hint).toContain('kmon addon remove storage --context kind-lab');
    expect(hint).toContain('kubectl --context kind-lab -n NAMESPACE delete pvc NAME');
    expect(hint).not.toContain('teardown');
  });
});
