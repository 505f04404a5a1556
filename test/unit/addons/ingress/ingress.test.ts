import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { ingress } from '../../../../src/addons/ingress/ingress.js';
import { onParent } from '../../../../src/engine/stage.js';
import { addonStage } from '../../../../src/stages/cluster/addon-stage.js';
import { initParent } from '../../../../src/stages/cluster/init-parent.js';
import { sampleConfig } from '../../../support/sample-room.js';
import { AddonRoom } from '../addon-run.js';
import { ModelCluster } from '../model-cluster.js';

describe('the door for web pages', () => {
  it.each([
    ['online', 'true'],
    ['context', 'false'],
  ] as const)('is for who names no class where the cluster is a room alone: %s', async (way, is) => {
    const room = new AddonRoom(way, 'flannel', {}, new ModelCluster(), ['ingress']);
    await room.run(addonStage(ingress, onParent(initParent)));
    const documents = [...room.model.applied].flatMap((text) => parseAllDocuments(text));
    const text = JSON.stringify(documents.map((d) => d.toJS() as unknown));
    expect(text).toContain(`{"ingressclass.kubernetes.io/is-default-class":"${is}"}`);
  });

  it('shows the address of the parent, and of a cluster that is no room how to see its Service', () => {
    const config = sampleConfig();
    expect(ingress.shows({ config, cluster: {} })).toEqual({
      kind: 'address',
      url: 'http://192.0.2.10:30080/',
    });
    expect(ingress.shows({ config, cluster: { context: 'kind lab' } })).toEqual({
      kind: 'command',
      line: "kubectl --context 'kind lab' -n kmon-ingress get service",
    });
  });
});
