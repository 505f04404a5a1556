import { describe, expect, it } from 'vitest';
import { metricsServer } from '../../../src/addons/metrics-server/metrics-server.js';
import { bundleSupply } from '../../../src/artifacts/bundle-supply.js';
import type { Bundle } from '../../../src/bundle/bundle.js';
import { SeenByStage } from '../../../src/engine/results.js';
import { proveAddon } from '../../../src/stages/cluster/prove-addon.js';
import { removeAddons } from '../../../src/stages/cluster/remove-addons.js';
import { forAddons, forCatalogue } from '../../../src/stages/machine/for-addons.js';
import { KUBELET_CERTIFICATES } from '../../support/kubelet-certificates.js';
import { CHILD, PARENT, sampleBundle } from '../../support/sample-room.js';
import { asks } from '../../support/scripted-runner.js';
import { allThere, asksNodes, clusterReady, settling } from './answers.js';
import {
  asksLeft,
  asksValues,
  catalogueStage,
  certificatesRead,
  nodes,
  rollout,
} from './scenarios-addons.js';
import { carriedOutIn, plannedIn, play } from './stage-run.js';

const listed = { config: { addons: ['metrics-server'] as const } };
const onParent = { machine: PARENT, ...listed };
const differs = asks('diff --server-side', { exitCode: 1, stdout: '+' });

describe('an add-on of the catalogue', () => {
  it('is not asked about where kmon.yaml does not list it', async () => {
    const played = await play(catalogueStage('metrics-server'), {}, { machine: PARENT });
    expect(played).toMatchObject({ outcome: 'unchanged', because: 'kmon.yaml does not list it' });
  });

  it.each([
    ['APIService <none> v1beta1.metrics.k8s.io <none>', 'apiservice v1beta1.metrics.k8s.io'],
    [
      'Deployment kube-system metrics-server <none>\nService kube-system metrics-server <none>',
      'deployment metrics-server in kube-system, and 1 more',
    ],
    // One of kmon's, of another add-on.
    [
      'ConfigMap kube-system metrics-server-kubelets other',
      'configmap metrics-server-kubelets in kube-system',
    ],
  ])('is not installed over what somebody else has made: %s', async (there, told) => {
    const part = { parent: [...clusterReady, nodes, differs, asks('get -f -', there)] };
    const played = await play(catalogueStage('metrics-server'), part, {
      ...onParent,
      seen: certificatesRead('pc-10', 'pc-11'),
    });
    expect(played.error?.message).toBe(
      `the cluster has what metrics-server brings already, and not of kmon: ${told}`,
    );
    expect(carriedOutIn(played)).toEqual([]);
  });

  it('takes what an earlier run has left half done for its own', async () => {
    const there = asks('get -f -', 'ServiceAccount kube-system metrics-server metrics-server\n');
    const part = { parent: [...clusterReady, nodes, differs, there] };
    const seen = certificatesRead('pc-10', 'pc-11');
    const played = await play(catalogueStage('metrics-server'), part, { ...onParent, seen, dryRun: true });
    expect(plannedIn(played)).toEqual(['apply metrics-server']);
  });

  it('asks the cluster for the certificates of machines that were not asked', async () => {
    const kept = asks(
      '/configmaps/metrics-server-kubelets',
      JSON.stringify({ data: { 'kubelets.crt': KUBELET_CERTIFICATES['pc-11'] } }),
    );
    const part = {
      parent: [
        ...clusterReady,
        nodes,
        kept,
        asks('diff --server-side'),
        rollout(1),
        asksValues('pc-10', 'pc-11'),
      ],
    };
    const seen = certificatesRead('pc-10');
    const played = await play(catalogueStage('metrics-server'), part, { ...onParent, seen });
    expect(played.outcome).toBe('unchanged');
    const { stdin } = played.journal.find(({ command }) => command.script.includes(' diff '))?.command ?? {};
    const count = typeof stdin === 'string' ? stdin.match(/BEGIN CERTIFICATE/g)?.length : 0;
    expect(count).toBe(2);
  });
});

describe('what an add-on has to know of machines', () => {
  it.each([[PARENT], [CHILD]])('is read where it is wanted: $name', async (machine) => {
    const reading = catalogueStage('read-for-metrics-server');
    const seen = new SeenByStage();
    const where = machine === PARENT ? 'parent' : 'child';
    const text = KUBELET_CERTIFICATES['pc-11'];
    await play(
      reading,
      { [where]: [asks('/var/lib/kubelet/pki/kubelet.crt', text)] },
      { ...listed, machine, seen },
    );
    expect(seen.of(reading).get(machine.name)).toBe(text);
    await play(reading, {}, { machine, seen });
    expect(seen.of(reading).get(machine.name)).toBe('');
  });
});

const noneKept = asks('/configmaps/metrics-server-kubelets', {
  exitCode: 1,
  stderr: 'Error from server (NotFound): not found',
});

describe('the proof of an add-on', () => {
  it.each([
    ['no value yet of pc-11', [nodes, asksValues('pc-10')]],
    [
      'the metrics API does not answer yet',
      [nodes, asks('/apis/metrics', { exitCode: 1, stderr: 'ServiceUnavailable' })],
    ],
  ])('says what is missing when its time is over: %s', async (told, look) => {
    const once = [nodes, noneKept, allThere(), rollout(1), ...look.slice(1)];
    const part = { parent: [...once, ...settling(20, once, [])] };
    const played = await play(proveAddon(metricsServer), part, { machine: PARENT });
    expect(played.error?.message).toBe(`metrics-server: ${told}`);
    expect(played.error?.hint).toContain('run `kmon addon add metrics-server`');
    expect(carriedOutIn(played)).toEqual([]);
  });

  it('wants no value of a machine that is not Ready', async () => {
    const some = asksNodes({ name: 'pc-10' }, { name: 'pc-11', ready: false });
    const played = await play(
      proveAddon(metricsServer),
      {
        parent: [
          ...[some, noneKept, allThere(), rollout(1), asksValues('pc-10')],
          ...[rollout(1), asks('diff --server-side')],
        ],
      },
      { machine: PARENT },
    );
    expect(played).toMatchObject({ outcome: 'unchanged', because: 'proven' });
  });
});

describe('the removal of add-ons', () => {
  it('names what somebody else has brought, and leaves it', async () => {
    const part = { parent: asksLeft('', '', JSON.stringify({ metadata: { labels: {} } })) };
    const played = await play(removeAddons([metricsServer], 'kmon addon remove metrics-server'), part, {
      machine: PARENT,
    });
    expect(played.error).toMatchObject({
      code: 'precondition',
      message: "metrics-server on this cluster is somebody else's, and stays",
      hint: 'remove it by the means of whoever has installed it',
    });
    expect(carriedOutIn(played)).toEqual([]);
  });
});

describe('the image of an add-on', () => {
  const image = 'registry.k8s.io/metrics-server/metrics-server:v0.9.0';
  const full = sampleBundle();
  const bundle: Bundle = {
    ...full,
    parts: [
      ...full.parts,
      {
        ...{ name: 'metrics-server-images', kind: 'images', version: 'v0.9.0', file: 'images/m.tar' },
        ...{ sha256: 'e'.repeat(64), sizeBytes: 20_000_000, for: ['parent'], images: [image] },
      },
    ],
  };

  it.each([
    ['kmon up', forAddons, []],
    ['kmon addon add', forCatalogue, [asksNodes({ name: 'pc-10' })]],
  ])('goes to the machines that it is for, where kmon.yaml lists it: %s', async (_, stage, asked) => {
    const wanted = await play(
      stage,
      { parent: [...asked, ...(stage === forAddons ? [asks('sha256sum')] : []), asks('images ls')] },
      { ...onParent, bundle, dryRun: true },
    );
    expect(plannedIn(wanted).filter((line) => line.includes('metrics-server'))).toEqual([
      'load 1 image: metrics-server-images (20 MB)',
    ]);
    const inferred = { bundle, dryRun: true, byInference: true } as const;
    expect(plannedIn(await play(stage, {}, { ...inferred, machine: PARENT })).join()).not.toContain(
      'metrics',
    );
    expect(plannedIn(await play(stage, {}, { ...inferred, ...listed })).join()).not.toContain('metrics');
  });

  it('is lacking of a bundle without it where kmon.yaml lists it, and of no other', () => {
    const need = { version: '1.36', role: 'parent', network: 'routes', profile: 'lite' } as const;
    const names = (one: Bundle, addons: readonly 'metrics-server'[]): readonly string[] =>
      bundleSupply(one)
        .lacking({ ...need, addons })
        .map(({ name }) => name);
    expect(names(full, ['metrics-server'])).toContain('metrics-server');
    expect(names(full, [])).not.toContain('metrics-server');
    expect(names(bundle, ['metrics-server'])).not.toContain('metrics-server');
  });
});
