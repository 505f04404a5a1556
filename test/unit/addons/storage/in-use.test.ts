import { describe, expect, it } from 'vitest';
import { inUse } from '../../../../src/addons/storage/in-use.js';
import { throughParent } from '../../../../src/cluster/through-parent.js';
import { PARENT } from '../../../support/sample-room.js';
import { asks, scripted } from '../../../support/scripted-runner.js';

interface Written {
  readonly name: string;
  readonly storageClass?: string;
  readonly claim?: string;
}

const volume = ({ name, storageClass, claim }: Written): object => {
  const [namespace, of] = claim?.split('/') ?? [];
  const claimRef = of === undefined ? {} : { claimRef: { namespace, name: of } };
  return { metadata: { name }, spec: { storageClassName: storageClass, ...claimRef } };
};

/** What is said where there are these volumes. */
async function said(...volumes: readonly Written[]): Promise<string | undefined> {
  const items = JSON.stringify({ items: volumes.map(volume) });
  const runner = scripted(PARENT.name, [asks('get --raw /api/v1/persistentvolumes', items)]);
  const cluster = throughParent(runner, { programFolder: '/usr/bin' });
  return (await inUse({ cluster }))?.message;
}

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
});
