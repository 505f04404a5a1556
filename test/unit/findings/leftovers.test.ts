import { ownLedger } from '../../support/sample-room.js';
import { describe, expect, it } from 'vitest';
import { verdicts } from '../../../src/findings/all-verdicts.js';
import type { Facts } from '../../../src/facts/facts.js';
import { listener, sightOf, withKubernetes, without } from './sights.js';

const ACTIVE = { active: 'active', enabled: 'enabled' };
const found = (facts: Partial<Facts>, more: Parameters<typeof sightOf>[1] = {}, name = 'pc-11') =>
  verdicts(sightOf({ [name]: facts }, more)).map((f) => [f.code, f.evidence]);

describe('another Kubernetes', () => {
  it('in a machine of its own hurts while it runs, and is nothing otherwise', () => {
    const minikube = (running: boolean) => ({ otherKubernetes: [{ name: 'minikube', running }] });
    expect(found(minikube(false))).toEqual([]);
    const [first] = verdicts(sightOf({ 'pc-11': minikube(true) }));
    expect(first).toMatchObject({
      severity: 'hurts',
      remedy: expect.stringContaining('minikube stop') as string,
    });
  });

  it('is a kubelet that nobody accounts for', () => {
    expect(found({ units: { kubelet: ACTIVE } })).toEqual([
      ['K-OTHER-KUBERNETES', 'a kubelet runs here that kmon did not start (kubelet.service)'],
    ]);
    expect(found({ units: { kubelet: { active: 'inactive', enabled: 'disabled' } } })).toEqual([]);
  });

  it('is not the kubelet of kmon, nor that of an earlier cluster, which is named as one', () => {
    expect(found({ units: { kubelet: ACTIVE }, ledger: ownLedger() })).toEqual([]);
    expect(found({ units: { kubelet: ACTIVE }, kubernetesFiles: ['/etc/kubernetes/kubelet.conf'] })).toEqual([
      [
        'K-LEFTOVER',
        'an earlier cluster is here (/etc/kubernetes/kubelet.conf) that kmon did not make, and its kubelet runs',
      ],
    ]);
  });

  it('of a name that has no command of its own is named all the same', () => {
    const [first] = verdicts(sightOf({ 'pc-11': { otherKubernetes: [{ name: 'talos', running: true }] } }));
    expect(first?.remedy).toBe('ask its owner and stop it for the lesson: stop talos on that machine');
  });
});

describe('a cluster of this room', () => {
  const cluster = (clusterVersion: string): Partial<Facts> => ({
    clusterVersion,
    kubernetesFiles: ['/etc/kubernetes/admin.conf'],
    ledger: ownLedger('parent'),
  });
  const told = (parent: Partial<Facts>, child: Partial<Facts> = {}) =>
    verdicts(sightOf({ 'pc-10': parent, 'pc-11': child }))
      .filter((f) => f.code === 'K-VERSION')
      .map((f) => f.machine);

  it('of the version that kmon.yaml names, whichever release of it, is nothing to speak of', () => {
    for (const version of ['v1.36.0', 'v1.36.9']) expect(told(cluster(version))).toEqual([]);
  });

  it('of another one is told of the parent, and of whoever would join it', () => {
    for (const version of ['v1.35.1', 'v1.34.0', 'v1.37.2', 'v1.20.15'])
      expect(told(cluster(version))).toEqual(['pc-10', 'pc-11', 'pc-12']);
    const node = { ledger: ownLedger(), kubernetesFiles: ['/etc/kubernetes/kubelet.conf'] };
    expect(told(cluster('v1.35.1'), node)).toEqual(['pc-10', 'pc-12']);
  });

  it('is not that of another room', () => {
    expect(told({ ...cluster('v1.35.1'), ledger: ownLedger('child') })).toEqual([]);
  });
});

describe('a port', () => {
  const unit = 'prometheus-node-exporter.service';

  it('of 9100 is that of the owner also where kmon is at work, and that of a pod is not', () => {
    const exporter = (more: object) => [listener(9100, 'prometheus-node', more)];
    expect(found({ listeners: exporter({ unit }), ledger: ownLedger() }).map(([code]) => code)).toEqual([
      'K-EXPORTER',
    ]);
    expect(found({ listeners: exporter({}), ledger: ownLedger() })).toEqual([]);
  });

  it('of 9100 may be held by something else', () => {
    expect(found({ listeners: [listener(9100, 'nodejs')] })).toEqual([
      ['K-PORT-TAKEN', 'port 9100 is taken by nodejs (pid 812)'],
    ]);
  });

  it('of an exporter without a unit is freed by its process', () => {
    const [first] = verdicts(sightOf({ 'pc-11': { listeners: [listener(9100, 'node_exporter')] } }));
    expect(first?.remedy).toBe('stop it for the lesson: sudo kill 812');
  });

  it.each([
    [
      { process: 'systemd', pid: 1, socketUnit: 'canteen.socket' },
      'canteen.socket',
      /systemctl stop canteen\.socket\)/,
    ],
    [
      { process: 'node', socketUnit: 'canteen.socket', unit: 'canteen.service' },
      'node (pid 812) of canteen.socket',
      /systemctl stop canteen\.socket canteen\)/,
    ],
    [{ process: 'systemd', pid: 1 }, 'a socket unit of systemd', /systemctl list-sockets/],
    [{ process: 'xinetd', unit: 'xinetd.service' }, 'xinetd (pid 812)', /^take port 9100 out of/],
    [
      { process: 'docker-proxy', unit: 'docker.service' },
      'docker-proxy (pid 812)',
      /docker ps --filter publish=9100/,
    ],
    [{ process: 'pasta.avx2' }, 'pasta.avx2 (pid 812)', /podman ps/],
    [{ process: 'conmon' }, 'conmon (pid 812)', /podman ps/],
  ])('is freed where it is held for somebody else: %j', (more, who, remedy) => {
    const [first] = verdicts(sightOf({ 'pc-11': { listeners: [listener(9100, '', more)] } }));
    expect(first).toMatchObject({ code: 'K-PORT-TAKEN', evidence: `port 9100 is taken by ${who}` });
    expect(first?.remedy).toMatch(remedy);
    expect(first?.remedy).not.toContain('systemd (pid 1)');
  });

  it('of a socket unit is nothing of kmon, whatever its name', () => {
    const more = { socketUnit: 'kubelet.socket' };
    expect(found({ listeners: [listener(10250, 'kubelet', more)], ledger: ownLedger() })).toHaveLength(1);
  });

  it('of the overlay is held by the kernel', () => {
    const vxlan = without(without(listener(8472, '', { protocol: 'udp' }), 'process'), 'pid');
    expect(found({ listeners: [vxlan] })).toEqual([
      ['K-PORT-TAKEN', 'UDP port 8472 is taken by an overlay network of another cluster'],
    ]);
    expect(found({ listeners: [vxlan], ledger: ownLedger() })).toEqual([]);
    expect(found({ listeners: [vxlan] }, { config: withKubernetes({ network: 'routes' }) })).toEqual([]);
    const overlay = { config: withKubernetes({ network: 'vxlan' }) };
    expect(found({ listeners: [vxlan] }, overlay)).toHaveLength(1);
    expect(found({ listeners: [vxlan], ledger: ownLedger() }, overlay)).toEqual([]);
  });

  it('of the overlay may be held by a program', () => {
    expect(found({ listeners: [listener(8472, 'perl', { protocol: 'udp' })] })).toEqual([
      ['K-PORT-TAKEN', 'UDP port 8472 is taken by perl (pid 812)'],
    ]);
  });

  it('of another kmon check are told once, with nothing to stop', () => {
    const probe = (port: number) => listener(port, 'kmon-probe 525b');
    const sight = sightOf({ 'pc-11': { listeners: [probe(10250), probe(9100)] } });
    const all = verdicts(sight);
    expect(all.map((f) => [f.code, f.evidence])).toEqual([
      ['K-PORT-TAKEN', 'ports 10250, 9100 of pc-11 still belong to another kmon check'],
    ]);
    expect(all[0]?.remedy).toMatch(/^wait /);
  });

  it('of the monitoring matters on the parent only', () => {
    expect(found({ listeners: [listener(30090, 'x'), listener(30300, 'x')] })).toEqual([]);
    expect(
      found({ listeners: [listener(30300, 'kube-proxy')], ledger: ownLedger('parent') }, {}, 'pc-10'),
    ).toEqual([]);
  });
});
