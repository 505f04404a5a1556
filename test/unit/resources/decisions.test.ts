import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { directory } from '../../../src/resources/directory.js';
import { file } from '../../../src/resources/file.js';
import { guestDoor } from '../../../src/resources/guest-door.js';
import { kernelModule } from '../../../src/resources/kernel-module.js';
import { kmonFiles } from '../../../src/resources/kmon-files.js';
import { kubeadmNode } from '../../../src/resources/kubeadm-node.js';
import { loopbackAddress } from '../../../src/resources/loopback-address.js';
import type { Json, Restoration, Reversible } from '../../../src/resources/resource.js';
import { reversibleFor } from '../../../src/resources/registry.js';
import { route } from '../../../src/resources/route.js';
import { sleepInhibitor } from '../../../src/resources/sleep-inhibitor.js';
import { sysctl } from '../../../src/resources/sysctl.js';
import { targets } from '../../../src/resources/targets.js';
import { unit } from '../../../src/resources/unit.js';
import { vxlan } from '../../../src/resources/vxlan.js';
import { vxlanPeer } from '../../../src/resources/vxlan-peer.js';
import { OVERLAY_DEVICE, OVERLAY_PEER } from './overlay.js';

function parse<S extends Json>(thing: Reversible<S>, stdout: string): S {
  return thing.parse({ exitCode: 0, stdout, stderr: '', durationMs: 0 });
}

function script(way: Restoration): string {
  if (way === 'nothing' || 'leave' in way) throw new Error(`not a command: ${JSON.stringify(way)}`);
  expect(spawnSync('sh', ['-n'], { input: way.script, encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  });
  return way.script;
}

describe('file', () => {
  const path = '/etc/systemd/system/a.service';
  const none = { what: { type: 'absent' as const }, absentParents: [], emptyParents: [], unfinished: false };
  const older = {
    ...none,
    what: {
      ...{ type: 'file' as const, mode: '0644', owner: 'root:root', ids: '0:0', mtime: '1' },
      ...{ sha256: 'a'.repeat(64), content: '' },
    },
  };

  it('has systemd read a unit anew, but for a new one that is enabled right behind', () => {
    const followed = file({ path, content: '[Unit]\n', unit: true });
    expect(followed.change(none).script).not.toContain('daemon-reload');
    expect(followed.change(older).script).toContain('systemctl daemon-reload');
    expect(file({ path, content: '[Unit]\n' }).change(none).script).toContain('systemctl daemon-reload');
  });
});

describe('unit', () => {
  const thing = unit({ name: 'a.service', enabled: true, active: true });
  const state = (load: string, file: string, active: string) =>
    parse(thing, `LoadState ${load}\nUnitFileState ${file}\nActiveState ${active}\n`);
  const absent = state('not-found', '', 'inactive');
  const off = state('loaded', 'disabled', 'inactive');
  const on = state('loaded', 'enabled', 'active');

  it('takes a service that starts again by itself for active', () => {
    expect(state('loaded', 'enabled', 'activating').active).toBe(true);
    expect(state('loaded', 'enabled', 'failed').active).toBe(false);
  });

  it('is satisfied when both are as asked, and asks for no more than that', () => {
    expect(thing.satisfied(on)).toBe(true);
    expect(thing.satisfied(state('loaded', 'enabled', 'inactive'))).toBe(false);
    expect(thing.satisfied(absent)).toBe(false);
    expect(unit({ name: 'a.service', enabled: true }).satisfied(state('loaded', 'enabled', 'inactive'))).toBe(
      true,
    );
    expect(unit({ name: 'a.service', active: false, enabled: false }).satisfied(absent)).toBe(true);
  });

  it('does the same whatever is known of a unit that a package may have brought since', () => {
    expect(thing.change(absent)).toEqual(thing.change(off));
    // To enable reads the units anew.
    expect(thing.change(absent).script).toBe(
      'set -e\nsystemctl --quiet enable a.service\nsystemctl start a.service',
    );
    expect(unit({ name: 'a.service', active: true }).change(absent).script).toBe(
      'set -e\nsystemctl daemon-reload\nsystemctl start a.service',
    );
  });

  it('gives both back, each only when it differs', () => {
    expect(thing.restore(on, on)).toBe('nothing');
    expect(script(thing.restore(off, on))).toMatch(
      /systemctl stop a.service[^]*systemctl --quiet disable a.service/,
    );
    expect(script(thing.restore(on, off))).toMatch(
      /systemctl start a.service[^]*systemctl --quiet enable a.service/,
    );
    expect(script(thing.restore(state('loaded', 'enabled', 'inactive'), on))).not.toContain('disable');
    expect(script(thing.restore(state('masked', 'masked', 'inactive'), on))).toContain('mask a.service');
  });

  it('gives a unit that did not exist back by stopping and disabling it', () => {
    expect(script(thing.restore(absent, on))).toMatch(/stop[^]*disable/);
    expect(thing.restore(absent, off)).toBe('nothing');
    expect(thing.restore(absent, absent)).toBe('nothing');
    expect(thing.restore(on, absent)).toEqual({ leave: 'the unit is gone' });
  });
});

describe('kernel module', () => {
  const thing = kernelModule({ name: 'br-netfilter', evidence: ['/proc/sys/net/bridge'] });
  const none = parse(thing, '');

  it('counts what the kernel has, not what is loaded', () => {
    expect(thing.id).toBe('kernel module br_netfilter');
    expect(thing.satisfied(none)).toBe(false);
    expect(thing.satisfied(parse(thing, 'present'))).toBe(true);
    expect(thing.satisfied(parse(thing, 'filesystem'))).toBe(true);
    expect(thing.satisfied(parse(thing, 'part br_netfilter 0'))).toBe(true);
    expect(thing.satisfied(parse(thing, 'part bridge 1'))).toBe(false);
  });

  it('unloads what it loaded and what came with it, never what was there', () => {
    const found = parse(thing, 'part llc 1\n');
    const now = parse(thing, 'present\npart br_netfilter 0\npart bridge 1\npart stp 1\npart llc 2\n');
    const way = script(thing.restore(found, now));
    expect(way).toContain('rmmod br_netfilter');
    expect(way).toContain('for m in bridge stp;');
    expect(thing.restore(now, now)).toBe('nothing');
  });

  it('leaves one that is in use', () => {
    const now = parse(thing, 'present\npart br_netfilter 2\n');
    expect(thing.restore(none, now)).toEqual({ leave: 'still in use; it goes at the next boot' });
  });
});

describe('kubeadm node', () => {
  const thing = kubeadmNode({
    binDir: '/opt/kmon/bin',
    criSocket: 'unix:///run/c.sock',
    runtimeUnit: 'kmon-containerd.service',
  });
  const none = parse(thing, '');
  const node = parse(
    thing,
    'trace /etc/kubernetes/kubelet.conf\ntrace /etc/kubernetes/pki/ca.crt\npod\npod\n',
  );

  it('is reset by the kubeadm and the socket of the ledger', () => {
    const way = script(thing.restore(none, node));
    expect(way).toContain('/opt/kmon/bin/kubeadm reset --force --cri-socket unix:///run/c.sock');
    expect(way).toContain('ctr --address /run/c.sock ');
    expect(way).toContain('systemctl start kmon-containerd.service');
  });

  it('is reset while pods are left of it, too', () => {
    expect(node.pods).toBe(2);
    expect(thing.restore(none, none)).toBe('nothing');
    expect(script(thing.restore(none, parse(thing, 'pod\n')))).toContain('reset');
  });

  it('is never reset when it was a node before', () => {
    expect(thing.restore(node, node)).toBe('nothing');
    expect(thing.restore(node, parse(thing, 'trace /etc/kubernetes/kubelet.conf'))).toEqual({
      leave: 'the machine was a Kubernetes node before',
    });
  });
});

describe('kmon files', () => {
  const thing = kmonFiles();

  it('go only when the folder was not there', () => {
    const absent = parse(thing, 'type absent');
    const there = parse(thing, 'type directory\nmode 0755\nowner root:root\nids 0:0\n');
    expect(script(thing.restore(absent, there))).toContain('rm -rf --one-file-system -- /opt/kmon');
    expect(thing.restore(there, there)).toBe('nothing');
    expect(thing.restore(absent, absent)).toBe('nothing');
  });
});

describe('a folder of kmon', () => {
  it('is the one of the tools where a ledger of before names none', () => {
    expect(reversibleFor('kmon-files', {}).id).toBe('kmon files /opt/kmon');
    expect(reversibleFor('kmon-files', { folder: '/etc/kmon' }).id).toBe('kmon files /etc/kmon');
  });

  it('has no others below its settings: what a pod wrote there goes, also by a ledger of before', () => {
    const thing = directory({ path: '/etc/kmon/cni/net.d' });
    const absent = parse(thing, 'type absent');
    const full = parse(thing, 'type directory\nmode 0755\nowner root:root\nids 0:0\n');
    expect(script(thing.restore(absent, full))).toContain('rm -rf --one-file-system -- /etc/kmon/cni/net.d');
    expect(directory({ path: '/etc/kmon-of-mine' }).restore(absent, full)).toEqual({
      leave: 'others have put files there',
    });
  });
});

describe('targets', () => {
  const thing = targets();
  const none = parse(thing, '');
  const reached = parse(thing, 'active network-online.target\nactive wait-online.service\n');

  it('are stopped when they were not reached before, with what they started', () => {
    expect(script(thing.restore(none, reached))).toBe(
      'systemctl stop -- network-online.target wait-online.service',
    );
    expect(thing.restore(reached, reached)).toBe('nothing');
    expect(thing.restore(reached, none)).toBe('nothing');
  });

  it('stay while a running unit cannot be without them', () => {
    const needed = parse(thing, 'active network-online.target\nneeded network-online.target own.service\n');
    expect(thing.restore(none, needed)).toEqual({ leave: 'own.service needs network-online.target' });
  });
});

describe('sleep inhibitor', () => {
  const thing = sleepInhibitor();
  const state = (unitState: string, logind: string) =>
    parse(thing, `kmon-awake.service ${unitState}\nsystemd-logind.service ${logind}\n`);

  it('is not needed where nothing sends the machine to sleep', () => {
    expect(thing.satisfied(state('inactive', 'inactive'))).toBe(true);
    expect(thing.satisfied(state('inactive', 'active'))).toBe(false);
    expect(thing.satisfied(state('active', 'active'))).toBe(true);
    expect(script(thing.restore(state('inactive', 'active'), state('active', 'active')))).toContain('stop');
  });
});

describe('vxlan', () => {
  const thing = vxlan(OVERLAY_DEVICE);
  const LINK =
    '4: kmon-vxlan: <BROADCAST,MULTICAST,UP,LOWER_UP> mtu 1450 qdisc noqueue     link/ether 02:6b:0a:f4:01:00 brd ff:ff:ff:ff:ff:ff     vxlan id 27501 srcport 0 0 dstport 8472 nolearning ttl auto';
  const state = (link: string, ...addresses: readonly string[]) =>
    parse(thing, [`link ${link}`, ...addresses.map((a) => `address ${a}`)].join('\n'));
  const made = state(LINK, '10.244.1.0/32');
  const none = parse(thing, '');

  it('is satisfied with its own device only, when that is up and has its address alone', () => {
    expect(thing.satisfied(made)).toBe(true);
    expect(thing.satisfied(none)).toBe(false);
    expect(thing.satisfied(state(LINK))).toBe(false);
    expect(thing.satisfied(state(LINK, '10.244.1.0/32', '10.244.7.0/32'))).toBe(false);
    for (const [a, b] of [
      ['id 27501', 'id 1'],
      ['dstport 8472', 'dstport 4789'],
      [' nolearning', ''],
      ['mtu 1450', 'mtu 1500'],
      [':01:00', ':02:00'],
      [',UP,', ','],
    ] as const)
      expect(thing.satisfied(state(LINK.replace(a, b), '10.244.1.0/32')), b).toBe(false);
  });

  it('moves to the address of another range, and drops the old one', () => {
    const change = script(thing.change(state(LINK, '10.244.7.0/32')));
    expect(change).toContain('ip -4 address del 10.244.7.0/32 dev kmon-vxlan');
  });

  it('neither takes nor removes a link of that name that somebody else made', () => {
    const others = state(LINK.replace('id 27501', 'id 1'), '10.9.0.1/24');
    expect(() => thing.change(others)).toThrow('the name kmon-vxlan belongs to another network link');
    expect(thing.restore(none, others)).toBe('nothing');
    expect(thing.restore(others, others)).toBe('nothing');
    expect(script(thing.restore(none, made))).toContain('ip link delete dev kmon-vxlan');
  });
});

describe('vxlan peer', () => {
  const thing = vxlanPeer(OVERLAY_PEER);
  const state = (machine: string) =>
    parse(
      thing,
      `neighbour 10.244.2.0 lladdr 02:6b:0a:f4:02:00 PERMANENT \nforward 02:6b:0a:f4:02:00 dst ${machine} self permanent\n`,
    );

  it('is somewhere else when the machine has another address', () => {
    expect(thing.satisfied(state('10.77.0.9'))).toBe(true);
    expect(thing.satisfied(state('10.77.0.10'))).toBe(false);
    expect(thing.restore({ neighbours: [], forwards: [] }, { neighbours: [], forwards: [] })).toBe('nothing');
  });
});

describe('the address of a node', () => {
  const thing = loopbackAddress({ address: '192.0.2.12' });
  const lo = parse(thing, 'address 127.0.0.1/8\n');
  const has = parse(thing, 'address 127.0.0.1/8\naddress 192.0.2.12/32\n');

  it('stays where the owner had it, and is not looked for once it is gone', () => {
    expect([thing.satisfied(lo), thing.satisfied(has)]).toEqual([false, true]);
    expect(thing.restore(has, has)).toBe('nothing');
    expect(thing.restore(lo, lo)).toBe('nothing');
    expect(script(thing.restore(lo, has))).toContain('ip -4 address del 192.0.2.12/32 dev lo');
  });

  it("takes the place of kmon's own of before, and of none of the owner's", () => {
    const old = 'address 127.0.0.1/8\naddress 192.0.2.99/32\nmade 192.0.2.99/32\n';
    const both = `${old}address 192.0.2.12/32\nmade 192.0.2.12/32\n`;
    expect(thing.satisfied(parse(thing, both))).toBe(false);
    expect(
      thing.satisfied(parse(thing, `address 192.0.2.99/32\naddress 192.0.2.12/32\nmade 192.0.2.12/32\n`)),
    ).toBe(true);
    const changed = script(thing.change(parse(thing, both)));
    expect(changed).toContain('ip -4 address del 192.0.2.99/32 dev lo');
    expect(changed).not.toContain('del 192.0.2.12/32');
    expect(script(thing.change(lo))).not.toContain(' del ');
  });
});

describe('a door of a guest', () => {
  const thing = guestDoor({ device: 'enp0s3', node: '192.0.2.12', port: 9100 });
  const rule = (node: string): string =>
    `rule iifname "enp0s3" ip daddr != ${node} fib daddr type local tcp dport 9100 dnat to ${node}:9100\n`;
  const none = parse(thing, '');
  const made = parse(thing, rule('192.0.2.12'));

  it('is another one when the laptop has another address, or when there are two', () => {
    expect(thing.satisfied(none)).toBe(false);
    expect(thing.satisfied(made)).toBe(true);
    expect(thing.satisfied(parse(thing, rule('192.0.2.13')))).toBe(false);
    expect(thing.satisfied(parse(thing, rule('192.0.2.12') + rule('192.0.2.13')))).toBe(false);
  });

  it('names no address of the guest, which may be another one after the next start', () => {
    expect(thing.change(none).script).toContain('fib daddr type local');
    expect(
      thing.satisfied(parse(thing, 'rule ip daddr 10.0.2.15 tcp dport 9100 dnat to 192.0.2.12:9100\n')),
    ).toBe(false);
  });

  it('goes with its table', () => {
    expect(thing.restore(none, none)).toBe('nothing');
    expect(thing.restore(made, made)).toBe('nothing');
    expect(script(thing.restore(none, made))).toContain('nft delete table ip kmon-guest');
  });
});

describe('route', () => {
  it('leaves a route that somebody else took away, and one that somebody else made', () => {
    const thing = route({ destination: '10.244.1.0/24', via: '192.0.2.1' });
    const none = { routes: [] };
    const others = { routes: ['10.244.1.0/24 via 192.0.2.9 dev eth0'] };
    expect(thing.restore(others, none)).toBe('nothing');
    expect(thing.restore(none, others)).toBe('nothing');
  });

  it('does not take the state of a link for a part of the route', () => {
    const thing = route({ destination: '10.244.1.0/24', via: '192.0.2.1' });
    expect(parse(thing, 'route 10.244.1.0/24 via 192.0.2.1 dev eth0 proto static linkdown \n')).toEqual({
      routes: ['10.244.1.0/24 via 192.0.2.1 dev eth0 proto static'],
    });
  });
});

describe('sysctl', () => {
  it('gives nothing back where the key came or went with a module', () => {
    const thing = sysctl({ key: 'net.bridge.x', value: '1' });
    const absent = parse(thing, 'absent');
    const one = parse(thing, 'value 1');
    expect(thing.restore(absent, one)).toBe('nothing');
    expect(thing.restore(one, absent)).toBe('nothing');
  });

  it('refuses a key that is no key', () => {
    for (const key of ['', '../x', 'a b', 'net..x', '/etc/passwd']) {
      expect(() => sysctl({ key, value: '1' }), key).toThrow(TypeError);
    }
  });
});
