import { describe, expect, it } from 'vitest';
import { factsOf, told } from './recorded.js';

it('reads a laptop with Fedora', () => {
  const facts = factsOf('fedora-laptop');
  expect(facts).toMatchObject({
    os: {
      id: 'fedora',
      like: [],
      version: '41',
      codename: '',
      name: 'Fedora Linux 41 (Workstation Edition)',
    },
    architecture: 'amd64',
    virtualization: 'none',
    apt: false,
    systemd: true,
    cpus: 16,
    freeDiskBytes: 58231040 * 4096,
    // btrfs counts none.
    freeInodes: 0,
    totalInodes: 0,
    battery: { discharging: false, percent: 81 },
    sleep: { lid: true, onLidClose: 'suspend', onIdle: 'ignore', prevented: false },
    powerProfile: 'power-saver',
    firewalls: ['firewalld'],
    timeSync: { service: 'chronyd' },
    kernelFeatures: {
      overlay: 'present',
      br_netfilter: 'loadable',
      vxlan: 'loadable',
      nf_conntrack: 'loadable',
    },
    hostnameResolves: true,
  });
  // The default route of the VPN stands in a table of its own.
  expect(facts.routes.filter((r) => r.destination === 'default')).toEqual([
    { destination: 'default', device: 'tun0' },
    { destination: 'default', device: 'wlp3s0', via: '192.168.1.1' },
  ]);
  expect(facts.proxy).toBeUndefined();
});

it('reads a server with Ubuntu in a virtual machine', () => {
  const facts = factsOf('ubuntu-server');
  expect(facts).toMatchObject({
    virtualization: 'oracle',
    cpus: 3,
    // The fuller of two file systems.
    freeDiskBytes: 802341 * 4096,
    freeInodes: 5120,
    totalInodes: 65536,
    sleep: { lid: false, onLidClose: 'suspend', onIdle: 'ignore', prevented: true },
    hostnameResolves: false,
    firewalls: [],
    timeSync: { service: 'systemd-timesyncd', synchronized: true },
    otherKubernetes: [{ name: 'microk8s', running: true }],
  });
  expect(facts.listeners.find((l) => l.port === 9100)).toMatchObject({
    process: 'prometheus-node',
    unit: 'prometheus-node-exporter.service',
  });
});

it('takes the inodes of a disk that counts them', () => {
  expect(told('disk=9 4096 0 0', 'disk=10 4096 7 70')).toMatchObject({
    freeDiskBytes: 9 * 4096,
    freeInodes: 7,
    totalInodes: 70,
  });
});

it('reads a Raspberry Pi', () => {
  expect(factsOf('raspberry-pi')).toMatchObject({
    model: 'Raspberry Pi 4 Model B Rev 1.4',
    productUuid: '10000000a1b2c3d4',
    virtualization: 'none',
    architecture: 'arm64',
    cpus: 4,
    swap: true,
    sensors: ['cpu_thermal', 'rpi_volt'],
    powerProfile: 'balanced',
    kernelFeatures: {
      overlay: 'missing',
      br_netfilter: 'loadable',
      vxlan: 'present',
      nf_conntrack: 'missing',
    },
  });
});

describe('another Kubernetes', () => {
  it('runs by its unit or by the name of what listens, and is installed by what lies there', () => {
    expect(factsOf('debian-ifupdown').otherKubernetes).toEqual([{ name: 'k3s', running: true }]);
    expect(factsOf('laptop').otherKubernetes).toEqual([
      { name: 'k3s', running: true },
      { name: 'microk8s', running: false },
    ]);
    const unit = ['[units]', 'Id=rke2-server.service', 'LoadState=loaded', 'ActiveState=activating', '[]'];
    expect(told(...unit, 'other=k0s:/var/lib/k0s').otherKubernetes).toEqual([
      { name: 'rke2', running: true },
      { name: 'k0s', running: false },
    ]);
  });

  it('is minikube by the kubelet in a container, if it is minikube’s at all', () => {
    expect(told('other=minikube:/usr/bin/minikube', 'kubelet-in-docker=yes').otherKubernetes).toEqual([
      { name: 'minikube', running: true },
    ]);
    expect(told('kubelet-in-docker=yes').otherKubernetes).toEqual([]);
  });

  it('is none on the parent of a cluster of kmon’s', () => {
    expect(factsOf('parent-of-a-cluster').otherKubernetes).toEqual([]);
  });
});

describe('virtualization', () => {
  it.each([
    ['kvm', ['release=6.1', 'dmi=QEMU', 'model=Standard PC (Q35 + ICH9, 2009)']],
    ['vmware', ['dmi=VMware, Inc.', 'model=VMware Virtual Platform']],
    ['microsoft', ['dmi=Microsoft Corporation', 'model=Virtual Machine']],
    ['none', ['dmi=Microsoft Corporation', 'model=Surface Laptop 4']],
    ['vm-other', ['release=6.1', 'virtio=yes']],
    ['podman', ['container=podman', 'dmi=QEMU']],
    ['none', ['release=6.1']],
    ['', []],
  ])('is "%s" for %j', (name, lines) => {
    expect(told(...lines).virtualization).toBe(name);
  });
});
