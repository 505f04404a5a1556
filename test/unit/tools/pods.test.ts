import { describe, expect, it } from 'vitest';
import { parsePods, podTrouble } from '../../../src/tools/pods.js';
import { result } from './results.js';

interface PodShape {
  readonly ready?: boolean;
  readonly phase?: string;
  readonly statuses?: readonly object[];
  readonly scheduled?: object;
}

function trouble(shape: PodShape): ReturnType<typeof podTrouble> {
  const item = {
    metadata: { name: 'p-1', namespace: 'monitoring', labels: { app: 'x' } },
    spec: { nodeName: 'pc-11' },
    status: {
      phase: shape.phase ?? 'Pending',
      conditions: [
        { type: 'Ready', status: shape.ready === true ? 'True' : 'False' },
        shape.scheduled ?? { type: 'PodScheduled', status: 'True' },
      ],
      containerStatuses: shape.statuses ?? [],
    },
  };
  const [pod] = parsePods(result({ items: [item] }));
  if (pod === undefined) throw new Error('no pod');
  return podTrouble(pod);
}

const where = { pod: 'p-1', node: 'pc-11' };

describe('podTrouble', () => {
  it.each<[string, PodShape]>([
    ['is ready', { ready: true, phase: 'Running' }],
    ['is done', { phase: 'Succeeded' }],
    ['is only starting', { statuses: [{ name: 'c', state: { waiting: { reason: 'ContainerCreating' } } }] }],
    ['runs and is not ready yet', { statuses: [{ name: 'c', ready: false, state: { running: {} } }] }],
  ])('finds none when it %s', (_, shape) => {
    expect(trouble(shape)).toBeUndefined();
  });

  it('repeats the scheduler', () => {
    const scheduled = { type: 'PodScheduled', status: 'False', message: '0/3 nodes are available' };
    expect(trouble({ scheduled })).toEqual({
      ...where,
      reason: 'Unschedulable',
      detail: '0/3 nodes are available',
    });
  });

  it('names an image that cannot be had', () => {
    const waiting = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "x"\nmore' };
    expect(trouble({ statuses: [{ name: 'c', state: { waiting } }] })).toEqual({
      ...where,
      reason: 'ImagePullBackOff',
      detail: 'Back-off pulling image "x"',
    });
  });

  it('points to the log of the life before, in a crash loop', () => {
    const status = {
      name: 'c',
      restartCount: 4,
      state: { waiting: { reason: 'CrashLoopBackOff', message: 'back-off 1m' } },
      lastState: { terminated: { reason: 'Error', exitCode: 1 } },
    };
    expect(trouble({ statuses: [status] })).toEqual({
      ...where,
      reason: 'CrashLoopBackOff',
      detail: 'back-off 1m (exit code 1)',
      log: { container: 'c', previous: true },
    });
  });

  it('sees a container between two lives', () => {
    const status = {
      name: 'c',
      restartCount: 0,
      state: { terminated: { reason: 'OOMKilled', exitCode: 137 } },
    };
    expect(trouble({ statuses: [status] })).toEqual({
      ...where,
      reason: 'OOMKilled',
      detail: 'container c ended with exit code 137, 0 restarts',
      log: { container: 'c', previous: false },
    });
  });
});
