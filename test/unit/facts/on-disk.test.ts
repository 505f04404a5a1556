import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseFacts } from '../../../src/facts/parse.js';
import { factsCommand } from '../../../src/facts/script.js';
import type { Facts } from '../../../src/facts/facts.js';

const { script } = factsCommand('192.0.2.1');
const SHELLS = [['dash'], ['bash', '--posix'], ['busybox', 'sh']].filter(
  ([shell = '']) => spawnSync(shell, ['-c', ':']).error === undefined,
);

/** A folder that the script takes for the whole disk of a machine; programs are the real ones, or these. */
let root: string;
let programs: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'kmon-facts-'));
  programs = join(root, 'programs');
  mkdirSync(programs);
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

function write(path: string, content: string): void {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), content);
}

function program(name: string, body: string): void {
  writeFileSync(join(programs, name), `#!/bin/sh\n${body}\n`);
  chmodSync(join(programs, name), 0o755);
}

/** What the script prints on that disk. */
function look(shell: readonly string[], env: NodeJS.ProcessEnv = {}): string {
  const moved = script.replaceAll(
    /(^|[\s"'=:(<])\/(?=\.dockerenv|(etc|proc|sys|run|var|home|lib|usr\/lib)\/)/gm,
    `$1${root}/`,
  );
  const [command = 'sh', ...args] = shell;
  const { stdout, stderr, status } = spawnSync(command, [...args, '-c', moved], {
    encoding: 'utf8',
    env: { PATH: `${programs}:${process.env['PATH'] ?? ''}`, ...env },
    timeout: 20_000,
    // A bash whose input is a socket takes itself for one that sshd has started, and reads .bashrc.
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  expect([status, stderr]).toEqual([0, '']);
  return stdout.replaceAll(root, '');
}

function facts(shell: readonly string[] = SHELLS[0] ?? ['sh'], env: NodeJS.ProcessEnv = {}): Facts {
  return parseFacts(look(shell, env), { sentAt: 0, receivedAt: 0 });
}

const ROOM = { id: 'room-1', name: 'a', parent: '10.0.0.1', role: 'child', by: 'ada@desk' };

/** Three entries as the engine writes them; the first one holds what looks like another's end. */
const LEDGER = [
  { id: 'file /x', kind: 'file', params: { path: '/x', made: '1' }, found: { content: ',"found":{}' } },
  { id: 'unit kubelet.service', kind: 'unit', params: { name: 'kubelet.service' }, found: { active: false } },
  { id: 'kubeadm node', kind: 'kubeadm-node', params: {}, found: { traces: [], pods: 0 } },
]
  .map((e, i) => ({ seq: i + 1, at: `2026-11-29T08:00:0${i}.000Z`, run: 'r', room: ROOM, stage: 's', ...e }))
  .map((e) => `${JSON.stringify(e)}\n`)
  .join('');

describe.each(SHELLS.map((words) => ({ name: words.join(' '), words })))('by $name', ({ words }) => {
  it('reads files that end without a newline, with CRLF, with NULs, and that are one huge line', () => {
    write('/proc/sys/kernel/hostname', 'pc-1');
    write('/etc/machine-id', '0123\r\n');
    write('/proc/device-tree/model', 'Raspberry Pi 4 Model B\0');
    write('/sys/class/dmi/id/product_uuid', 'ABCD\0');
    write('/etc/hosts', `127.0.0.1 ${'x'.repeat(65_536)}\r\n127.0.1.1\tpc-1.lan\tpc-1\r\n`);
    write('/etc/environment', `A=${'x'.repeat(65_536)}\nhttps_proxy=http://p.example:1\r`);
    write('/etc/systemd/logind.conf', '[Login]\n\0\0garbage\nHandleLidSwitch=ignore');
    mkdirSync(join(root, 'run/systemd/seats'), { recursive: true });
    // Somebody's own target of that name is no masked one.
    write('/etc/systemd/system/suspend.target', '[Unit]\n');
    write('/etc/os-release', 'ID=debian\r\nPRETTY_NAME="A \\"B\\" $5"');
    write('/proc/swaps', 'Filename Type Size Used Priority\n/dev/zram0 partition 1 0 100');
    expect(facts(words)).toMatchObject({
      hostname: 'pc-1',
      machineId: '0123',
      model: 'Raspberry Pi 4 Model B',
      productUuid: 'abcd',
      hostnameResolves: true,
      sleep: { onLidClose: 'ignore', prevented: false },
      proxy: { url: 'http://p.example:1', https: 'http://p.example:1', noProxy: [] },
      os: { id: 'debian', name: 'A "B" $5' },
      swap: true,
    });
  });

  it('passes by what would keep it waiting and what it may not read', () => {
    write('/proc/meminfo', 'MemTotal: 10 kB\n');
    write('/etc/apt/apt.conf.d/50x', 'Acquire::http::Proxy "http://a.example:1";\n');
    mkdirSync(join(root, 'etc/apt/apt.conf.d/40folder'));
    symlinkSync('/nonexistent', join(root, 'etc/apt/apt.conf.d/60gone'));
    expect(spawnSync('mkfifo', [join(root, 'etc/apt/apt.conf.d/10pipe')]).status).toBe(0);
    expect(facts(words)).toMatchObject({ memoryBytes: 10240, packageProxy: 'http://a.example:1' });
  });

  it('finds what is spread over files, and each thing once', () => {
    write('/sys/class/hwmon/hwmon0/name', 'coretemp\n');
    for (let i = 1; i < 9; i += 1) write(`/sys/class/hwmon/hwmon0/temp${i}_input`, '40000\n');
    write('/sys/class/hwmon/hwmon1/name', 'fan\n');
    write('/sys/class/hwmon/hwmon2/device/name', 'old\n');
    write('/sys/class/hwmon/hwmon2/device/temp1_input', '1\n');
    write('/sys/class/thermal/thermal_zone0/type', 'acpitz\n');
    write('/sys/class/thermal/thermal_zone0/temp', '1\n');
    write('/sys/class/input/input3/capabilities/sw', '1e\n');
    write('/sys/class/input/input5/capabilities/sw', '1 40b\n');
    write('/sys/firmware/acpi/platform_profile', 'balanced\n');
    write('/sys/class/power_supply/BAT0/type', 'Battery\n');
    write('/sys/class/power_supply/BAT0/status', 'Discharging\n');
    write('/sys/class/power_supply/BAT0/capacity', '55\n');
    mkdirSync(join(root, 'run/systemd/seats'), { recursive: true });
    mkdirSync(join(root, 'etc/systemd/system'), { recursive: true });
    symlinkSync('/dev/null', join(root, 'etc/systemd/system/sleep.target'));
    write('/run/systemd/inhibit/1', 'WHAT=idle\nMODE=block\n');
    write('/var/lib/dpkg/info/libc6:arm64.list', '');
    write('/var/snap/microk8s/current/x', '');
    write('/home/eve/.minikube/profiles/minikube/config.json', '{}');
    write('/var/lib/kmon/ledger.jsonl', LEDGER);
    write('/etc/kubernetes/admin.conf', '');
    write('/etc/kmon/kubeadm-init.yaml', 'kubernetesVersion: "v1.36.3"\nmode: "nftables"\n');
    write('/proc/sys/kernel/osrelease', '6.1.0\n');
    write('/lib/modules/6.1.0/modules.dep', 'kernel/fs/overlayfs/overlay.ko:\n');
    write('/sys/class/net/eth7/address', '02:00:00:00:00:07\n');
    write('/sys/class/net/eth7/operstate', 'up\n');
    write('/sys/class/net/eth7/mtu', '1500\n');
    write('/sys/class/net/eth7/phy80211/x', '');
    expect(look(words).match(/^sensor=coretemp$/gm)).toHaveLength(1);
    expect(facts(words)).toMatchObject({
      sensors: ['coretemp', 'old', 'acpitz'],
      battery: { discharging: true, percent: 55 },
      sleep: { lid: true, onLidClose: 'suspend', onIdle: 'ignore', prevented: true },
      powerProfile: 'balanced',
      proxyMode: 'nftables',
      clusterVersion: 'v1.36.3',
      architecture: 'arm64',
      otherKubernetes: [
        { name: 'microk8s', running: false },
        { name: 'minikube', running: false },
      ],
      ledger: {
        entries: 3,
        since: '2026-11-29T08:00:00.000Z',
        room: { id: 'room-1', name: 'a', parent: '10.0.0.1', role: 'child', by: 'ada@desk' },
        nodeBefore: [],
        kubelet: true,
        packages: false,
      },
      kernel: '6.1.0',
      kernelFeatures: { overlay: 'loadable', vxlan: 'missing' },
      links: [
        { device: 'eth7', mac: '02:00:00:00:00:07', physical: false, wireless: true, up: true, mtu: 1500 },
      ],
    });
  });

  it('names the process of a port that the workshop needs', () => {
    write('/proc/71/cgroup', '12:cpu:/\n1:name=systemd:/system.slice/ssh.service\n0::/\n');
    write('/proc/812/cgroup', '0::/system.slice/k3s-agent.service');
    const ss = (port: number): void => {
      program(
        'ss',
        `case $* in
*-p*) echo 'tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:* users:(("sshd",pid=71,fd=3))'
echo 'tcp LISTEN 0 128 *:${port} *:* users:(("k3s-agent",pid=812,fd=30),("k3s-agent",pid=812,fd=31))' ;;
*) echo 'tcp LISTEN 0 128 0.0.0.0:22 0.0.0.0:*'; echo 'tcp LISTEN 0 128 *:${port} *:*' ;; esac`,
      );
    };
    for (const port of [10250, 9100, 30900]) {
      ss(port);
      expect(facts(words).listeners).toEqual([
        { protocol: 'tcp', port: 22, address: '0.0.0.0', process: 'sshd', pid: 71, unit: 'ssh.service' },
        { protocol: 'tcp', port, address: '*', process: 'k3s-agent', pid: 812, unit: 'k3s-agent.service' },
      ]);
    }
    // The search for processes is what costs: not for a port of somebody else's.
    for (const port of [1025, 23790]) {
      ss(port);
      expect(facts(words).listeners.map((l) => [l.port, l.process])).toEqual([
        [22, undefined],
        [port, undefined],
      ]);
    }
  });

  // A busybox of one piece has its own ip, and no other: nothing can be put in its place.
  if (words[0] === 'busybox') return;
  it('asks ip once, and an ip without batches in the old way', () => {
    const own = '2: eth0    inet 192.0.2.5/24 brd 192.0.2.255 scope global eth0\\       valid_lft forever';
    const expected = {
      addresses: [{ device: 'eth0', address: '192.0.2.5', prefix: 24 }],
      routes: [{ destination: 'default', device: 'eth0', via: '192.0.2.254' }],
      routeToParent: { source: '192.0.2.5', device: 'eth0' },
    };
    program(
      'ip',
      `echo "$*" >>'${root}/asked'; cat >'${root}/batch'
echo '192.0.2.1 dev eth0 src 192.0.2.5 uid 0 \\    cache '; echo '${own}'; echo 'default via 192.0.2.254 dev eth0'`,
    );
    expect(facts(words)).toMatchObject(expected);
    expect(readFileSync(join(root, 'asked'), 'utf8')).toBe('-o -4 -force -batch -\n');
    expect(readFileSync(join(root, 'batch'), 'utf8')).toBe(
      'route get 192.0.2.1\naddress show\nroute show table all type unicast\n',
    );
    program(
      'ip',
      `case $* in *-batch*) exit 1 ;; *address*) echo '${own}' ;; *get*) echo '192.0.2.1 dev eth0  src 192.0.2.5' ;;
*) echo 'default via 192.0.2.254 dev eth0' ;; esac`,
    );
    expect(facts(words)).toMatchObject(expected);
  });
});

describe('the resolver', () => {
  it.each([
    [0, true],
    [2, false],
    [124, false],
    [1, undefined],
    [127, undefined],
  ])('that ends with %i says %s', (code, resolves) => {
    write('/proc/sys/kernel/hostname', 'pc-1\n');
    write('/etc/hosts', '127.0.0.1 localhost # pc-1\n# pc-1\n#127.0.1.1 pc-1\n127.0.0.1 pc-10\n');
    program('getent', `exit ${code}`);
    expect(facts().hostnameResolves).toBe(resolves);
  });

  it('is not asked when /etc/hosts knows, and has a second', () => {
    write('/proc/sys/kernel/hostname', 'pc-1\n');
    write('/etc/hosts', '127.0.0.1 pc-1');
    program('getent', `echo asked >'${root}/asked'`);
    program('timeout', `echo "$*" >'${root}/asked'`);
    expect(facts().hostnameResolves).toBe(true);
    expect(() => readFileSync(join(root, 'asked'))).toThrow();
    // A list of hosts to block is not read to its end; whoever resolves names does that better.
    write('/etc/hosts', `${'0.0.0.0 ads.example\n'.repeat(300)}127.0.0.1 pc-1\n`);
    facts();
    expect(readFileSync(join(root, 'asked'), 'utf8')).toBe('1 getent ahosts pc-1\n');
  });
});

it('lets no secret leave the machine', () => {
  write(
    '/run/NetworkManager/system-connections/netplan-x.nmconnection',
    '[connection]\nuuid=1-2\n[wifi-security]\npsk=hunter2\npsk=proxy-hunter2\n[802-1x]\nidentity=hunter2\n',
  );
  write(
    '/etc/network/interfaces',
    'iface wlan0 inet dhcp\n  wpa-psk proxyhunter2\n  wpa-psk "a proxy hunter2"\n',
  );
  write('/etc/environment', 'HTTP_PROXY="http://joe:hunter2@p.example:1"\nTOKEN=hunter2\n');
  write('/etc/apt/apt.conf.d/1', 'Acquire::http::Proxy "http://joe:hun/ter2@q.example:2";\n');
  write(
    '/etc/systemd/system.conf',
    'DefaultEnvironment="https_proxy=http://j:hunter2@h@s.example:3" NO_PROXY=a\n',
  );
  const said = look(SHELLS[0] ?? ['sh']);
  expect(said).not.toMatch(/hunter2|hun\/|ter2|psk|joe/);
  expect(parseFacts(said, { sentAt: 0, receivedAt: 0 })).toMatchObject({
    proxy: { url: 'http://p.example:1' },
    packageProxy: 'http://q.example:2',
  });
});

describe('control groups', () => {
  const CGROUPS = `#subsys_name\thierarchy\tnum_cgroups\tenabled
cpuset\t3\t7\t1
cpu\t1\t7\t1
memory\t0\t42\t0
pids\t8\t1\t1
`;
  it('v1: those that are on, and mounted', () => {
    write('/proc/cgroups', CGROUPS);
    for (const name of ['cpuset', 'cpu', 'memory']) {
      mkdirSync(join(root, 'sys/fs/cgroup', name), { recursive: true });
    }
    write('/proc/cmdline', 'root=/dev/mmcblk0p2 cgroup_disable=memory quiet\n');
    expect(facts()).toMatchObject({ cgroup: 1, cgroupControllers: ['cpuset', 'cpu'], memoryCgroupOff: true });
  });

  it('v2: those that the kernel names, maybe none', () => {
    write('/proc/cgroups', CGROUPS);
    write('/sys/fs/cgroup/cgroup.controllers', 'cpuset cpu io memory pids\n');
    write('/proc/cmdline', 'cgroup_disable=pressure\n');
    expect(facts()).toMatchObject({
      cgroup: 2,
      cgroupControllers: ['cpuset', 'cpu', 'io', 'memory', 'pids'],
      memoryCgroupOff: false,
    });
    write('/sys/fs/cgroup/cgroup.controllers', '\n');
    expect(facts().cgroupControllers).toEqual([]);
  });

  it('says nothing of what it cannot see', () => {
    expect(facts().cgroupControllers).toBeUndefined();
  });
});

it('knows what is mounted noexec, by what was mounted last', () => {
  const mounts = (...lines: readonly string[]) => {
    write('/proc/self/mounts', `${lines.join('\n')}\n`);
    return facts().noexec;
  };
  const [main, sub] = ['/dev/sda2 / ext4 rw,relatime 0 0', 'proc /proc proc rw,nosuid,noexec 0 0'];
  expect(mounts(main, sub, 'tmpfs /opt/other tmpfs rw,noexec 0 0', 't /varied tmpfs rw,noexec 0 0')).toEqual(
    {},
  );
  expect(
    mounts(main, '/dev/sda3 /var ext4 rw,nosuid,nodev,noexec 0 0', '/dev/sda4 /opt xfs noexec,rw 0 0'),
  ).toEqual({
    '/opt/kmon/bin': '/opt',
    '/opt/cni/bin': '/opt',
    '/var/lib/dpkg/info': '/var',
  });
  expect(mounts(main, '/dev/sda3 /var ext4 rw,noexec 0 0', '/dev/sdb /var/lib ext4 rw 0 0')).toEqual({});
});

it('knows what root cannot write, and the kind of file system', () => {
  mkdirSync(join(root, 'var/lib/kubelet'), { recursive: true });
  expect(Object.keys(facts().fileSystems)).toEqual(['/var/lib', '/var/lib/kubelet']);
  expect(Object.values(facts().fileSystems).join(' ')).toMatch(/^\S+ \S+$/);
  expect(facts().unwritable.filter((path) => path.startsWith('/var'))).toEqual([]);
});

describe('packet filters', () => {
  const save = (name: string, text: string) => {
    program(name, `echo ${name} >>'${root}/asked'\ncat <<'END'\n${text}\nEND`);
  };
  const asked = () => {
    try {
      return readFileSync(join(root, 'asked'), 'utf8').split('\n').filter(Boolean);
    } catch {
      return [];
    }
  };
  const RULES =
    '*filter\n:INPUT ACCEPT [0:0]\n:FORWARD DROP [7:9]\n-A FORWARD -j guard\n-A guard -j DROP\n-A x -j ACCEPT\nCOMMIT';
  beforeEach(() => {
    save('iptables-legacy-save', RULES);
    save('iptables-nft-save', RULES);
    save(
      'nft',
      'table inet own {\n\tchain f {\n\t\ttype filter hook forward priority 0; policy drop;\n\t\ttcp dport 1 accept\n\t}\n}',
    );
    write('/proc/modules', 'nf_conntrack 1 0 - Live 0x0\n');
  });

  it('are not asked where nobody made rules: that would load them', () => {
    write('/proc/net/ip_tables_names', 'nat\n');
    expect(facts().packetRules).toEqual({});
    expect(asked()).toEqual([]);
  });

  it('tell what drops', () => {
    write('/proc/net/ip_tables_names', 'nat\nfilter\nmangle\n');
    mkdirSync(join(root, 'sys/module/nf_tables'), { recursive: true });
    const told = 'policy INPUT ACCEPT\npolicy FORWARD DROP\nrule FORWARD -j guard\nrule guard -j DROP';
    expect(facts().packetRules).toEqual({
      'iptables-legacy': told,
      'iptables-nft': told,
      nftables:
        'iptables filter\ntable inet own {\nchain f {\ntype filter hook forward priority 0; policy drop;',
    });
    save('iptables-nft-save', "# Table \`filter' is incompatible, use 'nft' tool.");
    expect(facts().packetRules).not.toHaveProperty('iptables-nft');
    expect(facts().packetRules.nftables).toMatch(/^table inet own/);
  });
});

it('knows half-done packages, and which of them are of kmon', () => {
  const stanza = (name: string, state: string) =>
    `Package: ${name}\nStatus: ${state}\nPriority: optional\n\n`;
  write(
    '/var/lib/dpkg/status',
    [
      stanza('bash', 'install ok installed'),
      stanza('canteen', 'install ok half-configured'),
      stanza('gone', 'deinstall ok config-files'),
      stanza('stress-ng', 'install ok unpacked'),
      stanza('torn', 'install reinstreq half-installed'),
      'Package: liar\nStatus: install ok installed\nDescription: x\n Status: install ok unpacked\n\n',
    ].join(''),
  );
  expect(facts()).toMatchObject({
    unfinishedPackages: [
      { name: 'canteen', state: 'half-configured' },
      { name: 'stress-ng', state: 'unpacked' },
      { name: 'torn', state: 'half-installed' },
    ],
    dpkgStopped: false,
  });
  write('/var/lib/kmon/packages-0123456789ab', 'stress-ng\nlibx\n');
  write('/var/lib/dpkg/updates/0001', '');
  expect(facts().unfinishedPackages.map((p) => p.name)).toEqual(['canteen', 'torn']);
  expect(facts().dpkgStopped).toBe(true);
});

it('leaves a home on a file server alone', () => {
  write('/home/eve/.minikube/profiles/minikube/config.json', '{}');
  write('/proc/self/mounts', 'proc /proc proc rw 0 0\nserver:/home /home nfs4 rw 0 0\n');
  expect(facts().otherKubernetes).toEqual([]);
});

it('knows who holds the package manager', () => {
  write('/var/lib/dpkg/lock', '');
  write('/var/lib/dpkg/lock-frontend', '');
  write('/proc/77/comm', 'apt-get\n');
  mkdirSync(join(root, 'proc/77/fd'));
  mkdirSync(join(root, 'proc/78/fd'), { recursive: true });
  symlinkSync(join(root, 'var/lib/dpkg/lock-frontend'), join(root, 'proc/77/fd/4'));
  symlinkSync('/dev/null', join(root, 'proc/78/fd/4'));
  const { stdout } = spawnSync('stat', ['-c', '%i', join(root, 'var/lib/dpkg/lock-frontend')], {
    encoding: 'utf8',
  });
  const inode = stdout.trim();
  const lock = (pid: number, kind = 'POSIX  ADVISORY  WRITE', range = '0 EOF') => {
    write(
      '/proc/locks',
      `1: FLOCK  ADVISORY  WRITE 5 00:1a:9 0 EOF\n2: ${kind} ${pid} fe:00:${inode} ${range}\n`,
    );
  };
  lock(77);
  expect(facts().aptLock).toEqual({ file: '/var/lib/dpkg/lock-frontend', pid: 77, process: 'apt-get' });
  // The number of another file on another disk; a lock for reading; one of a part.
  for (const other of [
    () => {
      lock(78);
    },
    () => {
      lock(77, 'POSIX  ADVISORY  READ');
    },
    () => {
      lock(77, undefined, '8 9');
    },
  ]) {
    other();
    expect(facts().aptLock).toBeUndefined();
  }
});

it('starts few programs', () => {
  const real = new Set([
    'date',
    'id',
    'dpkg',
    'uname',
    'stat',
    'getent',
    'timeout',
    'ip',
    'ss',
    'grep',
    'sed',
    'cat',
    'systemctl',
    // The packet filters of the computer at hand, where it has some.
    'iptables-legacy-save',
    'iptables-nft-save',
    'nft',
  ]);
  for (const name of real) {
    const path = spawnSync('sh', ['-c', `command -v ${name}`], { encoding: 'utf8' }).stdout.trim();
    if (path !== '') program(name, `echo ${name} >>'${root}/started'\nexec ${path} "$@"`);
  }
  // A name that /etc/hosts does not know, units, a port in use, proxies with passwords: whatever may need one more.
  write('/proc/sys/kernel/hostname', 'pc-1\n');
  write('/etc/environment', 'http_proxy=http://a:b@p.example:1\n');
  write('/etc/systemd/system/docker.service', '');
  write('/var/lib/kmon/ledger.jsonl', '{}\n');
  write('/proc/locks', '1: POSIX  ADVISORY  WRITE 5 00:1a:9 0 EOF\n');
  write('/var/lib/dpkg/status', 'Package: bash\nStatus: install ok installed\n');
  mkdirSync(join(root, 'run/systemd/system'), { recursive: true });
  facts(undefined, { LOGNAME: 'student' });
  const started = readFileSync(join(root, 'started'), 'utf8').trim().split('\n');
  expect(started.length, started.join(' ')).toBeLessThanOrEqual(18);
  const times = (name: string): number => started.filter((s) => s === name).length;
  expect(times('ip')).toBe(1);
  expect(times('date')).toBe(1);
  expect(times('grep')).toBeLessThanOrEqual(4);
});
