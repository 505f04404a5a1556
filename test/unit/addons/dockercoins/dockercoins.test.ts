import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { dockercoins } from '../../../../src/addons/dockercoins/dockercoins.js';
import { PYTHON, REDIS } from '../../../../src/artifacts/images.js';
import { notMining } from '../../../../src/addons/dockercoins/mining.js';
import { CODE, PARTS } from '../../../../src/addons/dockercoins/parts.js';
import { throughParent } from '../../../../src/cluster/through-parent.js';
import { onParent } from '../../../../src/engine/stage.js';
import { addonStage } from '../../../../src/stages/cluster/addon-stage.js';
import { initParent } from '../../../../src/stages/cluster/init-parent.js';
import { PARENT, sampleConfig } from '../../../support/sample-room.js';
import { asks, scripted } from '../../../support/scripted-runner.js';
import { AddonRoom } from '../addon-run.js';
import type { Way } from '../addon-run.js';
import { ModelCluster } from '../model-cluster.js';

const FOLDER = new URL('../../../../templates/addons/dockercoins/code/', import.meta.url);

interface Shown {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly replicas?: number;
    readonly type?: string;
    readonly template?: {
      readonly spec: {
        readonly affinity: object;
        readonly tolerations: readonly object[];
        readonly securityContext: object;
        readonly containers: readonly {
          readonly command: readonly string[];
          readonly securityContext: object;
          readonly resources: { readonly limits: object };
        }[];
      };
    };
  };
}

async function objects(way: Way): Promise<readonly Shown[]> {
  const room = new AddonRoom(way, 'flannel', {}, new ModelCluster(), ['dockercoins']);
  await room.run(addonStage(dockercoins, onParent(initParent)));
  return [...room.model.applied].flatMap((text) =>
    parseAllDocuments(text).map((document) => document.toJS() as Shown),
  );
}

describe('DockerCoins', () => {
  it.each<Way>(['online', 'bundle', 'context'])(
    'has five parts, of which the class says how many pods each has: %s',
    async (way) => {
      const all = await objects(way);
      const deployments = all.filter(({ kind }) => kind === 'Deployment');
      expect(deployments.map((d) => d.metadata.name)).toEqual(PARTS.map(({ name }) => name));
      for (const { spec } of deployments) {
        // A number here would be put back by the next kmon up.
        expect(spec).not.toHaveProperty('replicas');
        const { affinity, securityContext, containers } = spec?.template?.spec ?? { containers: [] };
        expect(securityContext).toMatchObject({ runAsNonRoot: true });
        expect(Object.keys(affinity ?? {})).toEqual(way === 'context' ? [] : ['nodeAffinity']);
        for (const container of containers) {
          expect(container.securityContext).toEqual({
            allowPrivilegeEscalation: false,
            readOnlyRootFilesystem: true,
            capabilities: { drop: ['ALL'] },
          });
          expect(Object.keys(container.resources.limits)).toEqual(['cpu', 'memory']);
        }
      }
      const services = all.filter(({ kind }) => kind === 'Service');
      expect(services.map(({ metadata, spec }) => [metadata.name, spec?.type])).toEqual([
        ['redis', 'ClusterIP'],
        ['rng', 'ClusterIP'],
        ['hasher', 'ClusterIP'],
        ['webui', way === 'context' ? 'ClusterIP' : 'NodePort'],
      ]);
    },
  );

  it.each<Way>(['online', 'bundle'])(
    'shows its page on the parent, at whose port alone it answers, and works on the children: %s',
    async (way) => {
      const all = await objects(way);
      const [webui] = all.filter(({ kind, metadata }) => kind === 'Service' && metadata.name === 'webui');
      expect(webui?.spec).toMatchObject({
        type: 'NodePort',
        externalTrafficPolicy: 'Local',
        ports: [{ port: 80, nodePort: 30082 }],
      });
      for (const { metadata, spec } of all.filter(({ kind }) => kind === 'Deployment')) {
        const isShown = metadata.name === 'webui';
        const expression = {
          key: 'metadata.name',
          operator: isShown ? 'In' : 'NotIn',
          values: [PARENT.name],
        };
        const required = { nodeSelectorTerms: [{ matchFields: [expression] }] };
        expect(spec?.template?.spec.affinity).toEqual({
          nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required },
        });
        expect(spec?.template?.spec.tolerations).toEqual(
          isShown
            ? [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }]
            : [],
        );
      }
    },
  );

  it('opens no port of a cluster that is no room', async () => {
    const text = JSON.stringify(await objects('context'));
    expect(text).not.toMatch(/nodePort"|NodePort|externalTrafficPolicy/);
  });

  it('has what its page runs in on the parent too', () => {
    expect(PYTHON.neededBy.roles).toEqual(['parent', 'child']);
    expect(REDIS.neededBy.roles).toEqual(['child']);
  });

  it('brings all of its code along, and every script that a pod starts with', async () => {
    const code = (await objects('online')).find(({ kind }) => kind === 'ConfigMap')?.data ?? {};
    expect(Object.keys(code).toSorted()).toEqual(readdirSync(FOLDER).toSorted());
    expect(Object.keys(code)).toEqual(CODE);
    for (const [name, text] of Object.entries(code))
      expect(text).toBe(readFileSync(new URL(name, FOLDER), 'utf8'));
    for (const { command } of PARTS)
      for (const word of command.filter((w) => w.startsWith('/code/')))
        expect(Object.keys(code)).toContain(word.slice('/code/'.length));
  });

  it('has a page that fetches from nobody but itself', () => {
    const page = readFileSync(new URL('page.html', FOLDER), 'utf8');
    expect(page).not.toMatch(/https?:|\/\/[a-z]|@import|url\(/);
    expect([...page.matchAll(/fetch\('([^']*)'\)/g)].map(([, path]) => path)).toEqual(['json']);
  });

  it('shows its page at the parent, and of a cluster that is no room how to see its Service', () => {
    const config = sampleConfig();
    expect(dockercoins.shows({ config, cluster: {} })).toEqual({
      kind: 'address',
      url: 'http://192.0.2.10:30082/',
    });
    expect(dockercoins.shows({ config, cluster: { context: 'kind' } })).toEqual({
      kind: 'command',
      line: 'kubectl --context kind -n dockercoins port-forward service/webui 8080:80',
    });
  });
});

describe('the proof that coins are mined', () => {
  const workers = (wanted: number) =>
    asks('deployments/worker', JSON.stringify({ spec: { replicas: wanted }, status: {} }));
  const shows = (said: string) => asks('/services/webui:http/proxy/json', said);
  const silent = asks('/services/webui:http/proxy/json', {
    exitCode: 1,
    stderr: 'Error from server (ServiceUnavailable): no endpoints available for service "webui"',
  });

  it.each([
    ['the counter goes up', [workers(1), shows('{"hashes":40,"rate":3.1}')], undefined],
    ['the class has taken all workers away', [workers(0)], undefined],
    ['nothing was counted', [workers(1), shows('{"hashes":0,"rate":0}')], 'no coins yet: 0 hashes'],
    ['it stands still', [workers(2), shows('{"hashes":40,"rate":0}')], 'no coins yet: 40 hashes'],
    ['it says something else', [workers(1), shows('{}')], 'no coins yet: 0 hashes'],
    [
      'the page is silent',
      [workers(1), silent],
      'webui does not answer: Error from server (ServiceUnavailable): no endpoints available for service "webui"',
    ],
  ])('%s', async (_, steps, told) => {
    const runner = scripted(PARENT.name, steps);
    const cluster = throughParent(runner, { programFolder: '/usr/bin' });
    expect(await notMining({ cluster }, 'dockercoins')).toBe(told);
    runner.verify();
  });
});
