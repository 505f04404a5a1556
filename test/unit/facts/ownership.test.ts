import { describe, expect, it } from 'vitest';
import { ownershipOf } from '../../../src/facts/ownership.js';
import { CHILD, ownLedger, PARENT, sampleConfig } from '../../support/sample-room.js';

const room = sampleConfig();
const known = sampleConfig({ roomId: 'the-room' });
const FILES = ['/etc/kubernetes/admin.conf', '/var/lib/etcd/member'];
const ACTIVE = { kubelet: { active: 'active', enabled: 'enabled' } };
const mark = {
  id: 'another',
  name: 'atelier-1',
  parent: PARENT.address,
  role: 'child',
  by: 'bob@lab',
} as const;

const machine = (more: Partial<Parameters<typeof ownershipOf>[1]>) => ({
  kubernetesFiles: [],
  units: {},
  ...more,
});

describe('whose a machine is', () => {
  it.each([
    ['nobody came', machine({}), { of: 'nobody' }],
    [
      'kmon made it a node',
      machine({ ledger: ownLedger(), kubernetesFiles: FILES }),
      { of: 'us', node: true },
    ],
    [
      'kmon prepared it',
      machine({ ledger: ownLedger('child', { nodeBefore: [] }) }),
      { of: 'us', node: false },
    ],
    ['somebody made a cluster', machine({ kubernetesFiles: FILES }), { of: 'owner', files: FILES }],
    ['somebody runs a kubelet', machine({ units: ACTIVE }), { of: 'owner', files: [], kubeletRuns: true }],
    ['kmon set up a kubelet that waits', machine({ units: ACTIVE, ledger: ownLedger() }), { of: 'us' }],
  ])('%s', (_, facts, expected) => {
    expect(ownershipOf(CHILD, facts, room)).toMatchObject(expected);
  });

  it.each([
    ['has an entry, but none about a cluster', { nodeBefore: undefined }],
    ['says that the cluster was there before', { nodeBefore: FILES }],
    ['says that pods ran before', { nodeBefore: ['pods'] }],
  ])('a cluster stays the owner’s when the ledger %s', (_, { nodeBefore }) => {
    const facts = machine({
      kubernetesFiles: FILES,
      ledger: ownLedger('child', { kubelet: false, nodeBefore }),
    });
    expect(ownershipOf(CHILD, facts, known)).toMatchObject({ of: 'owner', files: FILES });
  });

  it.each([
    ['of another id, though name and parent are the same', mark, known, { of: 'room', ourOwn: false }],
    ['of the same name and parent, from another keyboard', mark, room, { of: 'us' }],
    ['of another name', { ...mark, name: 'b' }, room, { of: 'room', mark: { name: 'b' } }],
    ['of another parent', { ...mark, parent: '192.0.2.99' }, room, { of: 'room' }],
    [
      'of this id, after everything else was changed',
      { ...mark, id: 'the-room', name: 'b' },
      known,
      { of: 'us' },
    ],
  ])('a ledger %s', (_, of, config, expected) => {
    const ledger = ownLedger('child', { room: of });
    expect(ownershipOf(CHILD, machine({ ledger }), config)).toMatchObject(expected);
  });

  it('is somebody else’s again when the kubelet there is none of kmon’s', () => {
    const facts = machine({ ledger: ownLedger(), kubernetesFiles: FILES, foreignKubelet: true });
    expect(ownershipOf(CHILD, facts, known)).toMatchObject({ of: 'owner', files: FILES });
  });

  it('is not told by a ledger that names no room', () => {
    const ledger = ownLedger('child', { room: undefined });
    expect(ownershipOf(CHILD, machine({ ledger }), known)).toEqual({
      of: 'room',
      since: ledger.since,
      ourOwn: false,
    });
  });

  it('is this room’s in another role as long as it is a node there', () => {
    const ledger = ownLedger('child');
    const node = machine({ ledger, kubernetesFiles: FILES });
    expect(ownershipOf(PARENT, node, known)).toMatchObject({ of: 'room', ourOwn: true });
    expect(ownershipOf(PARENT, machine({ ledger }), known)).toMatchObject({ of: 'us' });
  });
});
