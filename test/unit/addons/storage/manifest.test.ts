import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { storage } from '../../../../src/addons/storage/storage.js';
import { onParent } from '../../../../src/engine/stage.js';
import { addonStage } from '../../../../src/stages/cluster/addon-stage.js';
import { initParent } from '../../../../src/stages/cluster/init-parent.js';
import { AddonRoom } from '../addon-run.js';
import type { Way } from '../addon-run.js';
import { ModelCluster } from '../model-cluster.js';

/** What is applied, as text without its form. */
async function applied(way: Way): Promise<string> {
  const room = new AddonRoom(way, 'flannel', {}, new ModelCluster(), ['storage']);
  await room.run(addonStage(storage, onParent(initParent)));
  const documents = [...room.model.applied].flatMap((text) => parseAllDocuments(text));
  return JSON.stringify(documents.map((d) => d.toJS() as unknown));
}

describe('what is applied for the storage', () => {
  it('has a provisioner of its own name: of two of one name both would answer every claim', async () => {
    const text = await applied('online');
    expect(text).toContain('"--provisioner-name=kmon.local/path"');
    expect(text).toContain('"provisioner":"kmon.local/path"');
    expect(text).not.toContain('rancher.io/local-path');
  });

  it.each([
    ['online', 'true'],
    ['context', 'false'],
  ] as const)('is for who names no class where the cluster is a room alone: %s', async (way, is) => {
    expect(await applied(way)).toContain(`{"storageclass.kubernetes.io/is-default-class":"${is}"}`);
  });
});
