import { describe, expect, it } from 'vitest';
import {
  laptopCreateArgs,
  listArgs,
  machineCreateArgs,
  networkCreateArgs,
  volumeCreateArgs,
} from '../../../src/lab/container-engine-args.js';

const NETWORK = { name: 'kmon-one-ab12', lab: 'one', dir: '/home/a b', subnet: '10.77.0.0/24' };
const MACHINE = {
  lab: 'one',
  dir: '/home/a b',
  machine: 'child-1',
  network: 'kmon-one-ab12',
  address: '10.77.0.11',
  image: 'localhost/kmon-lab:1',
  limits: { openFiles: 20000, processes: 32768 },
  cgroups: 'v1',
} as const;

describe('making a network', () => {
  it('gives podman no DNS', () => {
    expect(networkCreateArgs('podman', NETWORK).join(' ')).toBe(
      'network create --driver bridge --subnet 10.77.0.0/24 --gateway 10.77.0.1 --label kmon.lab=one ' +
        '--label kmon.lab.dir=/home/a b --label kmon.lab.address=10.77.0.0/24 --disable-dns kmon-one-ab12',
    );
  });

  it('names the bridge where docker can and the kernel takes the name', () => {
    expect(networkCreateArgs('docker', NETWORK)).toContain('com.docker.network.bridge.name=kmon-one');
    expect(networkCreateArgs('docker', { ...NETWORK, lab: 'a-long-name' })).not.toContain('--opt');
    expect(networkCreateArgs('docker', NETWORK)).not.toContain('--disable-dns');
  });
});

describe('making a machine', () => {
  it('spells out what podman needs', () => {
    expect(machineCreateArgs('podman', { ...MACHINE, runtime: 'runc' }).join(' ')).toBe(
      '--runtime runc create --name kmon-one-child-1 --hostname child-1 --label kmon.lab=one ' +
        '--label kmon.lab.machine=child-1 --label kmon.lab.dir=/home/a b --label kmon.lab.address=10.77.0.11 ' +
        '--privileged --cgroupns=private --env container=podman --tmpfs /run:rw,exec,nosuid,nodev,mode=755 ' +
        '--tmpfs /tmp:rw,exec,nosuid,nodev,mode=1777 --volume kmon-one-child-1-var-lib:/var/lib:exec,suid,dev ' +
        '--network kmon-one-ab12 --ip 10.77.0.11 --ulimit nofile=20000:20000 --ulimit nproc=32768:32768 ' +
        '--stop-signal SIGRTMIN+3 --no-hosts --dns=none --systemd=false localhost/kmon-lab:1 /sbin/init',
    );
  });

  it('puts a guest into no network: its cable is laid when it runs', () => {
    const { network, ...guest } = MACHINE;
    expect(machineCreateArgs('podman', guest).join(' ')).toContain(' --network none --ulimit ');
    expect(machineCreateArgs('podman', guest)).not.toContain(network);
  });

  it('makes of a laptop what an address in the room takes, and nothing that runs', () => {
    const spec = { ...MACHINE, machine: 'guest-1-laptop', runtime: 'runc' };
    expect(laptopCreateArgs('podman', spec).join(' ')).toBe(
      '--runtime runc create --name kmon-one-guest-1-laptop --hostname guest-1-laptop --label kmon.lab=one ' +
        '--label kmon.lab.machine=guest-1-laptop --label kmon.lab.dir=/home/a b --label kmon.lab.address=10.77.0.11 ' +
        '--privileged --network kmon-one-ab12 --ip 10.77.0.11 --ulimit nofile=20000:20000 ' +
        '--ulimit nproc=32768:32768 --no-hosts --dns=none --systemd=false localhost/kmon-lab:1 sleep infinity',
    );
    expect(laptopCreateArgs('docker', spec).slice(-5)).toEqual([
      'localhost/kmon-lab:1',
      'setpriv',
      '--bounding-set=-sys_time',
      'sleep',
      'infinity',
    ]);
  });

  it('gives it a folder of this computer to read', () => {
    const args = machineCreateArgs('docker', {
      ...MACHINE,
      reads: { folder: '/home/a b', at: '/srv/internet' },
    });
    expect(args).toContain('/home/a b:/srv/internet:ro');
  });

  it('lets its init set no clock where docker makes it', () => {
    expect(machineCreateArgs('docker', MACHINE).slice(-4)).toEqual([
      'localhost/kmon-lab:1',
      'setpriv',
      '--bounding-set=-sys_time',
      '/sbin/init',
    ]);
  });

  it('leaves systemd to podman on cgroups v2 only, where inits do not share a hierarchy', () => {
    expect(machineCreateArgs('podman', { ...MACHINE, cgroups: 'v2' })).toContain('--systemd=always');
  });

  it('gives docker no option that it lacks', () => {
    const args = machineCreateArgs('docker', MACHINE);
    expect(args[0]).toBe('create');
    expect(args.filter((a) => /^--(systemd|no-hosts|dns|runtime)/.test(a))).toEqual([]);
    expect(args).toContain('kmon-one-child-1-var-lib:/var/lib');
    expect(args).toContain('container=docker');
  });
});

it('labels and lists by the lab', () => {
  expect(volumeCreateArgs('one', 'parent')).toEqual([
    'volume',
    'create',
    '--label',
    'kmon.lab=one',
    'kmon-one-parent-var-lib',
  ]);
  expect(listArgs('container', 'one').join(' ')).toBe(
    'container ls --quiet --all --filter label=kmon.lab=one',
  );
  expect(listArgs('network', 'one').join(' ')).toBe('network ls --quiet --filter label=kmon.lab=one');
});
