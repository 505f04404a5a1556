import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { bundleSupply } from '../../../../src/artifacts/bundle-supply.js';
import { onlineSupplyBy } from '../../../../src/artifacts/online-supply.js';
import { registryManifest } from '../../../../src/addons/registry/manifest.js';
import { registry } from '../../../../src/addons/registry/registry.js';
import { throughParent } from '../../../../src/cluster/through-parent.js';
import { MIRRORS } from '../../../../src/config/sections/mirrors.js';
import type { Context } from '../../../../src/engine/context.js';
import type { MadeFile } from '../../../../src/resources/file.js';
import { stageOf } from '../../stages/scenarios-registry.js';
import { play } from '../../stages/stage-run.js';
import { PARENT, CHILD, sampleBundle, sampleConfig, sampleFacts } from '../../../support/sample-room.js';
import { asks, scripted } from '../../../support/scripted-runner.js';

const AUTHORITIES = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
const PROXY = { url: 'http://proxy.example:3128', noProxy: [] };

/** What the add-on is told of a room. */
function context(o: {
  readonly from?: 'internet' | 'bundle' | 'mirror';
  readonly behindProxy?: boolean;
  readonly users?: readonly string[];
}): Context & { verify(): void } {
  const steps =
    o.users === undefined
      ? []
      : [
          asks(
            / get deployments,\S*cronjobs\S*,pods --all-namespaces /,
            o.users.map((u) => `${u}\n`).join(''),
          ),
        ];
  const runner = scripted(PARENT.name, steps);
  const mirror = { ...MIRRORS, images: { 'docker.io': 'https://mirror.example' } };
  const supply =
    o.from === 'bundle'
      ? bundleSupply(sampleBundle())
      : onlineSupplyBy(o.from === 'mirror' ? mirror : MIRRORS);
  const facts = sampleFacts(PARENT, o.behindProxy === true ? { proxy: PROXY } : {});
  const given = {
    config: sampleConfig({ addons: ['registry'] }),
    supply,
    factsOf: new Map([[PARENT.name, facts]]),
    cluster: throughParent(runner, { programFolder: '/usr/bin' }),
    verify: () => {
      runner.verify();
    },
  };
  // All that it asks of a context.
  return given as unknown as Context & { verify(): void };
}

interface Shown {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly ports?: readonly { readonly nodePort: number }[];
    readonly template?: {
      readonly spec: {
        readonly containers: readonly { readonly env: readonly { readonly name: string }[] }[];
      };
    };
  };
}

const objectsIn = async (c: Context, printed = ''): Promise<readonly Shown[]> =>
  parseAllDocuments(await registryManifest(c, new Map([[PARENT.name, printed]]))).map(
    (document) => document.toJS() as Shown,
  );

describe('the registry of a room', () => {
  it.each([
    ['with Internet', {}, ['kmon-registry', 'kmon-registry-cache']],
    ['of a bundle', { from: 'bundle' as const }, ['kmon-registry']],
    ["with a mirror of Docker's registry", { from: 'mirror' as const }, ['kmon-registry']],
    ['whose pods do not get out as the machine does', { behindProxy: true }, ['kmon-registry']],
  ])("keeps what is Docker's where it can be had: %s", async (_, o, names) => {
    const c = context(o);
    const objects = await objectsIn(c);
    expect(objects.filter(({ kind }) => kind === 'Deployment').map((d) => d.metadata.name)).toEqual(names);
    const ports = objects.flatMap(({ spec }) => spec?.ports?.map(({ nodePort }) => nodePort) ?? []);
    expect(ports).toEqual([30500, 30501].slice(0, names.length));
    const files = (registry.onEachMachine?.(c) ?? []).map(({ params }) => (params as MadeFile).path);
    const folder = '/etc/kmon/certs.d';
    expect(files).toEqual(
      [
        `${folder}/kmon-parent:30500/hosts.toml`,
        `${folder}/192.0.2.10:30500/hosts.toml`,
        `${folder}/docker.io/hosts.toml`,
      ].slice(0, names.length + 1),
    );
  });

  it.each([
    ['authorities', AUTHORITIES, true],
    ['no file', '', false],
    ['something else', 'cat: permission denied', false],
    ['more than a ConfigMap takes', AUTHORITIES.repeat(20_000), false],
  ])('trusts out of the room whom the parent trusts: %s', async (_, printed, trusts) => {
    const objects = await objectsIn(context({}), printed);
    const [own, kept] = objects.filter(({ kind }) => kind === 'ConfigMap');
    expect(Object.keys(own?.data ?? {})).toEqual(['config.yml']);
    expect(Object.keys(kept?.data ?? {})).toEqual(
      trusts ? ['config.yml', 'authorities.crt'] : ['config.yml'],
    );
    expect(JSON.parse(kept?.data?.['config.yml'] ?? '')).toMatchObject({
      proxy: { remoteurl: 'https://registry-1.docker.io' },
    });
    const env = objects
      .filter(({ kind }) => kind === 'Deployment')
      .map(({ spec }) => spec?.template?.spec.containers[0]?.env.map(({ name }) => name));
    expect(env).toEqual([
      ['OTEL_TRACES_EXPORTER'],
      ['OTEL_TRACES_EXPORTER', ...(trusts ? ['SSL_CERT_FILE'] : [])],
    ]);
  });

  it('reads the authorities of the parent, and nothing where it is not wanted', async () => {
    const read = asks(/admin\.conf .*ca-certificates\.crt/, AUTHORITIES);
    const stage = stageOf(registry, 'read-for-registry');
    const listed = { config: { addons: ['registry'] as const } };
    expect((await play(stage, { parent: [read] }, { machine: PARENT, ...listed })).outcome).toBe('unchanged');
    expect((await play(stage, {}, { machine: PARENT })).outcome).toBe('unchanged');
  });

  it('tells no machine that is not in the cluster, nor where it is not wanted', async () => {
    const stage = stageOf(registry, 'set-for-registry');
    const none = asks('get --raw /api/v1/nodes', '{"items":[]}');
    const alone = await play(
      stage,
      { parent: [none] },
      { machine: CHILD, config: { addons: ['registry'] as const } },
    );
    expect(alone).toMatchObject({ outcome: 'unchanged', because: 'not in the cluster' });
    expect((await play(stage, {}, { machine: CHILD })).outcome).toBe('unchanged');
  });

  it.each([
    ['one from here', 'the-room', true],
    ['one from another computer', 'another', false],
    ['one of no owner, as kmon made them before', '<none>', true],
    ['none', undefined, false],
  ])('is found on the cluster, whether kmon.yaml lists it or not: %s', async (_, owner, isThere) => {
    const here = { machine: PARENT, config: { roomId: 'the-room' } };
    const all = asks('--selector kmon/addon=registry', owner === undefined ? '' : 'service/kmon-registry\n');
    const parent = [all, all, ...(owner === undefined ? [] : [asks('custom-columns=OF:', `${owner}\n`)])];
    const found = await play(stageOf(registry, 'find-registry'), { parent }, here);
    expect(found).toMatchObject({ outcome: 'unchanged', because: isThere ? 'there' : 'not there' });
  });

  it('is refused on a cluster whose machines nobody can tell, before anything is changed', async () => {
    const c = context({});
    const through = { ...c, cluster: { ...c.cluster, context: 'kind' } };
    const error = await registry.inTheWay?.(through);
    expect(error).toMatchObject({
      code: 'precondition',
      message: expect.stringMatching(/^registry is for a room/) as string,
    });
    expect(await registry.inTheWay?.(c)).toBeUndefined();
  });
});

describe('a registry that is to go', () => {
  /** As kubectl prints it: what a pod asks for, what makes pods, and what makes what makes them. */
  const user = (kind: string, name: string, ...images: readonly string[]): string => {
    const at = { Pod: 0, CronJob: 2 }[kind] ?? 1;
    const columns = Array.from({ length: 6 }, (_, i) => (i < at * 2 ? '' : (images[i - at * 2] ?? '')));
    return [kind, 'red', name, ...columns.map((one) => (one === '' ? '<none>' : one))].join('   ');
  };
  const OURS = 'kmon-parent:30500/red/shop:1';

  it.each([
    ['nobody', []],
    [
      'pods of other registries',
      [user('Pod', 'a', 'docker.io/library/nginx:1'), user('Pod', 'b', 'quay.io/kmon-parent:30500')],
    ],
    ['a name that only begins so', [user('Pod', 'a', 'kmon-parent:305001/x:1')]],
    ['one that is only called so', [user('Deployment', OURS, 'x/y:1')]],
  ])('may go where it is used by %s', async (_, users) => {
    const c = context({ users });
    expect(await registry.inUse?.(c)).toBeUndefined();
    c.verify();
  });

  it.each<readonly [string, readonly string[]]>([
    ['is pod red/a', [user('Pod', 'a', OURS)]],
    ['is pod red/a', [user('Pod', 'a', '192.0.2.10:30500/red/shop:1'), user('Pod', 'b', 'x/y:1')]],
    ['is pod red/a', [user('Pod', 'a', `x/y:1,${OURS}`)]],
    ['is pod red/a', [user('Pod', 'a', 'x/y:1', OURS)]],
    ['is deployment red/none-now', [user('Deployment', 'none-now', OURS)]],
    ['is deployment red/none-now', [user('Deployment', 'none-now', 'x/y:1', OURS)]],
    ['is cronjob red/at-night', [user('CronJob', 'at-night', OURS)]],
    ['is cronjob red/at-night', [user('CronJob', 'at-night', 'x/y:1', OURS)]],
    ...['StatefulSet', 'DaemonSet', 'Job'].map((kind): readonly [string, readonly string[]] => [
      `is ${kind.toLowerCase()} red/a`,
      [user(kind, 'a', OURS)],
    ]),
    ['are deployment red/a, pod red/a-1', [user('Deployment', 'a', OURS), user('Pod', 'a-1', OURS)]],
    [
      'are pod red/p0, pod red/p1, pod red/p2, pod red/p3, pod red/p4, and 2 more',
      [0, 1, 2, 3, 4, 5, 6].map((i) => user('Pod', `p${i}`, 'kmon-parent:30500/s@sha256:0')),
    ],
  ])('stays, and says by whom it is used: %s', async (told, users) => {
    const error = await registry.inUse?.(context({ users }));
    expect(error).toMatchObject({
      code: 'precondition',
      message: `registry is in use: of its images ${told}`,
    });
  });
});
