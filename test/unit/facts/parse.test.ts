import { describe, expect, it } from 'vitest';
import { parseFacts } from '../../../src/facts/parse.js';
import { FACTS_BEGIN, FACTS_END } from '../../../src/facts/script.js';
import { factsOf, recording, told } from './recorded.js';

it('reads a bare lab machine', () => {
  expect(factsOf('bare-child')).toMatchObject({
    hostname: 'child-1',
    loginUser: 'root',
    os: { id: 'debian', like: [], version: '12', name: 'Debian GNU/Linux 12 (bookworm)' },
    architecture: 'amd64',
    kernel: '6.1.0-18-amd64',
    cpus: 2,
    memoryBytes: 24684084 * 1024,
    cgroup: 1,
    container: true,
    mayRaiseLimits: false,
    swap: false,
    systemd: true,
    apt: true,
    addresses: [
      { device: 'lo', address: '127.0.0.1', prefix: 8 },
      { device: 'eth0', address: '10.77.0.11', prefix: 24 },
    ],
    routes: [
      { destination: 'default', device: 'eth0', via: '10.77.0.1' },
      { destination: '10.77.0.0/24', device: 'eth0' },
    ],
    routeToParent: { source: '10.77.0.11', device: 'eth0' },
    listeners: [
      { protocol: 'tcp', port: 22, address: '0.0.0.0', process: 'sshd', pid: 69, unit: 'ssh.service' },
      { protocol: 'tcp', port: 22, address: '::', process: 'sshd', pid: 69, unit: 'ssh.service' },
    ],
    sensors: [],
    units: {},
    kubernetesFiles: [],
  });
});

it('reads the parent of a cluster', () => {
  const facts = factsOf('parent-of-a-cluster');
  // The kernel's answer is the loopback device; what counts is the device that has the address.
  expect(facts.routeToParent).toEqual({ source: '10.77.0.10', device: 'eth0' });
  expect(facts.units).toEqual({
    containerd: { active: 'inactive', enabled: 'enabled' },
    kubelet: { active: 'active', enabled: 'enabled' },
  });
  const listener = (port: number) => facts.listeners.find((l) => l.port === port);
  expect(listener(10250)).toMatchObject({ address: '*', process: 'kubelet', unit: 'kubelet.service' });
  // A container's process has a cgroup, but no unit that one could stop.
  expect(listener(6443)).toEqual({
    protocol: 'tcp',
    port: 6443,
    address: '*',
    process: 'kube-apiserver',
    pid: 2835,
  });
  expect(facts.kubernetesFiles).toContain('/etc/kubernetes/admin.conf');
  expect(facts.ledger).toMatchObject({ entries: 17, nodeBefore: [], room: { role: 'parent' } });
});

it('tells how the cluster of a parent makes its packet rules, and its version, once there is one', () => {
  const file = '/etc/kmon/kubeadm-init.yaml';
  const init = ['[files]', `${file}:kubernetesVersion: "v1.36.3"`, `${file}:mode: "nftables"`, '[]'];
  const made = 'kubernetes-file=/etc/kubernetes/admin.conf';
  expect(told(made, ...init)).toMatchObject({ proxyMode: 'nftables', clusterVersion: 'v1.36.3' });
  for (const facts of [told(...init), told(made)]) {
    expect(facts.proxyMode).toBeUndefined();
    expect(facts.clusterVersion).toBeUndefined();
  }
});

describe('a laptop of somebody else', () => {
  const facts = factsOf('laptop');

  it('is a real computer', () => {
    expect(facts).toMatchObject({
      hostname: 'LAPTOP-7',
      loginUser: 'marie',
      model: 'ThinkPad X1 Carbon Gen 9',
      productUuid: '4c4c4544-0042-3510-8052-b4c04f4e3332',
      virtualization: 'none',
      os: { id: 'ubuntu', like: ['debian', 'rhel'], version: '24.04', name: 'Ubuntu 24.04.1 "Noble" $5' },
      // A 32 bit system on a 64 bit kernel takes 32 bit programs.
      architecture: 'armhf',
      container: false,
      mayRaiseLimits: true,
      swap: true,
      cgroup: 2,
      freeDiskBytes: 8471234 * 1024,
      freeInodes: 0,
      totalInodes: 0,
      sleep: { lid: false, prevented: false },
    });
  });

  it('has a battery that is not the one of its mouse', () => {
    expect(facts.battery).toEqual({ discharging: true, percent: 87 });
  });

  it('has sensors, each named once', () => {
    expect(facts.sensors).toEqual(['coretemp', 'acpitz']);
  });

  it('has links, loopback left out', () => {
    expect(facts.links).toEqual([
      {
        device: 'enp0s31f6',
        mac: '54:e1:ad:11:22:33',
        physical: true,
        wireless: false,
        up: false,
        mtu: 1500,
      },
      { device: 'tun0', mac: '', physical: false, wireless: false, up: false, mtu: 1420 },
      { device: 'wlp2s0', mac: 'a0:a4:c5:44:55:66', physical: true, wireless: true, up: true, mtu: 1500 },
    ]);
  });

  it('has addresses of every kind', () => {
    expect(facts.addresses).toEqual([
      { device: 'lo', address: '127.0.0.1', prefix: 8 },
      { device: 'wlp2s0', address: '192.168.1.57', prefix: 24 },
      { device: 'tun0', address: '10.8.0.6', prefix: 32 },
      { device: 'eth0', address: '172.17.0.1', prefix: 16 },
    ]);
  });

  it('has routes of a VPN, of several ways, and none that lead nowhere', () => {
    expect(facts.routes).toEqual([
      { destination: 'default', device: 'wlp2s0', via: '192.168.1.1' },
      { destination: '10.96.0.0/12', device: 'tun0' },
      { destination: '10.9.0.0/16', device: 'tun0', via: '10.8.0.5' },
      { destination: '192.168.1.0/24', device: 'wlp2s0' },
      { destination: '10.8.0.5', device: 'tun0' },
      { destination: '192.0.2.0/24', device: 'wlp2s0', via: 'fe80::1' },
    ]);
    expect(facts.routeToParent).toEqual({ source: '192.168.1.57', device: 'wlp2s0' });
  });

  it('has listeners, with the unit that can be stopped', () => {
    expect(facts.listeners).toEqual([
      {
        protocol: 'udp',
        port: 53,
        address: '127.0.0.53',
        process: 'systemd-resolve',
        pid: 601,
        unit: 'systemd-resolved.service',
      },
      { protocol: 'udp', port: 546, address: 'fe80::1a2b', process: 'NetworkManager', pid: 640 },
      { protocol: 'udp', port: 51820, address: '0.0.0.0' },
      {
        protocol: 'tcp',
        port: 10250,
        address: '*',
        process: 'k3s-agent',
        pid: 812,
        unit: 'k3s-agent.service',
      },
      { protocol: 'tcp', port: 9100, address: '127.0.0.1', process: 'my \\"odd\\" name', pid: 4321 },
      { protocol: 'tcp', port: 8080, address: '0.0.0.0', process: 'python3', pid: 5000 },
    ]);
  });

  it('has the socket units for which systemd holds ports', () => {
    const text = recording('laptop').replace(
      '\n[]\n\n[units]',
      `
tcp LISTEN 0 4096 *:9100 *:* users:(("node",pid=77,fd=3),("systemd",pid=1,fd=42))
tcp LISTEN 0 4096 [::1]:10256 [::]:* users:(("systemd",pid=1,fd=43))
tcp LISTEN 0 4096 *:2379 *:* users:(("systemd",pid=1,fd=44))

[]

[socketunits]
Listen=[::1]:10256 (Stream)
Id=a.socket

Listen=/run/b9100 (Stream)
Listen=9100 (Stream)
Listen=0.0.0.0:2379 (Datagram)
Id=b.socket

[]

[units]`,
    );
    expect(text).toContain('[socketunits]');
    const { listeners } = parseFacts(text, { sentAt: 0, receivedAt: 0 });
    const holder = (port: number) => listeners.find((l) => l.port === port && l.pid !== 4321);
    expect(holder(9100)).toMatchObject({ process: 'node', pid: 77, socketUnit: 'b.socket' });
    expect(holder(10256)).toMatchObject({ pid: 1, socketUnit: 'a.socket' });
    expect(holder(2379)).not.toHaveProperty('socketUnit');
  });

  it('has software of its owner', () => {
    expect(facts.units).toEqual({
      'k3s-agent': { active: 'active', enabled: 'enabled' },
      'snap.microk8s.daemon-kubelite': { active: 'inactive', enabled: 'masked' },
      'systemd-timesyncd': { active: 'active', enabled: 'enabled' },
      firewalld: { active: 'active', enabled: 'enabled' },
    });
    expect(facts.firewalls).toEqual(['ufw', 'firewalld']);
    expect(facts.timeSync).toEqual({ service: 'systemd-timesyncd', synchronized: true });
    expect(facts.aptLock).toEqual({
      file: '/var/lib/dpkg/lock-frontend',
      pid: 7001,
      process: 'unattended-upgr',
    });
    expect(facts.nameServers).toEqual(['127.0.0.53', '192.168.1.1']);
  });

  it('has a kernel that can do some things', () => {
    expect(facts.kernelFeatures).toEqual({
      overlay: 'present',
      br_netfilter: 'loadable',
      vxlan: 'missing',
      nf_conntrack: 'missing',
    });
  });
});

it('takes a machine that tells nothing', () => {
  expect(told()).toEqual({
    hostname: '',
    machineId: '',
    loginUser: '',
    model: '',
    productUuid: '',
    virtualization: '',
    os: { id: '', like: [], version: '', codename: '', name: '' },
    architecture: '',
    kernel: '',
    cpus: 0,
    memoryBytes: 0,
    memoryAvailableBytes: 0,
    freeDiskBytes: 0,
    freeInodes: 0,
    totalInodes: 0,
    addressing: [],
    sleep: { lid: false, prevented: false },
    otherKubernetes: [],
    fileSystems: {},
    unwritable: [],
    noexec: {},
    cgroup: 1,
    memoryCgroupOff: false,
    unfinishedPackages: [],
    dpkgStopped: false,
    container: false,
    mayRaiseLimits: false,
    swap: false,
    systemd: false,
    apt: false,
    links: [],
    addresses: [],
    routes: [],
    listeners: [],
    clockOffsetMs: 0,
    timeSync: {},
    kernelFeatures: {
      overlay: 'missing',
      br_netfilter: 'missing',
      vxlan: 'missing',
      nf_conntrack: 'missing',
    },
    nameServers: [],
    firewalls: [],
    packetRules: {},
    iptablesIsLegacy: false,
    units: {},
    sensors: [],
    kubernetesFiles: [],
  });
});

it('takes nonsense for what is not told', () => {
  const facts = told(
    'disk=stat: cannot read file system information',
    'clock=yesterday',
    'ledger=',
    'power=Mains,-,0,-,-',
    'resolves=',
    'cgroup-of=1',
    '[ip]',
    '1: eth0 inet 300.1.1.1/24',
    'default',
    'RTNETLINK answers: Network is unreachable',
    '[sockets]',
    'tcp LISTEN',
    '[units]',
    'ActiveState=active',
    '[packages]',
    'Version: 1.2.3',
    '[files]',
    '/proc/self/status:Cpus_allowed_list: two',
    '/proc/self/status:CapEff:\t0x1 << 24',
    '/proc/meminfo:MemTotal: -1 kB',
    '/lib/modules/6.1/modules.dep:overlay',
    '/etc/environment:HTTP_PROXY',
    '/etc/network/interfaces:iface eth0 inet dhcp',
    'grep: /etc/hosts: Is a directory',
    '[]',
  );
  expect(facts).toEqual(told());
});

it('maps the kernel’s names where there is no dpkg', () => {
  expect(['x86_64', 'aarch64', 'armv7l', 'riscv64'].map((m) => told(`machine=${m}`).architecture)).toEqual([
    'amd64',
    'arm64',
    'armhf',
    'riscv64',
  ]);
});

describe('the clock', () => {
  const offset = (lines: readonly string[], sentAt: number, receivedAt: number): number =>
    parseFacts([FACTS_BEGIN, ...lines, FACTS_END].join('\n'), { sentAt, receivedAt }).clockOffsetMs;
  const here = 1_795_237_100_000;
  const told = (ms: number, ...uptimes: readonly string[]): readonly string[] => [
    `clock=${here + ms}000000`,
    ...uptimes.map((seconds) => `uptime=${seconds} 3000.00`),
  ];

  it('is compared in the middle of the round trip', () => {
    expect(offset(told(100, '1700.10', '1700.50'), here, here + 600)).toBe(0);
    expect(offset(told(60_100, '1700.10', '1700.50'), here, here + 600)).toBe(60_000);
    expect(offset(told(100, '1700.10', '1700.50'), here + 5000, here + 5600)).toBe(-5000);
  });

  it('is as the machine tells it where nothing tells how long the look took', () => {
    for (const uptimes of [[], ['1700.10'], ['soon', 'later'], ['1700.50', '1700.10']])
      expect(offset(told(300, ...uptimes), here, here + 600)).toBe(0);
  });

  it('takes a date without nanoseconds for the middle of its second', () => {
    expect(offset(['clock=1795237100%N'], here, here + 1000)).toBe(0);
    expect(offset(['clock=1795237100'], here, here + 1000)).toBe(0);
  });
});

describe('marks', () => {
  const trip = { sentAt: 0, receivedAt: 0 };

  it('keep out what others print, also with CRLF', () => {
    const text = recording('laptop').replaceAll('\n', '\r\n');
    expect(parseFacts(text, trip)).toEqual(factsOf('laptop'));
  });

  it.each([
    ['nothing', '', undefined],
    ['no end', `${FACTS_BEGIN}\nhostname=a\nsh: 12: cut off\n`, 'sh: 12: cut off'],
    ['no begin', `hostname=a\n${FACTS_END}\n`, FACTS_END],
    ['the wrong order', `${FACTS_END}\n${FACTS_BEGIN}\n`, FACTS_BEGIN],
    ['another shell', 'csh: Badly placed ()s.\n', 'csh: Badly placed ()s.'],
  ])('are missing: %s', (_why, text, evidence) => {
    expect(() => parseFacts(text, trip)).toThrow(
      expect.objectContaining({
        code: 'command',
        message: 'the look at the machine did not run to its end',
        evidence,
      }),
    );
  });
});
