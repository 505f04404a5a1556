import { describe, expect, it } from 'vitest';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { leaveCluster } from '../../../src/stages/cluster/leave-cluster.js';
import { asks, does } from '../../support/scripted-runner.js';
import { asksNodes, clusterAbsent, clusterReady, clusterSilent } from './answers.js';
import { play } from './stage-run.js';

describe('leaving the cluster', () => {
  it.each([
    ['it is gone', clusterAbsent],
    ['it does not answer', clusterSilent],
    ['its machine is lost', [asks('admin.conf', new KmonError('connection-lost', 'gone'))]],
  ])('is nothing to do when %s', async (_, parent) => {
    expect(await play(leaveCluster, { parent })).toMatchObject({
      outcome: 'unchanged',
      because: 'there is no cluster that answers',
    });
  });

  it('takes Ctrl-C for no answer of the cluster', async () => {
    const parent = [asks('admin.conf', new KmonError('interrupted', 'stopped by Ctrl-C'))];
    const { error } = await play(leaveCluster, { parent });
    expect(error).toMatchObject({ code: 'interrupted' });
  });

  it('deletes a node that cannot be drained, and says so', async () => {
    const played = await play(leaveCluster, {
      parent: [
        ...clusterReady,
        asksNodes({ name: 'pc-11', ready: 'unknown' }),
        does('drain pc-11', { exitCode: 1, stderr: 'error: unable to drain node' }),
        does('delete the node pc-11'),
        ...clusterReady,
        asksNodes(),
      ],
      child: [asks('ledger.jsonl')],
    });
    expect(played.outcome).toBe('changed');
    expect(played.events).toContainEqual(
      expect.objectContaining({ type: 'note', text: expect.stringContaining('not drained: ') as string }),
    );
  });
});
