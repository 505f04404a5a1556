import { expect, it } from 'vitest';
import { pullAgain } from '../../../src/stages/cluster/pull-again.js';
import { PARENT } from '../../support/sample-room.js';
import { does } from '../../support/scripted-runner.js';
import { assertShellSyntax } from '../tools/shell-syntax.js';
import { asksPulls } from './answers.js';
import { noting, plannedIn, play } from './stage-run.js';

const refused = { image: 'quay.io/x:v1', said: 'not found' };
const look = asksPulls(
  { name: 'coredns-1', ...refused },
  { name: 'etcd-pc-10', madeBy: 'Node', ...refused },
  { name: 'kmon-prometheus-1', namespace: 'monitoring', ...refused },
  { name: 'of-a-team', namespace: 'default', ...refused },
);
const anew = (pod: string): string => `make ${pod} anew, so that quay.io/x:v1 is pulled at once`;
const both = [anew('coredns-1'), anew('kmon-prometheus-1')];

it("makes pods anew that wait for an image, but no machine's own and no team's", async () => {
  const played = await play(
    pullAgain,
    { parent: [look, ...noting.slice(0, 1), ...both.map((intent) => does(intent))] },
    { machine: PARENT },
  );
  expect(played.error).toBeUndefined();
  expect(played.outcome).toBe('changed');
  for (const { command } of played.journal) assertShellSyntax(command);
});

it('shows them in a dry run', async () => {
  const played = await play(pullAgain, { parent: [look] }, { machine: PARENT, dryRun: true });
  expect(plannedIn(played)).toEqual(both);
});

it("makes anew on a cluster that is no room's only what carries kmon's labels, and nothing of kube-system", async () => {
  const of = (name: string, labels: Readonly<Record<string, string>>, namespace = 'monitoring') =>
    ({ name, namespace, labels, ...refused }) as const;
  const own = [
    of('of-lite', { 'app.kubernetes.io/part-of': 'kmon', 'app.kubernetes.io/managed-by': 'Helm' }),
    of('of-stack', { 'app.kubernetes.io/instance': 'kmon-stack', 'app.kubernetes.io/managed-by': 'Helm' }),
    of('of-operator', {
      'app.kubernetes.io/instance': 'kmon-prometheus',
      'app.kubernetes.io/managed-by': 'prometheus-operator',
    }),
    of('of-addon', { 'kmon/addon': 'blackbox' }),
    of('of-kmon', { 'app.kubernetes.io/managed-by': 'kmon' }, 'kmon-test-app'),
  ];
  const theirs = [
    of('bare', {}),
    of('of-helm', { 'app.kubernetes.io/instance': 'loki', 'app.kubernetes.io/managed-by': 'Helm' }),
    of('of-part', { 'app.kubernetes.io/part-of': 'loki' }),
    of('of-their-operator', {
      'app.kubernetes.io/instance': 'k8s',
      'app.kubernetes.io/managed-by': 'prometheus-operator',
    }),
    of('coredns-1', { 'k8s-app': 'kube-dns' }, 'kube-system'),
    of('metrics-server', { 'kmon/addon': 'metrics-server' }, 'kube-system'),
    of('elsewhere', { 'app.kubernetes.io/managed-by': 'kmon' }, 'default'),
  ];
  const setting = { machine: PARENT, dryRun: true, context: 'lent' };
  const played = await play(pullAgain, { parent: [asksPulls(...own, ...theirs)] }, setting);
  expect(plannedIn(played)).toEqual(own.map(({ name }) => anew(name)));
});

it('has nothing to do where no pod waits, nor where there is no cluster yet', async () => {
  const idle = await play(pullAgain, { parent: [asksPulls()] }, { machine: PARENT });
  expect(idle).toMatchObject({ outcome: 'unchanged', because: 'nothing waits for an image' });
  const dry = await play(pullAgain, {}, { machine: PARENT, dryRun: true, byInference: true });
  expect(dry.outcome).toBe('unchanged');
});
