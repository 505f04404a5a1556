import { describe, expect, it } from 'vitest';
import { SeenByStage } from '../../../src/engine/results.js';
import { lookAtCluster } from '../../../src/stages/cluster/status.js';
import type { ClusterSeen } from '../../../src/stages/cluster/status.js';
import { PARENT } from '../../support/sample-room.js';
import type { Step } from '../../support/scripted-runner.js';
import { asksMetrics, asksNodes, asksSilentPrometheus, clusterReady, clusterSilent } from './answers.js';
import { play } from './stage-run.js';
import type { Played } from './stage-run.js';

const node = asksNodes({ name: 'pc-10' });

/** How it ended, and what it told the run. */
async function status(
  ...parent: readonly Step[]
): Promise<{ readonly played: Played; readonly told: ClusterSeen | undefined }> {
  const seen = new SeenByStage();
  const played = await play(lookAtCluster, { parent }, { machine: PARENT, seen });
  return { played, told: seen.of(lookAtCluster).get(PARENT.name) };
}

describe('status', () => {
  it('keeps what the cluster and Prometheus say, and changes nothing', async () => {
    const { played, told } = await status(...clusterReady, node, asksMetrics({ 'pc-10': 12 }));
    expect(played).toMatchObject({ outcome: 'unchanged', because: '1 nodes' });
    expect(played.journal.every((g) => g.verb === 'query')).toBe(true);
    expect(told?.nodes?.map((n) => n.name)).toEqual(['pc-10']);
    expect(told?.metrics).toMatchObject({ kind: 'metrics' });
  });

  it('is no failure without a Prometheus, or without a cluster', async () => {
    const silent = await status(...clusterReady, node, asksSilentPrometheus);
    expect(silent.told?.metrics).toMatchObject({ kind: 'silent' });
    const { played, told } = await status(...clusterSilent);
    expect(played).toMatchObject({ outcome: 'unchanged', because: 'the control plane does not answer' });
    expect(told).toEqual({});
  });
});
