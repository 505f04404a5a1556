import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aptSource } from '../../../src/resources/apt-source.js';
import { directory } from '../../../src/resources/directory.js';
import { file } from '../../../src/resources/file.js';
import { guestDoor } from '../../../src/resources/guest-door.js';
import { hostsEntry } from '../../../src/resources/hosts-entry.js';
import { loopbackAddress } from '../../../src/resources/loopback-address.js';
import { reversibleFor } from '../../../src/resources/registry.js';
import type { Json, Resource } from '../../../src/resources/resource.js';
import { route } from '../../../src/resources/route.js';
import { sysctl } from '../../../src/resources/sysctl.js';
import { vxlan } from '../../../src/resources/vxlan.js';
import { vxlanPeer } from '../../../src/resources/vxlan-peer.js';
import { HOSTILE } from './examples.js';
import { OVERLAY, OVERLAY_DEVICE, OVERLAY_PEER } from './overlay.js';
import { canBePrivate, PrivateMachine } from './private-machine.js';

interface Case {
  readonly about: string;
  readonly thing: Resource;
  /** What the owner has. */
  readonly owner?: string;
}

const HOSTS = hostsEntry({ entries: [{ address: '10.77.0.9', names: ['kmon-parent', 'pc-9'] }] });
const CONF = file({ path: '/etc/x.conf', content: HOSTILE, mode: '0600' });

const BY_OVERLAY = {
  destination: '10.244.2.0/24',
  via: '10.244.2.0',
  device: 'kmon-vxlan',
  onlink: true,
} as const;

const CASES: readonly Case[] = [
  { about: 'a new file in new folders', thing: file({ path: '/etc/a/b/c/x.conf', content: 'x' }) },
  { about: 'a new file beside others', thing: CONF, owner: 'echo 1 >/etc/y.conf' },
  { about: 'an empty file', thing: file({ path: '/etc/empty', content: '' }) },
  { about: 'a path that a shell would read', thing: file({ path: `/opt/$(id)/it's "q" -n`, content: 'x' }) },
  {
    about: 'a file of the owner with its mode, owner and time',
    thing: CONF,
    owner: String.raw`printf 'a\000b\377 no feed' >/etc/x.conf; chmod 0751 /etc/x.conf; touch -d @1000000.25 /etc/x.conf`,
  },
  { about: 'an empty file of the owner', thing: CONF, owner: ': >/etc/x.conf' },
  { about: 'a link of the owner', thing: CONF, owner: 'ln -s "/etc/it' + "'" + 's nowhere" /etc/x.conf' },
  {
    about: 'only the mode',
    thing: file({ path: '/etc/m', content: 'm\n', mode: '0600' }),
    owner: 'echo m >/etc/m',
  },
  { about: 'a new folder in new folders', thing: directory({ path: '/opt/a/b/c', mode: '0700' }) },
  {
    about: 'a folder of the owner',
    thing: directory({ path: '/opt/d', mode: '0700' }),
    owner: 'mkdir -m 0711 /opt/d; touch /opt/d/x',
  },
  { about: '/etc/hosts', thing: HOSTS },
  {
    about: "a second block in /etc/hosts beside the first, in either's place",
    thing: hostsEntry({ block: 'kmon-name', entries: [{ address: '127.0.1.1', names: ['pc-7'] }] }),
    owner: `printf '# BEGIN kmon\\n10.0.0.1 a\\n# END kmon\\n10.0.0.2 b' >/etc/hosts`,
  },
  {
    about: '/etc/hosts without a last line feed',
    thing: HOSTS,
    owner: `printf '127.0.0.1 a\\n\\n10.0.0.1 b' >/etc/hosts`,
  },
  { about: 'an empty /etc/hosts', thing: HOSTS, owner: ': >/etc/hosts' },
  {
    about: '/etc/hosts with Windows line ends',
    thing: HOSTS,
    owner: `printf '1.1.1.1 a\\r\\n1.1.1.2 b\\r\\n' >/etc/hosts`,
  },
  { about: '/etc/hosts with a mode and owner of its own', thing: HOSTS, owner: 'chmod 0600 /etc/hosts' },
  {
    about: '/etc/hosts that is a mount',
    thing: HOSTS,
    owner: 'echo 127.0.0.1 m >/run/h; touch /etc/hosts; mount --bind /run/h /etc/hosts',
  },
  {
    about: '/etc/hosts that is a link',
    thing: HOSTS,
    owner: 'mv /etc/hosts /etc/hosts.real; ln -s hosts.real /etc/hosts',
  },
  {
    about: 'forwarding, which switches others',
    thing: sysctl({ key: 'net.ipv4.ip_forward', value: '1' }),
    owner: `cd /proc/sys/net/ipv4; echo 0 >ip_forward; echo 1 >conf/lan0/forwarding; echo 0 >conf/all/accept_redirects`,
  },
  {
    about: 'a setting of several numbers',
    thing: sysctl({ key: 'net.ipv4.ip_local_port_range', value: '20000 30000' }),
  },
  {
    about: 'a setting of one link',
    thing: sysctl({ key: 'net.ipv4.conf.lan0.rp_filter', value: '2' }),
    owner: 'echo 1 >/proc/sys/net/ipv4/conf/lan0/rp_filter',
  },
  { about: 'a new route', thing: route({ destination: '10.244.1.0/24', via: '10.77.0.9', device: 'lan0' }) },
  {
    about: "a route in place of the owner's",
    thing: route({ destination: '10.244.1.0/24', via: '10.77.0.9' }),
    owner: 'ip route add 10.244.1.0/24 via 10.77.0.5 dev lan0 proto static',
  },
  {
    about: "a route beside one of the owner's",
    thing: route({ destination: '10.244.1.0/24', via: '10.77.0.9' }),
    owner: 'ip route add 10.244.1.0/24 via 10.77.0.5 metric 50',
  },
  { about: 'a route to nobody', thing: route({ destination: '10.244.1.0/24' }) },
  {
    about: "a route to nobody in place of the owner's",
    thing: route({ destination: '10.244.1.0/24' }),
    owner: 'ip route add 10.244.1.0/24 via 10.77.0.5',
  },
  { about: 'a route by an overlay', thing: route(BY_OVERLAY), owner: OVERLAY },
  { about: 'the address of a laptop', thing: loopbackAddress({ address: '192.0.2.12' }) },
  { about: 'a door of a guest', thing: guestDoor({ device: 'enp0s3', node: '192.0.2.12', port: 9100 }) },
  {
    about: "a door of a guest beside the owner's rules",
    thing: guestDoor({ device: 'enp0s3', node: '192.0.2.12', port: 9100 }),
    owner: `nft 'table ip nat { chain own { type nat hook prerouting priority dstnat; tcp dport 80 redirect to :8080; }; }'`,
  },
  { about: 'an overlay', thing: vxlan(OVERLAY_DEVICE) },
  {
    about: "an overlay beside one of the owner's",
    thing: vxlan(OVERLAY_DEVICE),
    owner: 'ip link add flannel.1 type vxlan id 1 dstport 8472; ip link set flannel.1 up',
  },
  { about: 'a peer in an overlay', thing: vxlanPeer(OVERLAY_PEER), owner: OVERLAY },
  {
    about: 'a source of packages',
    thing: aptSource({ name: 'own', line: 'https://p.test/ /', key: HOSTILE }),
  },
  {
    about: 'a source of packages without a folder for keys',
    thing: aptSource({ name: 'own', line: 'https://p.test/ /', key: 'k' }),
    owner: 'rmdir /etc/apt/keyrings',
  },
];

describe.skipIf(!canBePrivate)('restore(change(x)) is x, by real scripts', { timeout: 30_000 }, () => {
  let machine: PrivateMachine;
  beforeAll(async () => {
    machine = await PrivateMachine.start();
  });
  afterAll(() => {
    machine.stop();
  });

  it.each(CASES.map((c) => [c.about, c] as const))('%s', async (_about, { thing, owner }) => {
    const own = await PrivateMachine.start();
    try {
      if (owner !== undefined) own.sh(owner);
      const before = own.snapshot();
      const times = own.sh(`stat -c '%n %Y' /etc/x.conf 2>/dev/null || :`);
      const found = await state(own, thing);
      expect(own.snapshot(), 'a look changes nothing').toBe(before);
      expect(thing.satisfied(found)).toBe(false);
      expect(thing.restore(found, found)).toBe('nothing');

      await own.mutate('', thing.change(found));
      const changed = await state(own, thing);
      expect(thing.satisfied(changed), JSON.stringify(changed)).toBe(true);
      const made = own.snapshot();
      await own.mutate('', thing.change(changed));
      expect(own.snapshot(), 'a second change is none').toBe(made);

      // As after a crash: from what the ledger keeps, as JSON.
      const again = reversibleFor(thing.kind, copy(thing.params));
      const way = again.restore(copy(found), changed);
      if (way === 'nothing' || 'leave' in way) throw new Error(`not given back: ${JSON.stringify(way)}`);
      await own.mutate('', way);
      const after = await state(own, thing);
      expect(own.snapshot()).toBe(before);
      expect(own.sh(`stat -c '%n %Y' /etc/x.conf 2>/dev/null || :`)).toBe(times);
      expect(again.restore(copy(found), after)).toBe('nothing');
      // A second time does no harm: the connection may have broken before the answer came.
      await own.mutate('', way).catch(() => undefined);
      expect(again.restore(copy(found), await state(own, thing))).toBe('nothing');
    } finally {
      own.stop();
    }
  });

  it('leaves a file that somebody else changed, replaced or removed', async () => {
    for (const deed of [
      'echo mine >/etc/x.conf',
      'rm /etc/x.conf; ln -s y /etc/x.conf',
      'rm /etc/x.conf; mkdir /etc/x.conf',
    ]) {
      machine.sh('rm -rf /etc/x.conf');
      const found = await state(machine, CONF);
      await machine.mutate('', CONF.change(found));
      machine.sh(deed);
      expect(CONF.restore(found, await state(machine, CONF)), deed).toEqual({
        leave: 'changed since by somebody else',
      });
    }
    machine.sh('rm -rf /etc/x.conf');
  });

  it('keeps folders in which others have put something, and what they wrote in /etc/hosts', async () => {
    const deep = file({ path: '/opt/p/q/f', content: 'x' });
    const found = await state(machine, deep);
    await machine.mutate('', deep.change(found));
    machine.sh('echo mine >/opt/p/mine');
    await machine.mutate('', command(deep.restore(found, await state(machine, deep))));
    expect(machine.sh('find /opt/p | sort')).toBe('/opt/p\n/opt/p/mine\n');
    expect(deep.restore(found, await state(machine, deep))).toBe('nothing');

    const hosts = await state(machine, HOSTS);
    await machine.mutate('', HOSTS.change(hosts));
    machine.sh('echo 10.0.0.5 after >>/etc/hosts; sed -i 1i10.0.0.4\\ before /etc/hosts');
    await machine.mutate('', command(HOSTS.restore(hosts, await state(machine, HOSTS))));
    expect(machine.sh('cat /etc/hosts')).toBe('10.0.0.4 before\n127.0.0.1 localhost\n10.0.0.5 after\n');
    expect(HOSTS.restore(hosts, await state(machine, HOSTS))).toBe('nothing');

    const folder = directory({ path: '/opt/r' });
    const none = await state(machine, folder);
    await machine.mutate('', folder.change(none));
    machine.sh('touch /opt/r/mine');
    expect(folder.restore(none, await state(machine, folder))).toEqual({
      leave: 'others have put files there',
    });
  });

  it('takes an unfinished temporary file of its own away', async () => {
    const found = await state(machine, CONF);
    machine.sh('echo half >/etc/.x.conf.kmon-new');
    const now = await state(machine, CONF);
    await machine.mutate('', command(CONF.restore(found, now)));
    expect(machine.sh('ls -A /etc | grep kmon || :')).toBe('');
  });

  it('does not write through a link that somebody put where the temporary file goes', async () => {
    machine.sh('ln -s /root/victim /etc/.x.conf.kmon-new');
    await machine.mutate('', CONF.change(await state(machine, CONF)));
    expect(machine.sh('ls /root')).toBe('');
    expect(machine.sh('cat /etc/x.conf')).toBe(HOSTILE);
    machine.sh('rm /etc/x.conf');
  });

  it('cuts nothing off when somebody removed the end of the block in /etc/hosts', async () => {
    const found = await state(machine, HOSTS);
    await machine.mutate('', HOSTS.change(found));
    machine.sh(`sed -i '/END kmon/d' /etc/hosts; echo 10.0.0.6 last >>/etc/hosts`);
    await machine.mutate('', command(HOSTS.restore(found, await state(machine, HOSTS))));
    expect(machine.sh('tail -n 1 /etc/hosts')).toBe('10.0.0.6 last\n');
  });

  it('replaces neither a folder nor a file that is too large to be kept', async () => {
    machine.sh('mkdir /etc/x.conf');
    const folder = await state(machine, CONF);
    expect(() => CONF.change(folder)).toThrow(/is no file/);
    machine.sh('rmdir /etc/x.conf; head -c 1048577 /dev/zero >/etc/x.conf');
    const large = await state(machine, CONF);
    expect(() => CONF.change(large)).toThrow(/too large to be kept/);
    machine.sh('rm /etc/x.conf');
  });

  it('leaves a setting that somebody else set, and takes an absent one for satisfied only where it is optional', async () => {
    const key = 'net.ipv4.ip_default_ttl';
    const thing = sysctl({ key, value: '70' });
    expect(thing.restore({ value: '64', others: {} }, { value: '65', others: {} })).toEqual({
      leave: 'set to 65 since by somebody else',
    });
    const absent = sysctl({ key: 'net.kmon.none', value: '1' });
    const none = await state(machine, absent);
    expect(absent.satisfied(none)).toBe(false);
    expect(sysctl({ key: 'net.kmon.none', value: '1', optional: true }).satisfied(none)).toBe(true);
    await expect(async () => machine.mutate('', absent.change(none))).rejects.toMatchObject({
      evidence: expect.stringContaining('the kernel does not take 1') as string,
    });
  });
});

async function state<S extends Json>(machine: PrivateMachine, thing: Resource<S>): Promise<S> {
  return thing.parse(await machine.query(thing.read));
}

function copy(value: Json): Json {
  return JSON.parse(JSON.stringify(value)) as Json;
}

function command(way: ReturnType<Resource['restore']>) {
  if (way === 'nothing' || 'leave' in way) throw new Error(`not a command: ${JSON.stringify(way)}`);
  return way;
}
