import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { testAppManifest } from '../../../src/apps/test-app/objects.js';
import { supplyFor } from '../../../src/artifacts/supply-for.js';
import { onlineSupply } from '../../../src/artifacts/online-supply.js';
import { SeenByStage } from '../../../src/engine/results.js';
import { testAppAnswers } from '../../../src/stages/cluster/test-app-answers.js';
import { removeTestApp, testApp } from '../../../src/stages/cluster/test-app.js';
import { forTestApp } from '../../../src/stages/machine/for-addons.js';
import { testAppText } from '../../../src/ui/test-app-text.js';
import { PARENT, sampleBundle, sampleConfig } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { asksNodes, asksBackOffs, asksPulls } from './answers.js';
import { namespaceOf, withNginx } from './scenarios-test-app.js';
import { play } from './stage-run.js';

const nodes = asksNodes(
  { name: 'pc-10', address: '192.0.2.10' },
  { name: 'pc-11', address: '192.0.2.11' },
  { name: 'pc-12', address: '192.0.2.12', ready: false },
);

const podOn = (node: string, ready = true): object => ({
  metadata: { name: `web-${node}`, namespace: 'kmon-test-app' },
  spec: { nodeName: node },
  status: {
    phase: 'Running',
    podIP: '10.244.1.7',
    conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }],
  },
});
const pods = (...items: readonly object[]): Step =>
  asks('/namespaces/kmon-test-app/pods?labelSelector', JSON.stringify({ kind: 'PodList', items }));
const service = asks(
  '/namespaces/kmon-test-app/services',
  JSON.stringify({
    items: [{ metadata: { name: 'kmon-test-app' }, spec: { ports: [{ port: 80, nodePort: 31234 }] } }],
  }),
);
const hears = (...lines: readonly string[]): Step => asks('exec perl -', `${lines.join('\n')}\n`);
const allOfIt = hears('pod web-pc-11 1.2 page pc-11 web-pc-11', 'at pc-10 web-pc-11', 'at pc-11 web-pc-11');
const lessOfIt = hears(
  'pod web-pc-11 1.2 page pc-11 web-pc-11',
  'at pc-11 web-pc-11',
  'trouble pc-10 silent',
);

describe('the manifest of the test application', () => {
  it('is in one namespace of its own, all of it known as of kmon, and its pods are on no parent', async () => {
    const manifest = await testAppManifest({ config: sampleConfig(), supply: onlineSupply });
    const objects = parseAllDocuments(manifest ?? '');
    expect(objects.map((o) => o.get('kind'))).toEqual(['Namespace', 'ConfigMap', 'DaemonSet', 'Service']);
    for (const object of objects) {
      expect(object.getIn(['metadata', 'labels', 'app.kubernetes.io/managed-by'])).toBe('kmon');
      const namespace = object.getIn(['metadata', 'namespace']) ?? object.getIn(['metadata', 'name']);
      expect(namespace).toBe('kmon-test-app');
    }
    expect(manifest).toContain('operator: NotIn, values: [ "pc-10" ]');
    expect(manifest).toContain('image: "docker.io/library/nginx:');
  });

  it('names the image that a bundle has', async () => {
    const supply = supplyFor({}, withNginx);
    expect(await testAppManifest({ config: sampleConfig(), supply })).toContain('registry.test/nginx:1.22.1');
  });
});

describe('putting the test application on the cluster', () => {
  it('is refused before anything is changed where the bundle has no image of it', async () => {
    const { error } = await play(testApp, {}, { machine: PARENT, bundle: sampleBundle() });
    expect(error).toMatchObject({
      code: 'precondition',
      message: 'the bundle has no image of nginx, which the test application is',
      hint: 'run `kmon bundle make` again with this kmon.yaml where there is Internet',
    });
  });

  it('touches no namespace of that name that somebody else made, and takes none away', async () => {
    for (const stage of [testApp, removeTestApp]) {
      const { error } = await play(stage, { parent: [namespaceOf()] }, { machine: PARENT });
      expect(error).toMatchObject({ message: "the namespace kmon-test-app is somebody else's" });
    }
  });

  it('says which closed computer holds its namespace, and what to do', async () => {
    const mine = namespaceOf('kmon');
    const three = [mine, mine, mine];
    const held = [
      mine,
      asks(
        '/namespaces/kmon-test-app/pods',
        JSON.stringify({
          items: [
            {
              metadata: { name: 'web-1', namespace: 'kmon-test-app' },
              spec: { nodeName: 'pc-12' },
              status: {},
            },
          ],
        }),
      ),
      asksNodes({ name: 'pc-11' }, { name: 'pc-12', ready: 'unknown' }),
    ];
    const gone = [asks('ledger.jsonl'), does('remove the namespace kmon-test-app with all that is in it')];
    const { error } = await play(
      removeTestApp,
      { parent: [mine, ...gone, ...three, ...held, mine, mine, ...held] },
      { machine: PARENT },
    );
    expect(error?.message).toBe(
      'kmon-test-app cannot go: pc-12 does not answer, and still has kmon-test-app/web-1 on pc-12',
    );
    expect(error?.hint).toContain('(kmon teardown --only pc-12); then run `kmon test-app --remove` again');
  });

  it('sends nothing to a child that is not in the cluster', async () => {
    const played = await play(forTestApp, { parent: [asksNodes({ name: 'pc-10' })] }, { bundle: withNginx });
    expect(played.outcome).toBe('unchanged');
  });
});

describe('the answers of the test application', () => {
  const look = [nodes, pods(podOn('pc-11')), service];

  it('are there when the parent, and the port of every machine, got the page of every child that can have one', async () => {
    const seen = new SeenByStage();
    const played = await play(
      testAppAnswers,
      {
        parent: [nodes, pods(podOn('pc-11', false)), service, ...look, lessOfIt, lessOfIt, allOfIt],
      },
      { machine: PARENT, seen },
    );
    expect(played.error).toBeUndefined();
    expect(played.because).toBe('1 of 2 children answer the parent, and by the port of every machine');
    expect(seen.of(testAppAnswers).get('pc-10')).toMatchObject({
      nodePort: 31234,
      rows: [
        { child: 'pc-11', pod: 'web-pc-11', fromParent: true, milliseconds: 1.2, byPort: ['pc-10', 'pc-11'] },
        { child: 'pc-12', pod: null },
      ],
      lacks: [],
      absent: [{ child: 'pc-12', because: 'its node is not Ready: cni plugin not initialized' }],
    });
  });

  it('by the port of a guest are not asked for, since its laptop does not forward it', async () => {
    const { room } = sampleConfig();
    const children = room.children.map((m) => (m.name === 'pc-11' ? ({ ...m, guest: true } as const) : m));
    const seen = new SeenByStage();
    const played = await play(
      testAppAnswers,
      { parent: [...look, hears('pod web-pc-11 1.2 page pc-11 web-pc-11', 'at pc-10 web-pc-11')] },
      { machine: PARENT, seen, config: { room: { ...room, children } } },
    );
    expect(played.error).toBeUndefined();
    expect(seen.of(testAppAnswers).get('pc-10')).toMatchObject({
      rows: [{ child: 'pc-11', byPort: ['pc-10'], notByPort: [] }, { child: 'pc-12' }],
      lacks: [],
    });
  });

  it('that do not come are named, with which from where, when all pods have run for a while', async () => {
    const seen = new SeenByStage();
    const { error } = await play(
      testAppAnswers,
      { parent: [...look, ...Array.from({ length: 22 }, () => lessOfIt)] },
      { machine: PARENT, seen },
    );
    expect(error).toMatchObject({
      code: 'not-verified',
      message: 'pc-11: no page of it by the port of pc-10 (no answer)',
    });
    // For the table, which shows what did answer.
    expect(seen.of(testAppAnswers).get('pc-10')?.rows[0]).toMatchObject({ byPort: ['pc-11'] });
  });

  it('are not waited for where the image of the pod never comes', async () => {
    const none = [nodes, pods(), service];
    const pull = asksPulls({
      ...{ name: 'web-pc-11', namespace: 'kmon-test-app', node: 'pc-11', madeBy: 'DaemonSet' },
      ...{ image: 'docker.io/library/nginx:1', said: 'manifest unknown' },
    });
    const hindered = [pull, asksBackOffs(), pods()];
    const { error } = await play(
      testAppAnswers,
      { parent: [none, none, none, none, none, hindered, none, none, none, hindered].flat() },
      { machine: PARENT },
    );
    expect(error?.message).toMatch(/^pc-11 gets no image docker\.io\/library\/nginx:1: /);
  });
});

it('shows a table, what is missing with what to do, and where the page is', () => {
  const text = testAppText({
    address: 'http://192.0.2.10:31234/',
    rows: [
      {
        ...{ child: 'pc-11', pod: 'kmon-test-app-x7', fromParent: true, milliseconds: 1.24 },
        ...{ byPort: ['pc-10', 'pc-11'], notByPort: [] },
      },
      {
        ...{ child: 'pc-12', pod: null, fromParent: false, milliseconds: null },
        ...{ byPort: [], notByPort: [{ machine: 'pc-10' }, { machine: 'pc-11' }] },
      },
    ],
    missing: [{ child: 'pc-12', because: 'it is not in the cluster', fix: 'run `kmon join-child`' }],
  });
  expect(text.split('\n')).toEqual([
    'child  pod               from the parent   ms  by the port of',
    'pc-11  kmon-test-app-x7  answers          1.2  all 2 machines',
    'pc-12  -                 no answer          -  0 of 2, not pc-10, pc-11',
    '✖ pc-12: it is not in the cluster',
    '  fix: run `kmon join-child`',
    'open http://192.0.2.10:31234/ in a browser of the room, and reload it: the page says which child serves it',
  ]);
});
