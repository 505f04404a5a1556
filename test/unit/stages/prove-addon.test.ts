import { describe, expect, it } from 'vitest';
import type { CatalogueAddon } from '../../../src/addons/addon.js';
import { ingress } from '../../../src/addons/ingress/ingress.js';
import { metricsServer } from '../../../src/addons/metrics-server/metrics-server.js';
import { registry } from '../../../src/addons/registry/registry.js';
import { storage } from '../../../src/addons/storage/storage.js';
import { proveAddon, proveOnMachines } from '../../../src/stages/cluster/prove-addon.js';
import { KUBELET_CERTIFICATES } from '../../support/kubelet-certificates.js';
import { PARENT } from '../../support/sample-room.js';
import { asks } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { allThere, asksNodes, settling } from './answers.js';
import { asksValues } from './scenarios-addons.js';
import { NO_ENDPOINTS, NOT_FOUND, traefik } from './scenarios-more-addons.js';
import { carriedOutIn, play } from './stage-run.js';
import type { Played, Setting } from './stage-run.js';

const nodes = asksNodes({ name: 'pc-10', address: '192.0.2.10' });
const classes = (kind: string): Step => asks(`get --raw /apis/${kind}`, '{"items":[]}');
const runs = (name: string, args: readonly string[] = []): Step =>
  asks(
    `deployments/${name}`,
    JSON.stringify({
      spec: { replicas: 1, template: { spec: { containers: [{ args }] } } },
      status: { readyReplicas: 1, updatedReplicas: 1 },
    }),
  );
const same = asks('diff --server-side');
const differs = asks('diff --server-side', { exitCode: 1, stdout: '+' });

const storageAsks = [classes('storage.k8s.io')];
const ingressAsks = [nodes, classes('networking.k8s.io')];

const proven = (addon: CatalogueAddon, parent: readonly Step[], setting: Setting = {}): Promise<Played> =>
  play(proveAddon(addon), { parent }, { machine: PARENT, ...setting });

describe('the proof of an add-on that is there', () => {
  it.each([
    [storage, storageAsks, 'StorageClass', 'storageclass local-path is not there'],
    [storage, storageAsks, 'ClusterRoleBinding', 'clusterrolebinding kmon-storage is not there'],
    [storage, storageAsks, 'Role', 'role kmon-storage in kmon-storage is not there'],
    [ingress, ingressAsks, 'IngressClass', 'ingressclass traefik is not there'],
    [ingress, ingressAsks, 'Service', 'service kmon-ingress in kmon-ingress is not there'],
  ] as const)('says what somebody has deleted: of $id %#', async (addon, before, kind, told) => {
    const played = await proven(addon, [...before, allThere(kind)]);
    expect(played.error?.message).toBe(`${addon.id}: ${told}`);
    expect(played.error?.hint).toContain(`run \`kmon addon add ${addon.id}\``);
    expect(carriedOutIn(played)).toEqual([]);
  });

  it('says that something was changed', async () => {
    const played = await proven(ingress, [...ingressAsks, allThere(), differs]);
    expect(played.error?.message).toBe('ingress: what is on the cluster is not as it should be');
  });

  describe('of metrics-server, which has read on the machines what it goes by', () => {
    const known = asks(
      'configmaps/metrics-server-kubelets',
      JSON.stringify({ data: { 'kubelets.crt': KUBELET_CERTIFICATES['pc-10'] } }),
    );
    const look = (...named: readonly string[]): readonly Step[] => [
      ...[nodes, known, allThere(), runs('metrics-server')],
      asksValues(...named),
    ];
    const one = { config: { addons: ['metrics-server'] as const } };

    const told = (...names: readonly string[]): Step =>
      asks(
        'deployments/metrics-server',
        JSON.stringify({
          spec: {
            template: {
              spec: { hostAliases: names.map((name) => ({ ip: '192.0.2.10', hostnames: [name] })) },
            },
          },
        }),
      );

    it('says that something was changed, by what is known of the machines', async () => {
      const whole = [...look('pc-10'), told('pc-10')];
      expect(await proven(metricsServer, [...whole, same], one)).toMatchObject({ because: 'proven' });
      const played = await proven(metricsServer, [...whole, differs], one);
      expect(played.error?.message).toBe('metrics-server: what is on the cluster is not as it should be');
    });

    it.each([
      ['one that has gone since', ['pc-10', 'pc-12']],
      ['one that has come since', []],
    ])('takes no other machine for a fault of it: %s', async (_, names) => {
      const played = await proven(metricsServer, [...look('pc-10'), told(...names)], one);
      expect(played).toMatchObject({ because: 'proven' });
    });

    it('names the machine that has no value rather than that', async () => {
      const once = look();
      const played = await proven(metricsServer, [...once, ...settling(20, once, [])], one);
      expect(played.error?.message).toBe('metrics-server: no value yet of pc-10');
    });

    it('says what somebody has deleted', async () => {
      const played = await proven(metricsServer, [nodes, known, allThere('RoleBinding')], one);
      expect(played.error?.message).toBe(
        'metrics-server: rolebinding metrics-server-auth-reader in kube-system is not there',
      );
    });
  });

  describe('of the registry, whose cache trusts whom the parent trusted when it came', () => {
    const AUTHORITIES = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';
    const cache = (data?: object): Step =>
      asks(
        'namespaces/kmon-registry/configmaps/kmon-registry-cache',
        data === undefined
          ? { exitCode: 1, stderr: 'Error from server (NotFound): configmaps "x" not found' }
          : JSON.stringify({ data }),
      );
    const compared = (has: boolean): Step =>
      asks('diff --server-side', ({ stdin }) => ({
        exitCode: typeof stdin === 'string' && stdin.includes('SSL_CERT_FILE') === has ? 0 : 1,
      }));
    const names = ['kmon-registry', 'kmon-registry-cache'];
    const answers = names.map((name) => asks(`/services/${name}:http/proxy/`, ''));
    const look = [allThere(), ...names.map((name) => runs(name)), ...answers];
    const online = { config: { addons: ['registry'] as const } };

    it.each([
      ['with authorities', { 'config.yml': '{}', 'authorities.crt': AUTHORITIES }, true],
      ['with none', { 'config.yml': '{}' }, false],
    ])('takes it for as it should be: %s', async (_, data, has) => {
      const played = await proven(registry, [cache(data), ...look, compared(has)], online);
      expect(played).toMatchObject({ because: 'proven' });
    });

    it('says that something was changed all the same', async () => {
      const whole = [cache({ 'authorities.crt': AUTHORITIES }), ...look, differs];
      const played = await proven(registry, whole, online);
      expect(played.error?.message).toBe('registry: what is on the cluster is not as it should be');
    });

    it('says what somebody has deleted, the settings too', async () => {
      const played = await proven(registry, [cache(), allThere('ConfigMap')], online);
      expect(played.error?.message).toBe(
        'registry: configmap kmon-registry in kmon-registry is not there, nor 1 more',
      );
    });
  });

  describe('of the registry, on each machine of the cluster', () => {
    const onMachines = proveOnMachines(registry, proveAddon(registry));
    const both = asksNodes({ name: 'pc-10' }, { name: 'pc-11' });
    const heard = (stdout: string): Step => asks('/dev/tcp/', stdout);
    const asked = (parent: Step, child: readonly Step[]): Promise<Played> => {
      if (onMachines === undefined) throw new TypeError('nobody is asked');
      return play(onMachines, { parent: [parent], child }, { config: { addons: ['registry'] } });
    };

    it('asks as its containerd will', async () => {
      const answer = heard('30500 0 HTTP/1.1 200 OK\r\n30501 0 HTTP/1.1 200 OK\r\n');
      expect(await asked(both, [answer])).toMatchObject({ because: 'answers' });
      expect(await asked(nodes, [])).toMatchObject({ because: 'not in the cluster' });
    });

    it('names the machine and the port', async () => {
      const closed = heard(
        '30500 1 bash: line 1: /dev/tcp/kmon-parent/30500: No route to host\n30501 0 HTTP/1.1 200 OK\n',
      );
      const played = await asked(
        both,
        Array.from({ length: 11 }, () => closed),
      );
      expect(played.error?.message).toBe(
        'the registry does not answer pc-11: port 30500 of kmon-parent: No route to host',
      );
      expect(played.error?.hint).toContain('open the ports 30500 and 30501 (tcp) on pc-10');
    });

    it('asks on no machine for what none is told of', () => {
      expect(proveOnMachines(storage, proveAddon(storage))).toBeUndefined();
    });
  });

  it.each([
    ['of Traefik', NOT_FOUND],
    ['of a page', 'Error from server (InternalError): an error on the server ("") has prevented the request'],
  ])('takes any answer for one: %s', async (_, stderr) => {
    const whole = [...ingressAsks, allThere(), same, runs('kmon-ingress')];
    expect(await proven(ingress, [...whole, traefik(stderr)])).toMatchObject({ because: 'proven' });
  });

  it.each([
    NO_ENDPOINTS,
    'Error from server (NotFound): services "kmon-ingress" not found',
    'Error from server (ServiceUnavailable): error trying to reach service: dial tcp 10.244.0.7:8000: connect: connection refused',
    'The connection to the server 192.0.2.10:6443 was refused',
  ])('says that nobody answers at the door: %s', async (stderr) => {
    const once = [...ingressAsks, allThere(), same, runs('kmon-ingress'), traefik(stderr)];
    const played = await proven(ingress, [...once, ...settling(20, once, [])]);
    expect(played.error?.message).toBe(`ingress: nobody answers at the port: ${stderr}`);
  });

  describe('of the storage, with a bundle', () => {
    const IMAGE = 'docker.io/library/busybox:1.38.0';
    const told = (name: string, images: readonly string[], ready = 'True'): object => ({
      metadata: { name },
      status: {
        conditions: [{ type: 'Ready', status: ready }],
        images: images.map((image) => ({ names: [image] })),
      },
    });
    const look = (...items: readonly object[]): readonly Step[] => [
      ...[...storageAsks, allThere(), runs('kmon-storage')],
      runs('kmon-storage', ['start', `--helper-image=${IMAGE}`]),
      asks('get --raw /api/v1/nodes', JSON.stringify({ items })),
    ];
    const bundle = { config: { bundle: '/media/stick' } };

    it.each([
      ['all have it', [told('pc-10', ['a', IMAGE]), told('pc-11', [IMAGE])]],
      ['one that is away has not', [told('pc-10', [IMAGE]), told('pc-11', ['a'], 'Unknown')]],
      [
        'one does not tell of all',
        [
          told(
            'pc-11',
            Array.from({ length: 50 }, (_, i) => `image-${i}`),
          ),
        ],
      ],
    ])('is proven where %s', async (_, items) => {
      expect(await proven(storage, look(...items), bundle)).toMatchObject({ because: 'proven' });
    });

    it('says which child has not the image of the helper', async () => {
      const once = look(told('pc-10', [IMAGE]), told('pc-11', ['docker.io/library/busybox:1.0']));
      const played = await proven(storage, [...once, ...settling(60, once, [])], bundle);
      expect(played.error?.message).toBe(`storage: no image ${IMAGE} on pc-11`);
      expect(played.error?.hint).toContain('run `kmon addon add storage`');
    });
  });
});
