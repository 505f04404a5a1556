import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { KmonError } from '../../../../src/errors/kmon-error.js';
import { profileOf, staticAddress } from '../../../../src/resources/static-address/static-address.js';
import type { StaticAddressState } from '../../../../src/resources/static-address/static-address.js';
import { KEEPERS } from '../../../../src/resources/static-address/keeper.js';
import type { Command } from '../../../../src/shell/command.js';
import { HOSTILE } from '../examples.js';

const eth0 = { device: 'eth0', address: '192.0.2.11' } as const;
const NETWORKD = staticAddress({ ...eth0, keeper: 'systemd-networkd', profile: '10-eth0.network' });
const NETPLAN = staticAddress({ ...eth0, keeper: 'netplan', profile: 'ethernets lan' });
const MANAGER = staticAddress({ ...eth0, keeper: 'NetworkManager', profile: 'the-uuid' });

const LEASED = [
  String.raw`address 2: eth0    inet 192.0.2.11/24 metric 1024 brd 192.0.2.255 scope global dynamic eth0\       valid_lft 600sec preferred_lft 600sec`,
  'default default via 192.0.2.1 dev eth0 proto dhcp src 192.0.2.11 metric 1024 ',
  'dns 192.0.2.53 2001:db8::53 192.0.2.54',
  'search school.test',
];
const STATIC = [
  String.raw`address 2: eth0    inet 192.0.2.11/24 brd 192.0.2.255 scope global eth0\       valid_lft forever preferred_lft forever`,
  'default default via 192.0.2.1 dev eth0 proto static ',
];
const NO_FILES = ['kept type absent', 'kept absent-parent L2V0Yy94', 'trial type absent'];
const file = (which: string): readonly string[] =>
  ['type file', 'mode 0644', 'owner root:root', 'ids 0:0', 'mtime 1.0', 'sha256 ab', 'content YQ=='].map(
    (line) => `${which} ${line}`,
  );

function state(
  thing: typeof NETWORKD,
  ...lines: readonly (string | readonly string[])[]
): StaticAddressState {
  return thing.parse({ exitCode: 0, stdout: `${lines.flat().join('\n')}\n`, stderr: '', durationMs: 0 });
}

function sane({ script }: Command): string {
  expect(spawnSync('sh', ['-n'], { input: script, encoding: 'utf8' })).toMatchObject({
    status: 0,
    stderr: '',
  });
  return script;
}

/** What the script writes into a file, as its one printf says. */
function written(command: Command, path: string): string {
  const script = sane(command);
  const from = script.indexOf(`p=${path} `);
  expect(from).toBeGreaterThanOrEqual(0);
  const print = /(printf %s '[^']*') >"\$n"/.exec(script.slice(from))?.[1] ?? '';
  return spawnSync('sh', ['-c', print], { encoding: 'utf8' }).stdout;
}

describe('what a device has', () => {
  it('is a leased address with its prefix, preferred gateway, IPv4 name servers and search domains', () => {
    expect(state(NETWORKD, LEASED, 'default default via 192.0.2.2 metric 2000', NO_FILES)).toEqual({
      live: 'leased',
      prefix: 24,
      gateway: '192.0.2.1',
      nameServers: ['192.0.2.53', '192.0.2.54'],
      searches: ['school.test'],
      revert: false,
      made: 'none',
      files: {
        kept: { what: { type: 'absent' }, absentParents: ['/etc/x'], emptyParents: [], unfinished: false },
        trial: { what: { type: 'absent' }, absentParents: [], emptyParents: [], unfinished: false },
      },
    });
  });

  it('is leased too when the lease has no end, as whoever keeps it tells', () => {
    expect(state(NETWORKD, STATIC, 'lease', NO_FILES).live).toBe('leased');
    expect(state(NETWORKD, STATIC, NO_FILES).live).toBe('static');
  });

  it('is absent when it is another address, also one that begins alike', () => {
    const other = String.raw`address 2: eth0    inet 192.0.2.110/24 scope global dynamic eth0\ x`;
    expect(state(NETWORKD, other, NO_FILES)).toMatchObject({ live: 'absent', prefix: 0, gateway: null });
    expect(() => NETWORKD.change(state(NETWORKD, other, NO_FILES))).toThrow(KmonError);
  });

  it('tells what kmon has made of it', () => {
    expect(state(NETWORKD, STATIC, NO_FILES.slice(0, 2), file('trial')).made).toBe('trial');
    expect(state(NETWORKD, STATIC, file('kept'), 'trial type absent').made).toBe('kept');
    expect(state(MANAGER, LEASED).made).toBe('none');
    expect(state(MANAGER, STATIC, 'connection trial').made).toBe('trial');
    expect(() => state(MANAGER, STATIC, 'connection what')).toThrow(TypeError);
  });

  it('is satisfied when it is static and stays so after a restart', () => {
    expect(NETWORKD.satisfied(state(NETWORKD, STATIC, NO_FILES))).toBe(true);
    expect(NETWORKD.satisfied(state(NETWORKD, STATIC, NO_FILES.slice(0, 2), file('trial')))).toBe(false);
    expect(NETWORKD.satisfied(state(NETWORKD, LEASED, NO_FILES))).toBe(false);
  });
});

describe('systemd-networkd', () => {
  const found = state(NETWORKD, LEASED, NO_FILES);
  const DROP_IN = `# Written by kmon; \`kmon teardown\` removes it.
[Network]
DHCP=no
Address=192.0.2.11/24
Gateway=192.0.2.1
DNS=192.0.2.53
DNS=192.0.2.54
Domains=school.test
`;

  it('is given a drop-in that the next start of the machine does not know, and then one that stays', () => {
    const [kept, trial] = ['etc', 'run'].map((d) => `/${d}/systemd/network/10-eth0.network.d/zz-kmon.conf`);
    expect(written(NETWORKD.tryOut(found), trial ?? '')).toBe(DROP_IN);
    expect(NETWORKD.tryOut(found).script).toMatch(
      /\nnetworkctl reload\ni=0\nuntil .*grep -vq ' dynamic '; do\n/,
    );
    expect(NETWORKD.tryOut(found).script).not.toContain('/etc/');
    expect(written(NETWORKD.keep(found), kept ?? '')).toBe(DROP_IN);
    expect(NETWORKD.keep(found).script).toContain(`rm -f -- ${trial ?? ''}; rmdir -- `);
  });

  it('gets another gateway, or none', () => {
    const other = staticAddress({
      ...eth0,
      keeper: 'systemd-networkd',
      profile: 'a.network',
      gateway: '192.0.2.9',
    });
    expect(other.change(found).script).toContain('Gateway=192.0.2.9\n');
    expect(other.describe(found)).toBe(
      'make 192.0.2.11/24 of eth0 static, gateway 192.0.2.9, with systemd-networkd',
    );
    const none = { ...found, gateway: null };
    expect(NETWORKD.change(none).script).not.toContain('Gateway');
    expect(NETWORKD.describe(none)).toContain(', no gateway, ');
  });

  it('does not take a path for the name of a file', () => {
    const bad = () => staticAddress({ ...eth0, keeper: 'systemd-networkd', profile: '../x.network' });
    expect(bad).toThrow(TypeError);
  });
});

describe('netplan', () => {
  const found = state(NETPLAN, LEASED, NO_FILES);

  it('is given a file that only root may read and that is read last', () => {
    const text = `# Written by kmon; \`kmon teardown\` removes it.
network:
  version: 2
  ethernets:
    "lan":
      dhcp4: false
      addresses: ["192.0.2.11/24"]
      routes: [{"to":"0.0.0.0/0","via":"192.0.2.1"}]
      nameservers: {"addresses":["192.0.2.53","192.0.2.54"],"search":["school.test"]}
`;
    expect(written(NETPLAN.tryOut(found), '/run/netplan/99-kmon.yaml')).toBe(text);
    expect(NETPLAN.tryOut(found).script).toContain('chmod -- 0600 "$n"');
    expect(NETPLAN.tryOut(found).script).toMatch(/\nnetplan apply$/);
    expect(written(NETPLAN.keep(found), '/etc/netplan/99-kmon.yaml')).toBe(text);
  });

  it('is not told of name servers and gateways that there are not', () => {
    const { script } = NETPLAN.change({ ...found, gateway: null, nameServers: [], searches: [] });
    expect(script).not.toMatch(/routes|nameservers/);
    expect(NETPLAN.change({ ...found, searches: [] }).script).not.toContain('search');
  });
});

describe('NetworkManager', () => {
  const found = state(MANAGER, LEASED);

  it('copies the connection, in memory first', () => {
    const script = sane(MANAGER.tryOut(found));
    expect(script).toContain('nmcli connection clone --temporary uuid the-uuid kmon-eth0 ');
    expect(script).toContain(
      `nmcli connection modify --temporary id kmon-eth0 connection.interface-name eth0 connection.autoconnect-priority 999 ` +
        `ipv4.method manual ipv4.addresses 192.0.2.11/24 ipv4.gateway 192.0.2.1 ipv4.dns 192.0.2.53,192.0.2.54 ipv4.dns-search school.test`,
    );
    expect(script).toContain('nmcli --wait 30 connection up id kmon-eth0 ifname eth0');
    expect(sane(MANAGER.keep(found))).toBe('nmcli connection modify id kmon-eth0 connection.autoconnect yes');
  });

  it("has the owner's connection up before the copy goes", () => {
    const script = sane(MANAGER.back(found));
    expect(script.indexOf('connection up uuid the-uuid ifname eth0')).toBeGreaterThan(0);
    expect(script.indexOf('connection up')).toBeLessThan(script.indexOf('delete id kmon-eth0'));
  });
});

describe('going back', () => {
  const found = state(NETWORKD, LEASED, NO_FILES);
  const kept = state(NETWORKD, STATIC, file('kept'), 'trial type absent');

  it('takes away what kmon made, in either place, and waits for the lease', () => {
    const way = NETWORKD.restore(found, kept);
    if (way === 'nothing' || 'leave' in way) throw new Error('not a command');
    expect(way).toEqual(NETWORKD.back(found));
    const script = sane(way);
    for (const d of ['etc', 'run']) {
      const folder = `/${d}/systemd/network/10-eth0.network.d`;
      expect(script).toContain(`mv -f -- ${folder}/zz-kmon.conf ${folder}/.zz-kmon.conf.kmon-new`);
      // Only after it was applied: until then it says that this is not done.
      expect(script.indexOf(`rm -f -- ${folder}/.zz-kmon.conf.kmon-new`)).toBeGreaterThan(
        script.indexOf('systemctl restart systemd-networkd'),
      );
    }
    expect(script).toContain(`grep -F ' inet 192.0.2.11/' | grep -q ' dynamic '`);
  });

  it('is done when the settings are as found, also while nobody leases', () => {
    expect(NETWORKD.restore(found, found)).toBe('nothing');
    expect(NETWORKD.restore(found, state(NETWORKD, NO_FILES))).toBe('nothing');
  });

  it('is not done while it was not applied', () => {
    const half = state(NETWORKD, STATIC, NO_FILES, 'kept unfinished');
    expect(NETWORKD.restore(found, half)).toEqual(NETWORKD.back(found));
  });

  it('leaves an address that the owner made static himself meanwhile', () => {
    expect(NETWORKD.restore(found, state(NETWORKD, STATIC, NO_FILES))).toEqual({
      leave: 'made static since by somebody else',
    });
    expect(MANAGER.restore(state(MANAGER, LEASED), state(MANAGER, STATIC))).toEqual({
      leave: 'made static since by somebody else',
    });
  });
});

it.each(KEEPERS)('asks %s about a device of any name by a script that sh accepts', (keeper) => {
  sane(profileOf(keeper, HOSTILE));
});

it('has networkd configure the device once: a second time in the middle of the first may lose the address', () => {
  const found = state(NETWORKD, LEASED, NO_FILES);
  const back = sane(NETWORKD.back(found));
  expect(back.match(/networkctl/g)).toHaveLength(1);
  // Only when there is no lease after 20 s.
  expect(back).toContain(
    'if [ $i -eq 40 ]; then if systemctl --quiet is-active systemd-networkd; then systemctl restart systemd-networkd; fi; fi',
  );
});
