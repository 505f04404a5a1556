import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Addon } from '../../../src/addons/addon.js';
import { ADDONS, CATALOGUE } from '../../../src/addons/index.js';
import { existing } from '../../../src/addons/existing/existing.js';
import { lite } from '../../../src/addons/lite/lite.js';
import { monitoringThere } from '../../../src/addons/monitoring-there.js';
import { stack } from '../../../src/addons/stack/stack.js';
import type { MonitoringThere } from '../../../src/artifacts/profile.js';
import { throughParent } from '../../../src/cluster/through-parent.js';
import type { MonitoringConfig, MonitoringProfile } from '../../../src/config/config.js';
import { ADDON_NAMES } from '../../../src/config/sections/addons.js';
import { POD_NETWORKS } from '../../../src/config/sections/kubernetes.js';
import type { Stage } from '../../../src/engine/stage.js';
import { onParent } from '../../../src/engine/stage.js';
import { addonStage } from '../../../src/stages/cluster/addon-stage.js';
import { initParent } from '../../../src/stages/cluster/init-parent.js';
import { nodeRoute, peerRoutes, podNetwork } from '../../../src/stages/cluster/pod-network.js';
import { Secret } from '../../../src/shell/secret.js';
import { TAKES_ALL } from '../../support/others-cluster.js';
import { CHILD, PARENT } from '../../support/sample-room.js';
import { assertShellSyntax } from '../tools/shell-syntax.js';
import { AddonRoom } from './addon-run.js';
import type { RunHow, Way } from './addon-run.js';
import { ModelCluster } from './model-cluster.js';

/** A cluster that somebody has a monitoring in. */
const OTHERS = { operated: [TAKES_ALL] };

const WAYS: readonly Way[] = ['online', 'bundle', 'context'];

/** A room that wants this add-on. */
function roomWith(addon: Addon, way: Way): AddonRoom {
  const network = POD_NETWORKS.find((id) => id === addon.id) ?? 'flannel';
  const listed = CATALOGUE.filter(({ id }) => id === addon.id).map(({ id }) => id);
  const model = new ModelCluster(addon.id === 'existing' ? OTHERS : {});
  return new AddonRoom(way, network, { profile: profileOf(addon) }, model, listed);
}

function profileOf({ id }: Addon): MonitoringProfile {
  return id === 'stack' || id === 'existing' ? id : 'lite';
}

const tellsMachines = (addon: Addon): boolean => 'onEachMachine' in addon;

const stageFor = (addon: Addon): Stage => addonStage(addon, onParent(initParent));

const INSTALLED = ADDONS.filter((addon) => addon.install !== undefined).flatMap((addon) =>
  // A pod network is no matter of a cluster that is there already, nor is what machines have to be told.
  WAYS.filter((way) => way !== 'context' || (addon.group !== 'network' && !tellsMachines(addon))).map(
    (way) => [addon.id, way, addon] as const,
  ),
);

/** A dry run, and a plan that asks nobody, say what a run then does; a second run does nothing. */
async function plansWhatItDoes(
  room: AddonRoom,
  stage: Stage,
  how: RunHow,
  before?: () => void,
): Promise<void> {
  const { model } = room;
  const inferred = await room.run(stage, { ...how, dryRun: true, byInference: true });
  before?.();
  const from = model.changes.length;
  const dry = await room.run(stage, { ...how, dryRun: true });
  expect(model.changes).toHaveLength(from);
  expect(dry.outcome).toBe('planned');
  const done = await room.run(stage, how);
  expect(done.outcome).toBe('changed');
  expect(done.planned).toEqual(dry.planned);
  if (before === undefined) expect(inferred.planned).toEqual(done.planned);
  // Written here, or asked for: the cluster is as it was.
  const here = / on this computer$|^ask for /;
  expect(model.changes.slice(from).map((c) => c.intent)).toEqual(dry.planned.filter((l) => !here.test(l)));

  const again = await room.run(stage, how);
  expect(again).toMatchObject({ outcome: 'unchanged', planned: [] });
  expect(model.changes.slice(from)).toHaveLength(dry.planned.filter((l) => !here.test(l)).length);
  for (const { command } of model.changes) assertShellSyntax(command);
}

describe.each(INSTALLED)('%s, %s', (_, way, addon) => {
  it('plans what it does, and does nothing a second time', async () => {
    await plansWhatItDoes(roomWith(addon, way), stageFor(addon), {});
  });

  it('plans what it does where an earlier run was killed', async () => {
    const room = roomWith(addon, way);
    await room.run(stageFor(addon));
    if (room.model.changes.some((c) => c.command.script.includes(' upgrade --install ')))
      await plansWhatItDoes(room, stageFor(addon), {}, () => {
        room.model.interrupt();
      });
  });

  it('tells no secret', async () => {
    const room = roomWith(addon, way);
    const { events } = await room.run(stageFor(addon));
    const { changes, asked } = room.model;
    const told = JSON.stringify([events, [...changes.map((c) => c.command), ...asked].map((c) => c.script)]);
    const secrets = changes.flatMap(({ command: { stdin } }) => (stdin instanceof Secret ? [stdin] : []));
    for (const secret of secrets) expect(secret.maskIn(told)).toBe(told);
  });

  it('marks what it applies as kmon’s, but for a namespace, which may be somebody’s', async () => {
    const room = roomWith(addon, way);
    await room.run(stageFor(addon));
    for (const object of [...room.model.applied].flatMap(objectsIn))
      if (object.kind !== 'Namespace')
        expect(object.metadata.labels).toMatchObject({ 'app.kubernetes.io/managed-by': 'kmon' });
    // What of the catalogue is on a cluster says whose it is, a namespace too: several may have something there.
    if (addon.group === 'catalogue')
      for (const object of [...room.model.applied].flatMap(objectsIn))
        expect(object.metadata.labels).toMatchObject({ 'kmon/addon': addon.id, 'kmon/owner': 'the-room' });
  });

  it('needs every image of what it applies, and says so', async () => {
    const room = roomWith(addon, way);
    await room.run(stageFor(addon));
    const needed = addon.needs.flatMap((need) => (need.kind === 'image' ? [need.repository] : []));
    for (const [, image = ''] of [...room.model.applied].flatMap((text) => [...text.matchAll(IMAGE)]))
      expect(needed).toContain(image.replace(/:[^:/]*$/, ''));
  });

  it('asks no machine through a context, and nothing by a path of the room', async () => {
    const room = roomWith(addon, way);
    await room.run(stageFor(addon));
    const scripts = [...room.model.asked, ...room.model.changes.map((c) => c.command)].map((c) => c.script);
    if (way === 'context')
      for (const script of scripts)
        // With a key of somebody's, whose file says which cluster it is.
        expect(script).toMatch(/^(?:(?:rc=0; )?(kubectl|helm) --(kube-)?context class |umask 077\n)/);
    else expect(scripts.filter((s) => / --(kube-)?context /.test(s))).toEqual([]);
  });
});

const IMAGE = /^\s*(?:- )?"?image"?: "?([^\s"#]+)/gm;

interface KubernetesObject {
  readonly kind: string;
  readonly metadata: { readonly labels?: Readonly<Record<string, string>> };
  readonly items?: readonly KubernetesObject[];
}

function objectsIn(manifest: string): readonly KubernetesObject[] {
  const objects = parseAllDocuments(manifest).map((d) => d.toJS() as KubernetesObject);
  return objects.flatMap((o) => o.items ?? [o]);
}

const ON_MACHINES = ADDONS.filter((addon) => addon.onMachines !== undefined).map((a) => [a.id, a] as const);

describe.each(ON_MACHINES)('%s, on the machines', (_, addon) => {
  it.each([
    ['the parent', podNetwork, PARENT],
    ['a child', podNetwork, CHILD],
    ['the parent for a child', nodeRoute, CHILD],
    ['a child for its peers', peerRoutes, CHILD],
  ])('plans what it does, and does nothing a second time: %s', async (_where, stage, machine) => {
    const room = roomWith(addon, 'online');
    const dry = await room.run(stage, { machine, dryRun: true });
    expect(room.model.changes).toEqual([]);
    const done = await room.run(stage, { machine });
    expect(done.planned).toEqual(dry.planned);
    expect(room.model.changes.map((c) => c.intent)).toEqual(dry.planned);
    expect(await room.run(stage, { machine })).toMatchObject({ outcome: 'unchanged', planned: [] });
  });
});

describe.each<Way>(['online', 'bundle', 'context'])(
  'of the monitorings, on a cluster by way of %s,',
  (way) => {
    const room = (monitoring: Partial<MonitoringConfig>, model?: ModelCluster): AddonRoom =>
      new AddonRoom(way, 'flannel', monitoring, model);
    const there = ({ model, config }: AddonRoom): Promise<MonitoringThere> =>
      monitoringThere(
        way === 'context'
          ? model.throughContext('class', false)
          : throughParent(model.runner(PARENT.name), { programFolder: '/usr/bin' }),
        config,
      );

    it.each([
      ['lite', lite, stack],
      ['stack', stack, lite],
      ['lite', lite, existing],
      ['stack', stack, existing],
      ['existing', existing, lite],
      ['existing', existing, stack],
    ] as const)('%s stays where it is, until kmon.yaml names the other', async (_, first, second) => {
      const hasOthers = [first, second].includes(existing);
      // Beside somebody's operator there is no second one, where the cluster is no room of kmon's.
      if (hasOthers && way === 'context' && [first, second].includes(stack)) return;
      const before = room({ profile: profileOf(first) }, new ModelCluster(hasOthers ? OTHERS : {}));
      expect(await there(before)).toEqual(hasOthers ? { others: 'obs/k8s' } : {});
      await before.run(stageFor(first));
      expect(await there(before)).toEqual({ profile: profileOf(first) });

      const open = room({ profile: profileOf(second), profileIsOpen: true }, before.model);
      const changes = before.model.changes.length;
      await expect(open.run(stageFor(second))).rejects.toThrow('it is not replaced unasked');
      expect(before.model.changes).toHaveLength(changes);

      const named = await room({ profile: profileOf(second) }, before.model).run(stageFor(second));
      expect(named.planned.some((intent) => intent.endsWith('whose place it takes'))).toBe(true);
    });
  },
);

it("brings no stack beside kmon's own in another namespace, and takes somebody's of that name for theirs", async () => {
  const run = async (release: string): Promise<unknown> => {
    const operated = [{ ...TAKES_ALL, namespace: 'monitoring', name: 'kmon-prometheus', release }];
    const model = new ModelCluster({ operated });
    const room = new AddonRoom('context', 'flannel', { profile: 'stack', namespace: 'obs' }, model);
    const error: unknown = await room.run(stageFor(stack)).catch((thrown: unknown) => thrown);
    expect(model.changes).toEqual([]);
    return error;
  };
  expect(await run('kmon-stack')).toMatchObject({
    message:
      "kmon's own monitoring is in the namespace monitoring of this cluster, and kmon.yaml wants it in obs",
  });
  expect(await run('kps')).toMatchObject({
    message: expect.stringContaining(
      "of somebody else's, by an operator: monitoring/kmon-prometheus",
    ) as string,
  });
});

describe('the list', () => {
  const folders = readdirSync(new URL('../../../src/addons/', import.meta.url), { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name);

  it('has every folder once', () => {
    expect(ADDONS.map((addon) => addon.id).toSorted()).toEqual(folders.toSorted());
  });

  it('has of the catalogue one for every name of kmon.yaml, in that order', () => {
    expect(CATALOGUE.map(({ id }) => id)).toEqual(ADDON_NAMES);
    for (const addon of CATALOGUE) {
      const { config } = new AddonRoom('online', 'flannel', {}, new ModelCluster(), [addon.id]);
      expect(addon.notWanted(config)).toBeUndefined();
      expect(addon.notWanted({ ...config, addons: [] })).toBe('kmon.yaml does not list it');
      expect(addon.title).toMatch(/^[A-Z]/);
      expect(addon.what).toMatch(/^[a-z][^\n]{10,60}[^.]$/);
    }
  });

  it('has a pod network for every word of kmon.yaml, and only one is wanted', () => {
    for (const network of POD_NETWORKS) {
      const { config } = new AddonRoom('online', network);
      const wanted = ADDONS.filter((a) => a.group === 'network' && a.notWanted(config) === undefined);
      expect(wanted.map((a) => a.id)).toEqual([network]);
    }
  });

  it.each(ADDONS.map((a) => [a.id, a] as const))('explains %s to a student in both languages', (_, addon) => {
    for (const text of [addon.explain.en, addon.explain.fr]) expect(text).toMatch(/^[^\n]{60,400}[.]$/);
    expect(addon.explain.en).not.toBe(addon.explain.fr);
  });
});
