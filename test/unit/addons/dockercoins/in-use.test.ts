import { describe, expect, it } from 'vitest';
import { dockercoins } from '../../../../src/addons/dockercoins/dockercoins.js';
import { removeAddons } from '../../../../src/stages/cluster/remove-addons.js';
import { PARENT } from '../../../support/sample-room.js';
import { asks, does } from '../../../support/scripted-runner.js';
import type { Step } from '../../../support/scripted-runner.js';
import { carriedOutIn, play } from '../../stages/stage-run.js';
import type { Played, Setting } from '../../stages/stage-run.js';

const ROOM: Setting = { machine: PARENT, config: { roomId: 'the-room' } };
const CONTEXT: Setting = { ...ROOM, context: 'kind-lab' };

const seen = (namespaced: string, namespace: string): readonly Step[] => [
  asks('--namespace dockercoins --selector kmon/addon=dockercoins -o name', namespaced),
  asks('get namespaces ', namespace),
  ...(namespaced + namespace === ''
    ? []
    : [asks('--all-namespaces --selector kmon/addon=dockercoins ', 'the-room\n')]),
];

/** As kubectl prints it: kind, name, what has made it, and since when it is on its way out. */
const beside = (...lines: readonly string[]): Step =>
  asks(
    "--namespace dockercoins --selector 'kmon/addon!=dockercoins,app.kubernetes.io/managed-by!=kmon'",
    lines.join('\n'),
  );

const removed = (setting: Setting, parent: readonly Step[]): Promise<Played> =>
  play(removeAddons([dockercoins], 'kmon addon remove dockercoins'), { parent }, setting);

const THERE = seen('deployment.apps/worker\n', 'namespace/dockercoins\n');

const GOES = [
  asks('ledger.jsonl'),
  does('remove deployment.apps worker in dockercoins'),
  does('remove namespace dockercoins with all that is in it'),
  ...seen('', ''),
];

describe('DockerCoins, when it is taken away', () => {
  it.each([
    'HorizontalPodAutoscaler rng',
    'Ingress webui',
    'PersistentVolumeClaim notes',
    'Deployment worker-2',
    'StatefulSet db',
    'DaemonSet agent',
    'ReplicaSet by-hand',
    'Job bench',
    'CronJob nightly',
    'Service front',
    'Pod shell',
  ])('stays while the class has something of its own beside it: %s', async (line) => {
    const [kind = '', name = ''] = line.split(' ');
    const played = await removed(ROOM, [...THERE, beside(`${line}   <none>   <none>`)]);
    expect(played.error).toMatchObject({
      code: 'precondition',
      message: `dockercoins is in use: in its namespace is something that it has not brought, and that would go with it: ${kind.toLowerCase()}/${name}`,
    });
    expect(played.error?.hint).toContain('kubectl -n dockercoins delete KIND/NAME');
    expect(carriedOutIn(played)).toEqual([]);
  });

  it('names several in one order, and no more than a person reads', async () => {
    const lines = ['g', 'b', 'a', 'f', 'c', 'e', 'd'].map((name) => `Service ${name} <none> <none>`);
    const played = await removed(CONTEXT, [...THERE, beside(...lines)]);
    expect(played.error?.message).toContain(
      'are 7 things that it has not brought, and that would go with it: service/a, service/b, service/c, service/d, service/e, and 2 more',
    );
    expect(played.error?.hint).toContain('kubectl --context kind-lab -n dockercoins delete KIND/NAME');
    expect(played.error?.hint).toContain('kmon addon remove dockercoins --context kind-lab');
    expect(played.error?.hint).not.toContain('teardown');
  });

  it.each([
    ['nothing is beside it', []],
    [
      'what is there another object has made',
      ['Job nightly-1 CronJob <none>', 'Pod a ReplicaSet,Node <none>'],
    ],
    ['what is there is on its way out', ['PersistentVolumeClaim notes <none> 2026-01-01T00:00:00Z']],
  ])('goes where %s', async (_, lines) => {
    const played = await removed(ROOM, [...THERE, beside(...lines), ...GOES]);
    expect(played).toMatchObject({ outcome: 'changed' });
  });
});
