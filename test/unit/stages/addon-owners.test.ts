import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { metricsServer } from '../../../src/addons/metrics-server/metrics-server.js';
import { pushgateway } from '../../../src/addons/pushgateway/pushgateway.js';
import type { Config } from '../../../src/config/config.js';
import { SeenByStage } from '../../../src/engine/results.js';
import { lookingStage, satisfied } from '../../../src/engine/stage.js';
import { catalogueStages } from '../../../src/stages/cluster/catalogue-stages.js';
import { lookAtAddons } from '../../../src/stages/cluster/catalogue-state.js';
import { removeAddons } from '../../../src/stages/cluster/remove-addons.js';
import { PARENT } from '../../support/sample-room.js';
import { asks, does } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { asksNodes, clusterReady } from './answers.js';
import { asksLeft } from './scenarios-addons.js';
import { answers } from './scenarios-more-addons.js';
import { carriedOutIn, play } from './stage-run.js';
import type { Played, Setting } from './stage-run.js';

const WIDE = 'apiservice.apiregistration.k8s.io/v1beta1.metrics.k8s.io\n';
const NAMESPACED = 'deployment.apps/metrics-server\npod/metrics-server-1\n';

/** A room with an id, the folder of a context with one, and one without. */
const ROOM: Setting = { machine: PARENT, config: { roomId: 'the-room' } };
const CONTEXT: Setting = { ...ROOM, context: 'kind-lab' };
const NEW: Setting = { machine: PARENT, config: {}, context: 'kind-lab' };

const removed = (setting: Setting, parent: readonly Step[]): Promise<Played> =>
  play(removeAddons([metricsServer], 'kmon addon remove metrics-server'), { parent }, setting);

describe('an add-on that was made from elsewhere', () => {
  it.each([
    ['of another room', ROOM, 'ada-s', 'kmon/owner: ada-s'],
    ['of another context', CONTEXT, 'ada-s', 'kmon/owner: ada-s'],
    ['of another folder, for one that has made nothing yet', NEW, 'ada-s', 'kmon/owner: ada-s'],
    ['of which one object is somebody else’s', CONTEXT, 'the-room\nada-s', 'kmon/owner: ada-s'],
    ['that does not say whose it is, on a cluster of several', CONTEXT, '<none>', 'kmon/owner: not said'],
    ['with the beginning of an id', ROOM, 'the-roo', 'kmon/owner: the-roo'],
  ])('is named, and stays: %s', async (_, setting, owner, whose) => {
    const played = await removed(setting, asksLeft(WIDE, NAMESPACED, undefined, owner));
    expect(played.error).toMatchObject({
      code: 'precondition',
      message: `metrics-server (${whose}) on this cluster is somebody else's, and stays`,
    });
    const id = /: (\S+)$/.exec(whose)?.[1] ?? 'none';
    expect(played.error?.hint).toContain(
      `kmon addon remove metrics-server --adopt ${id === 'said' ? 'none' : id}`,
    );
    expect(played.error?.hint).not.toContain('room-id');
    expect(carriedOutIn(played)).toEqual([]);
  });

  it('is named where all were to go, and keeps nobody from taking away the others', async () => {
    const [wide, namespaced, whose] = asksLeft(WIDE, NAMESPACED, undefined, 'ada-s');
    // The two are looked at side by side.
    const parent = [
      wide,
      asks('--namespace kmon-pushgateway --selector', ''),
      namespaced,
      asks('get namespaces ', ''),
      whose,
    ].filter((step) => step !== undefined);
    const all = removeAddons([metricsServer, pushgateway], 'kmon teardown');
    const played = await play(all, { parent }, CONTEXT);
    expect(played).toMatchObject({
      outcome: 'unchanged',
      because: "there is none from here; somebody else's stays: metrics-server (kmon/owner: ada-s)",
    });
  });

  it.each([
    ['with the id that is adopted', { owner: 'ada-s' }, 'ada-s'],
    ['some of which has the own id', { owner: 'ada-s' }, 'the-room\nada-s'],
    ['some of which says none', { owner: 'ada-s' }, '<none>\nada-s'],
    ['that says none', {}, '<none>'],
  ])('goes where it is adopted: one %s', async (_, adopts, owner) => {
    const setting = { ...CONTEXT, config: { ...CONTEXT.config, adopts } };
    const played = await removed(setting, [
      ...asksLeft(WIDE, NAMESPACED, undefined, owner),
      asks('ledger.jsonl'),
      does('remove apiservice.apiregistration.k8s.io v1beta1.metrics.k8s.io'),
      does('remove deployment.apps metrics-server in kube-system'),
      ...asksLeft('', ''),
    ]);
    expect(played).toMatchObject({ outcome: 'changed' });
  });

  it.each([
    ['another id', { owner: 'ben-s' }, 'ada-s'],
    ['none', {}, 'ada-s'],
    ['one of two', { owner: 'ada-s' }, 'ada-s\nben-s'],
  ])('stays where what is adopted is %s', async (_, adopts, owner) => {
    const setting = { ...CONTEXT, config: { ...CONTEXT.config, adopts } };
    const played = await removed(setting, asksLeft(WIDE, NAMESPACED, undefined, owner));
    expect(played.error?.code).toBe('precondition');
    expect(carriedOutIn(played)).toEqual([]);
  });

  it.each([
    ['made from here', CONTEXT, 'the-room'],
    ['made before add-ons had owners, in a room', ROOM, '<none>'],
  ])('goes where it was %s', async (_, setting, owner) => {
    const played = await removed(setting, [
      ...asksLeft(WIDE, NAMESPACED, undefined, owner),
      asks('ledger.jsonl'),
      does('remove apiservice.apiregistration.k8s.io v1beta1.metrics.k8s.io'),
      does('remove deployment.apps metrics-server in kube-system'),
      // Its last pod bears no owner.
      ...asksLeft('', 'pod/metrics-server-1\n', undefined, ''),
      ...asksLeft('', ''),
    ]);
    expect(played).toMatchObject({ outcome: 'changed' });
  });

  it.each([
    ['ada-s', { state: 'others', elsewhere: 'kmon/owner: ada-s' }],
    ['the-room', { state: 'there' }],
  ])('is somebody else’s for a list, with the id of whoever has it: %s', async (owner, standing) => {
    const seen = new SeenByStage();
    const looking = lookingStage({
      id: 'looking',
      title: 'Look',
      after: [],
      on: 'cluster',
      look: (c) => lookAtAddons([pushgateway], c),
      judge: () => satisfied('seen'),
    });
    const parent = [
      asks('--namespace kmon-pushgateway --selector', 'deployment.apps/kmon-pushgateway\n'),
      asks('get namespaces ', 'namespace/kmon-pushgateway\n'),
      asks(
        'get deployments,services,namespaces --all-namespaces --selector kmon/addon=pushgateway ',
        `${owner}\n`,
      ),
    ];
    await play(looking, { parent }, { ...CONTEXT, seen });
    expect(seen.of(looking).get(PARENT.name)).toMatchObject([standing]);
  });
});

describe('an add-on that is added', () => {
  const nodes = asksNodes({ name: 'pc-10', address: '192.0.2.10' });
  const differs = asks('diff --server-side', { exitCode: 1, stdout: '+' });
  const isMonitored = asks('/services/kmon-prometheus', '{}');
  const [adding] = catalogueStages(pushgateway, 'context');
  const added = (
    parent: readonly Step[],
    setting: Setting,
    config: Partial<Config> = {},
  ): Promise<Played> => {
    if (adding === undefined || adding.on === 'observed') throw new TypeError('pushgateway has no stage');
    const wanted = { addons: ['pushgateway'] as const, ...setting.config, ...config };
    return play(adding, { parent }, { ...setting, config: wanted });
  };
  const claimed = (owner: string): Step =>
    asks('get -f - --ignore-not-found', `Namespace <none> kmon-pushgateway pushgateway ${owner}\n`);
  /** Of a context the parent is asked in the place of the cluster: these plays have no other machine. */
  const before = (setting: Setting): readonly Step[] =>
    setting.context === undefined
      ? [...clusterReady, differs, isMonitored]
      : [asks('/readyz', 'readyz check passed'), nodes, differs, isMonitored];

  it.each([
    ['in a room', ROOM, 'ada-s', 'kmon/owner: ada-s'],
    ['on a context', CONTEXT, 'ada-s', 'kmon/owner: ada-s'],
    ['of nobody who says so, on a context', CONTEXT, '<none>', 'kmon/owner: not said'],
  ])('takes over nothing of another keyboard’s: %s', async (_, setting, owner, whose) => {
    const played = await added([...before(setting), claimed(owner)], setting);
    expect(played.error).toMatchObject({
      code: 'precondition',
      message: `the cluster has pushgateway already, made from another computer or folder (${whose})`,
    });
    const id = /: (\S+)$/.exec(whose)?.[1] ?? 'none';
    expect(played.error?.hint).toContain(`kmon addon add pushgateway --adopt ${id === 'said' ? 'none' : id}`);
    // That would make all that is there from here somebody else's.
    expect(played.error?.hint).not.toContain('write that id');
    expect(carriedOutIn(played)).toEqual([]);
  });

  it('keeps the id of its folder, on a cluster that is no room’s, and bears it', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'kmon-test-'));
    onTestFinished(() => {
      rmSync(folder, { recursive: true });
    });
    const stateDir = join(folder, '.kmon');
    const rollout = asks(
      'deployments/kmon-pushgateway',
      JSON.stringify({ spec: { replicas: 1 }, status: { readyReplicas: 1, updatedReplicas: 1 } }),
    );
    const played = await added(
      [
        ...before(NEW),
        asks('get -f - --ignore-not-found'),
        asks('ledger.jsonl'),
        does('apply pushgateway'),
        rollout,
        answers('up{job="pushgateway"}', [{ job: 'pushgateway' }, '1']),
      ],
      NEW,
      { stateDir, roomIdToBe: 'id-to-be' },
    );
    expect(played).toMatchObject({ outcome: 'changed' });
    expect(existsSync(join(stateDir, 'room-id'))).toBe(true);
    expect(readFileSync(join(stateDir, 'room-id'), 'utf8')).toBe('id-to-be');
    const applied = played.journal.find(({ verb }) => verb === 'mutate')?.command.stdin;
    const objects = parseAllDocuments(typeof applied === 'string' ? applied : '').map(
      (d) => d.toJS() as { readonly metadata: { readonly labels: object } },
    );
    expect(objects.length).toBeGreaterThan(2);
    for (const { metadata } of objects) expect(metadata.labels).toMatchObject({ 'kmon/owner': 'id-to-be' });
  });
});
