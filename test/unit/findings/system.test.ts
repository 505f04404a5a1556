import { bundleSupply } from '../../../src/artifacts/bundle-supply.js';
import { describe, expect, it } from 'vitest';
import { verdicts } from '../../../src/findings/all-verdicts.js';
import type { Facts } from '../../../src/facts/facts.js';
import { readOs } from '../../../src/facts/os-release.js';
import { CHILD, sampleBundle, sampleConfig } from '../../support/sample-room.js';
import { GIB, sightOf, withKubernetes } from './sights.js';

const os = (
  id: string,
  version: string,
  like: readonly string[] = [],
  ...more: readonly string[]
): Facts['os'] =>
  readOs({
    osRelease: [
      `ID=${id}`,
      `ID_LIKE="${like.join(' ')}"`,
      `PRETTY_NAME="${id} ${version}"`,
      ...(version === '' ? [] : [`VERSION_ID="${version}"`]),
      ...more,
    ],
  });
const codes = (facts: Partial<Facts>, more: Parameters<typeof sightOf>[1] = {}, name = 'pc-11') =>
  verdicts(sightOf({ [name]: facts }, more)).map((f) => `${f.code} ${f.severity}`);
const NO_KERNEL = {
  overlay: 'missing',
  br_netfilter: 'missing',
  vxlan: 'missing',
  nf_conntrack: 'missing',
} as const;

describe('an old kernel', () => {
  const old: Partial<Facts> = { kernel: '5.10.0-32-amd64' };
  const said = (different: Parameters<typeof sightOf>[0]) =>
    verdicts(sightOf(different)).map((f) => `${f.machine ?? ''} ${f.code} ${f.severity}`);

  it('is told before there is a cluster, since init-parent sees the parent alone', () => {
    expect(said({ 'pc-11': old })).toEqual(['pc-11 K-KERNEL-OLD hurts']);
    expect(said({ 'pc-10': old, 'pc-11': old })).toEqual([]);
  });

  it('is no reason against a machine in a cluster whose rules are made by iptables', () => {
    expect(said({ 'pc-10': { proxyMode: 'iptables' }, 'pc-11': old })).toEqual([]);
  });

  it('keeps a machine out of a cluster whose kube-proxy it cannot run, and no other', () => {
    const found = said({ 'pc-10': { proxyMode: 'nftables' }, 'pc-11': old, 'pc-12': { kernel: '5.13.0' } });
    expect(found).toEqual(['pc-11 K-KERNEL-OLD stops']);
  });
});

describe('the operating system', () => {
  it.each([
    ['debian', '11'],
    ['debian', '12'],
    ['raspbian', '12'],
    ['ubuntu', '20.04'],
    ['ubuntu', '26.04'],
  ])('%s %s is one that kmon prepares', (id, version) => {
    expect(codes({ os: os(id, version) })).toEqual([]);
  });

  it.each<[string, Facts['os']]>([
    ['Linux Mint', os('linuxmint', '22', ['ubuntu', 'debian'], 'UBUNTU_CODENAME=noble')],
    ['LMDE', os('linuxmint', '6', ['debian'], 'DEBIAN_CODENAME=bookworm')],
    [
      'what is made from a release that this program does not know',
      os('zorin', '30', ['ubuntu'], 'UBUNTU_CODENAME=later'),
    ],
  ])('%s is served as what it is made from', (_, made) => {
    expect(codes({ os: made })).toEqual([]);
  });

  it.each<[string, Partial<Facts>, string, string]>([
    ['Debian 10', { os: os('debian', '10') }, 'K-OS stops', 'debian 10 is too old'],
    ['Ubuntu 18.04', { os: os('ubuntu', '18.04') }, 'K-OS stops', 'ubuntu 18.04 is too old'],
    [
      'Linux Mint 19',
      { os: os('linuxmint', '19', ['ubuntu'], 'UBUNTU_CODENAME=bionic') },
      'K-OS stops',
      'linuxmint 19 is too old: it is made from Ubuntu 18.04',
    ],
    [
      'Kali',
      { os: os('kali', '2025.4', ['debian'], 'VERSION_CODENAME=kali-rolling') },
      'K-OS note',
      'kali 2025.4 is made from no release of Debian that kmon knows',
    ],
    [
      'Debian testing',
      { os: os('debian', '', [], 'VERSION_CODENAME=forky') },
      'K-OS note',
      'debian  is made from no release of Debian that kmon knows',
    ],
    ['Ubuntu 20.03, were there one', { os: os('ubuntu', '20.03') }, 'K-OS stops', 'ubuntu 20.03 is too old'],
    [
      'Rocky, also with an apt',
      { os: os('rocky', '9', ['rhel', 'centos', 'fedora']) },
      'K-OS stops',
      'rocky 9 is a system that Kubernetes runs on, but kmon installs with apt',
    ],
    ['Arch', { os: os('arch', ''), apt: false }, 'K-OS stops', 'arch  has no apt'],
    [
      'a system with apt that nobody knows',
      { os: os('haiku', '1') },
      'K-OS hurts',
      'haiku 1 has apt, but kmon does not know its packages',
    ],
    [
      'Windows with a Linux in it',
      { virtualization: 'wsl' },
      'K-OS stops',
      'Debian GNU/Linux 13 (trixie) runs inside Windows (WSL)',
    ],
  ])('%s is named', (_, facts, code, evidence) => {
    const found = verdicts(sightOf({ 'pc-11': facts }));
    expect(found.map((f) => [`${f.code} ${f.severity}`, f.evidence])).toEqual([[code, evidence]]);
  });
});

describe('the processor', () => {
  it.each(['amd64', 'arm64', 'ppc64el', 's390x', ''])('"%s" is fine without a bundle', (architecture) => {
    expect(codes({ architecture })).toEqual([]);
  });

  it.each(['i386', 'armhf', 'riscv64'])('%s is not', (architecture) => {
    expect(codes({ architecture })).toEqual(['K-ARCH stops']);
  });

  it('is that of the bundle, whichever that is', () => {
    const supply = bundleSupply({ ...sampleBundle(), architectures: ['armhf'] });
    const of = (architecture: string) => ({ architecture });
    const all = sightOf({ 'pc-10': of('armhf'), 'pc-11': of('armhf'), 'pc-12': of('amd64') }, { supply });
    expect(verdicts(all).map((f) => [f.code, f.machine, f.evidence])).toEqual([
      ['K-ARCH', 'pc-12', 'the machine is amd64, the bundle armhf'],
    ]);
  });
});

describe('the kernel', () => {
  it('needs no vxlan where routes make the pod network', () => {
    const facts = {
      kernelFeatures: {
        ...NO_KERNEL,
        overlay: 'present',
        br_netfilter: 'loadable',
        nf_conntrack: 'present',
      } as const,
    };
    expect(codes(facts)).toEqual(['K-KERNEL stops']);
    expect(codes(facts, { config: withKubernetes({ network: 'vxlan' }) })).toEqual(['K-KERNEL stops']);
    expect(codes(facts, { config: withKubernetes({ network: 'routes' }) })).toEqual([]);
  });

  it('of a container does not show from inside', () => {
    expect(codes({ kernelFeatures: NO_KERNEL, container: true, virtualization: 'podman' })).toEqual([]);
  });

  it('is named with all that it lacks, and restarted on Debian', () => {
    const [found] = verdicts(sightOf({ 'pc-11': { kernelFeatures: NO_KERNEL } }));
    expect(found?.evidence).toBe('the kernel 6.12.0 has no overlay, br_netfilter, nf_conntrack, vxlan');
    expect(found?.remedy).toMatch(/^restart the machine/);
  });
});

it('takes cgroup v1 for a Kubernetes that takes it', () => {
  expect(codes({ cgroup: 1 }, { config: withKubernetes({ version: '1.34' }) })).toEqual([]);
  expect(codes({ cgroup: 1 }, { config: withKubernetes({ version: '1.35' }) })).toEqual(['K-CGROUP hurts']);
});

describe('the size', () => {
  it.each<[string, string, Partial<Facts>, readonly string[]]>([
    ['one CPU of a child', 'pc-11', { cpus: 1 }, []],
    ['two CPUs of the parent', 'pc-10', { cpus: 2 }, []],
    ['what was not told', 'pc-10', { cpus: 0, memoryBytes: 0, totalInodes: 0, freeInodes: 0 }, []],
    ['1 GiB of a child', 'pc-11', { memoryBytes: GIB }, []],
    ['3.5 GiB of the parent', 'pc-10', { memoryBytes: 3.5 * GIB }, []],
    ['3 GiB of the parent', 'pc-10', { memoryBytes: 3 * GIB }, ['K-MEMORY hurts']],
    ['1700 MiB of the parent', 'pc-10', { memoryBytes: 1700 * 1024 ** 2 }, ['K-MEMORY hurts']],
    ['8 GiB of disk', 'pc-11', { freeDiskBytes: 8 * GIB }, []],
    ['3 GiB of disk', 'pc-11', { freeDiskBytes: 3 * GIB }, ['K-DISK hurts']],
    ['a tenth of the inodes', 'pc-11', { freeInodes: 200_000, totalInodes: 2_000_000 }, []],
    [
      'many inodes, but hardly a twentieth',
      'pc-11',
      { freeInodes: 900_000, totalInodes: 20_000_000 },
      ['K-INODES stops'],
    ],
    ['a large part of few inodes', 'pc-11', { freeInodes: 19_000, totalInodes: 100_000 }, ['K-INODES stops']],
  ])('%s', (_, name, facts, expected) => {
    expect(codes(facts, {}, name)).toEqual(expected);
  });

  it.each<['lite' | 'stack', number, boolean, number]>([
    ['lite', 2, true, 3.5],
    ['lite', 24, true, 3.7],
    ['stack', 2, true, 4.1],
    ['stack', 2, false, 3.9],
    ['stack', 24, true, 4.7],
  ])(
    'of a parent is enough for %s of %i children, with Grafana: %s',
    (profile, children, grafana, wanted) => {
      const { room, monitoring } = sampleConfig({});
      const many = Array.from({ length: children }, (__, i) => ({ ...CHILD, name: `pc-${11 + i}` }));
      const config = sampleConfig({
        room: { ...room, children: many },
        monitoring: { ...monitoring, profile, grafana },
      });
      const evidence = (gib: number): string | undefined =>
        verdicts(sightOf({ 'pc-10': { memoryBytes: gib * GIB } }, { config })).find(
          (f) => f.code === 'K-MEMORY',
        )?.evidence;
      expect(evidence(wanted + 0.05)).toBeUndefined();
      expect(evidence(wanted - 0.06)).toContain(
        `with the profile ${profile} and ${children} children it wants ${wanted.toFixed(1)} GiB`,
      );
    },
  );

  it('of a parent that has too little for what it would get unasked is told, with the word that changes it', () => {
    const monitoring = {
      ...sampleConfig().monitoring,
      profile: 'stack' as const,
      profileIsOpen: true as const,
    };
    const found = verdicts(
      sightOf({ 'pc-10': { memoryBytes: 3.8 * GIB } }, { config: sampleConfig({ monitoring }) }),
    ).find((f) => f.code === 'K-MEMORY');
    expect(found?.evidence).toContain('with the profile stack (kmon.yaml names none) and 2 children');
    expect(found?.remedy).toContain('or write `profile: lite` below `monitoring` there');
  });

  it('of a parent hurts no more than that where the check of kubeadm is passed over', () => {
    const config = withKubernetes({ ignorePreflight: ['NumCPU', 'Mem'] });
    expect(codes({ cpus: 1, memoryBytes: GIB }, { config }, 'pc-10')).toEqual([
      'K-CPU hurts',
      'K-MEMORY hurts',
    ]);
  });
});
