import { chmod, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ROOM, mistakes, place, placeForEach } from './written-file.js';

placeForEach();

describe('mistakes', () => {
  it('are all told at once, in the order of the file', async () => {
    const told = await mistakes(`rooom: atelier-1
ssh: { user: student, prot: 22 }
parent: 192.168.1.10
children:
  - 192.168.1.10
  - { address: 192.168.1.12, name: PC_12 }
kubernetes: { version: 1.30 }
`);
    expect(told.map((line) => line.split(': ').slice(0, 2).join(': '))).toEqual([
      'kmon.yaml:1:1: unknown key rooom (did you mean room?)',
      'kmon.yaml:2:23: unknown key ssh.prot (did you mean port?)',
      'kmon.yaml:5:5: children[0] has the address of parent, 192.168.1.10',
      expect.stringContaining('kmon.yaml:6:36: children[1].name must be a name of small letters') as string,
      expect.stringContaining(
        'kmon.yaml:7:24: kubernetes.version must be a minor version in quotes',
      ) as string,
    ]);
  });

  const address = 'an IPv4 address that the other machines can reach (a name for SSH is its host)';
  const cases: readonly (readonly [why: string, yaml: string, expected: string | RegExp])[] = [
    ['an empty file', '', /^kmon.yaml:1:1: the file is empty: it must be a map of room, parent/],
    ['a list', '- a\n', /^kmon.yaml:1:1: the file is no map of keys/],
    ['broken YAML', 'room: [a\n', /^kmon.yaml:2:1: this is not valid YAML: flow sequence .* end with a \]$/],
    ['an unknown tag', 'room: !secret x\n', /not valid YAML: unresolved tag: !secret/],
    ['two documents', `${ROOM}---\n${ROOM}`, /^kmon.yaml:3:1: this is not valid YAML/],
    ['no parent', 'room: r\n', /^kmon.yaml:1:1: parent is missing: it must be one machine/],
    ['no room', 'parent: 10.0.0.1\n', /^kmon.yaml:1:1: room is missing/],
    [
      'two parents in a list',
      'room: r\nparent: [10.0.0.1, 10.0.0.2]\n',
      /^kmon.yaml:2:9: parent must be one machine, since a room has one parent: .*, not a list of 2$/,
    ],
    ['two parents', `${ROOM}parent: 10.0.0.2\n`, 'kmon.yaml:3:1: parent is written twice (first on line 2)'],
    [
      'a key twice further in',
      `${ROOM}ssh:\n  user: a\n  user: b\n`,
      'kmon.yaml:5:3: ssh.user is written twice (first on line 4)',
    ],
    ['a key that is no text', `${ROOM}1: x\n`, 'kmon.yaml:3:1: a key of the file must be plain text'],
    [
      '__proto__',
      `${ROOM}__proto__: { a: 1 }\n`,
      /^kmon.yaml:3:1: unknown key __proto__ \(known here: room, kmon, ssh/,
    ],
    ['an alias', `room: &r r\nparent: *r\n`, 'kmon.yaml:2:9: parent refers to *r: write the value itself'],
    [
      'a mirror that is no address',
      `${ROOM}mirrors: { packages: { kubernetes: mirror.example } }\n`,
      'kmon.yaml:3:36: mirrors.packages.kubernetes must be an https address such as https://mirror.example/kubernetes, without a name and a password, not "mirror.example"',
    ],
    [
      'a mirror of packages without TLS',
      `${ROOM}mirrors: { packages: { docker: "http://mirror.example" } }\n`,
      /^kmon.yaml:3:32: mirrors.packages.docker must be an https address/,
    ],
    [
      'a mirror with a password, which is not shown',
      `${ROOM}mirrors: { images: { quay.io: "https://marie:geheim@mirror.example" } }\n`,
      /^kmon.yaml:3:\d+: mirrors.images.*quay.io.* must be an address such as .*, without a name and a password, not "https:\/\/\*\*\*@mirror.example"$/,
    ],
    [
      'a mirror with a question',
      `${ROOM}mirrors: { images: { quay.io: "https://mirror.example/?a=b" } }\n`,
      /must be an address such as/,
    ],
    [
      'a mirror of an unknown registry',
      `${ROOM}mirrors: { images: { qay.io: "https://mirror.example" } }\n`,
      /^kmon.yaml:3:22: unknown key mirrors.images.*qay.io.* \(did you mean quay.io\?\)$/,
    ],
    [
      'a mirror of nothing',
      `${ROOM}mirrors: https://mirror.example\n`,
      'kmon.yaml:3:10: mirrors must be a map such as {images: {registry.k8s.io: https://mirror.example}}, not "https://mirror.example"',
    ],
    [
      'a key of another map',
      `${ROOM}version: "1.36"\n`,
      'kmon.yaml:3:1: unknown key version (it belongs to kubernetes)',
    ],
    [
      'another kind of child',
      `${ROOM}children: [{ address: 10.0.0.1, kind: watched }]\n`,
      'kmon.yaml:3:39: children[0].kind must be "node" or "observed", not "watched"',
    ],
    [
      'another kind of node',
      `${ROOM}children: [{ address: 10.0.0.1, node: vm }]\n`,
      'kmon.yaml:3:39: children[0].node must be "machine" or "guest", not "vm"',
    ],
    [
      'a guest that is only observed, as a computer of any system is',
      `${ROOM}children: [{ address: 10.0.0.1, exporter: 9100, kind: observed, node: guest }]\n`,
      /^kmon.yaml:3:71: children\[0\] is observed, .* node: guest is for a Linux that joins the cluster: leave one of the two out$/,
    ],
    [
      'a guest, and routes by name',
      `${ROOM}children: [{ address: 10.0.0.1, node: guest }]\nkubernetes: { network: routes }\n`,
      /^kmon.yaml:4:24: kubernetes.network is routes, and children\[0\] is a guest: packets of pods do not pass the laptop, .*; write network: vxlan$/,
    ],
    [
      'an exporter of a node',
      `${ROOM}children: [{ address: 10.0.0.1, exporter: 9100 }]\n`,
      /^kmon.yaml:3:43: children\[0\] has an exporter and is a node/,
    ],
    [
      'an observed computer without the port of its exporter',
      `${ROOM}children: [{ address: 10.0.0.1, kind: observed }]\n`,
      'kmon.yaml:3:39: children[0] is observed, and the port of its exporter is not said: write exporter: 9100 for node_exporter, exporter: 9182 for windows_exporter',
    ],
    [
      'an observed computer with the address of a node',
      `${ROOM}children: [10.0.0.1, { address: 10.0.0.1, kind: observed, exporter: 9100 }]\n`,
      /^kmon.yaml:3:33: children\[1\] has the address of children\[0\], 10.0.0.1: one computer, twice/,
    ],
    [
      'an observed computer with the name of a node',
      `${ROOM}children: [10.0.0.1, { address: 10.0.0.2, name: child-1, kind: observed, exporter: 9100 }]\n`,
      /^kmon.yaml:3:49: children\[1\] is named child-1 like children\[0\]/,
    ],
    [
      'another spelling',
      `${ROOM}kubernetes: { pod_subnet: 10.1.0.0/16 }\n`,
      'kmon.yaml:3:15: unknown key kubernetes.pod_subnet (did you mean podSubnet?)',
    ],
    [
      'values for a chart that is not installed',
      `${ROOM}monitoring: { values: kmon.yaml, profile: lite }\n`,
      'kmon.yaml:3:23: monitoring.values is for kube-prometheus-stack, and monitoring.profile is lite: write profile: stack, or leave the values out',
    ],
    [
      'values for a chart that may not be installed',
      `${ROOM}monitoring: { values: kmon.yaml }\n`,
      'kmon.yaml:3:23: monitoring.values is for kube-prometheus-stack: write profile: stack beside it, or leave the values out',
    ],
    [
      'a profile that there is none of, said once',
      `${ROOM}monitoring: { profile: stak, values: kmon.yaml }\n`,
      'kmon.yaml:3:24: monitoring.profile must be "auto" or "stack" or "lite" or "existing", not "stak"',
    ],
    [
      'values for a chart that is not installed, since one is there',
      `${ROOM}monitoring: { values: kmon.yaml, profile: existing }\n`,
      'kmon.yaml:3:23: monitoring.values is for kube-prometheus-stack, and monitoring.profile is existing: write profile: stack, or leave the values out',
    ],
    [
      'a Prometheus that is not used',
      `${ROOM}monitoring: { existing: { namespace: obs, service: prometheus }, profile: lite }\n`,
      "kmon.yaml:3:25: monitoring.existing says which Prometheus of somebody else's is used, and monitoring.profile is lite: write profile: existing, or leave it out",
    ],
    [
      'a Prometheus that may not be used',
      `${ROOM}monitoring: { existing: { namespace: obs, service: prometheus } }\n`,
      "kmon.yaml:3:25: monitoring.existing says which Prometheus of somebody else's is used: write profile: existing beside it, or leave it out",
    ],
    [
      'a Prometheus without its Service',
      `${ROOM}monitoring: { profile: existing, existing: { namespace: obs } }\n`,
      /monitoring\.existing\.service is missing: it must be the name of a Service/,
    ],
    [
      'a port of it that is none',
      `${ROOM}monitoring: { profile: existing, existing: { namespace: obs, service: p, port: 99999 } }\n`,
      /monitoring\.existing\.port must be a port from 1 to 65535, not the number 99999/,
    ],
    [
      'alerts that somebody else sends',
      `${ROOM}monitoring: { profile: existing, alerts: { webhook: { urlVariable: KMON_W } } }\n`,
      "kmon.yaml:3:42: monitoring.alerts is for an Alertmanager of kmon's, and monitoring.profile is existing: whoever keeps that Prometheus says where its alerts go; leave it out",
    ],
    [
      'a password for Grafana',
      `${ROOM}monitoring: { grafana: { password: hunter2 } }\n`,
      "kmon.yaml:3:26: unknown key monitoring.grafana.password (no password is written here: Grafana's is made at random, and you are told which file has it)",
    ],
    [
      'a password for Grafana under a name of its own',
      `${ROOM}monitoring: { grafanaPassword: hunter2 }\n`,
      "kmon.yaml:3:15: unknown key monitoring.grafanaPassword (no password is written here: Grafana's is made at random, and you are told which file has it)",
    ],
    [
      'a password',
      `${ROOM}ssh: { password: hunter2 }\n`,
      'kmon.yaml:3:8: unknown key ssh.password (did you mean passwordFile?)',
    ],
    [
      'a team for the parent',
      'room: r\nparent: { address: 10.0.0.1, team: red }\n',
      'kmon.yaml:2:30: unknown key parent.team (it belongs to children[])',
    ],
    [
      'no address',
      `${ROOM}children: [{ name: x }]\n`,
      `kmon.yaml:3:12: children[0].address is missing: it must be ${address}`,
    ],
    [
      'half an address',
      `${ROOM}children: [192.168.1]\n`,
      `kmon.yaml:3:12: children[0] must be ${address}, not "192.168.1"`,
    ],
    [
      'too large a byte',
      `${ROOM}children: [192.168.1.256]\n`,
      `kmon.yaml:3:12: children[0] must be ${address}, not "192.168.1.256"`,
    ],
    [
      'this very computer',
      `${ROOM}children: [localhost]\n`,
      `kmon.yaml:3:12: children[0] must be ${address}, not "localhost"`,
    ],
    [
      'a host name for an address',
      `${ROOM}children: [pc-12.lan]\n`,
      `kmon.yaml:3:12: children[0] must be ${address}, not "pc-12.lan"`,
    ],
    [
      'loopback',
      `${ROOM}children: [127.0.0.1]\n`,
      `kmon.yaml:3:12: children[0] must be ${address}, not "127.0.0.1"`,
    ],
    [
      'IPv6',
      `${ROOM}children: ["fe80::1"]\n`,
      `kmon.yaml:3:12: children[0] must be ${address}, not "fe80::1"`,
    ],
    [
      'an option for an address',
      `${ROOM}children: ["-oProxyCommand=x"]\n`,
      `kmon.yaml:3:12: children[0] must be ${address}, not "-oProxyCommand=x"`,
    ],
    [
      'a newline in an address',
      `${ROOM}children: ["10.0.0.1\\n10.0.0.2"]\n`,
      `kmon.yaml:3:12: children[0] must be ${address}, not "10.0.0.1\\n10.0.0.2"`,
    ],
    [
      'a number for a machine',
      `${ROOM}children: [7]\n`,
      /^kmon.yaml:3:12: children\[0\] must be a machine: .*, not the number 7$/,
    ],
    [
      'an empty place in a list',
      `${ROOM}children:\n  -\n`,
      /children\[0\] must be a machine: .*, not nothing$/,
    ],
    [
      'a range of children',
      `${ROOM}children: [192.168.1.11-14]\n`,
      `kmon.yaml:3:12: children[0] must be ${address}, not "192.168.1.11-14": kmon.yaml has each machine on its own; \`kmon new --children 192.168.1.11-14\` writes these 4`,
    ],
    [
      'a range with blanks, in a map',
      `${ROOM}children:\n  - address: 192.168.1.11 - 192.168.1.12\n`,
      /^kmon.yaml:4:14: children\[0\].address must be .*: kmon.yaml has each machine on its own; `kmon new --children '192.168.1.11 - 192.168.1.12'` writes these 2$/,
    ],
    [
      'children that are no list',
      `${ROOM}children: 192.168.1.11, 192.168.1.12\n`,
      /^kmon.yaml:3:11: children must be a list of machines, .*, not "192.168.1.11, 192.168.1.12": .*writes these 2$/,
    ],
    [
      'a child with its name in the same text',
      `${ROOM}children: ["192.168.1.11 pc-11 red"]\n`,
      /: write { address: 192.168.1.11, name: pc-11, team: red }$/,
    ],
    [
      'a network of children',
      `${ROOM}children: [192.168.1.0/24]\n`,
      /not "192.168.1.0\/24": a network has no children, name the machines in it/,
    ],
    [
      'an address with its prefix',
      `${ROOM}children: [192.168.1.11/24]\n`,
      /not "192.168.1.11\/24": leave the \/24 out, 192.168.1.11$/,
    ],
    [
      'a range of parents',
      'room: r\nparent: 192.168.1.10-11\n',
      /^kmon.yaml:2:9: parent must be .*, not "192.168.1.10-11": a room has one parent, so it takes no range$/,
    ],
    [
      'a range to connect to',
      `${ROOM}children: [{ address: 10.0.0.1, host: 10.0.0.1-4 }]\n`,
      /children\[0\].host must be an IPv4 address, a host name or a Host/,
    ],
    [
      'a team of two words',
      `${ROOM}children: [{ address: 10.0.0.1, team: Groupe A }]\n`,
      'kmon.yaml:3:39: children[0].team must be a word of letters, digits, dots, hyphens, at most 63, not "Groupe A": write groupe-a',
    ],
    [
      'a name in capitals',
      `${ROOM}children: [{ address: 10.0.0.1, name: PC 11 }]\n`,
      /children\[0\].name must be .*, not "PC 11": write pc-11$/,
    ],
    [
      'a room of two words',
      'room: Salle 204\nparent: 10.0.0.1\n',
      /^kmon.yaml:1:7: room must be .*, not "Salle 204": write Salle-204$/,
    ],
    [
      'the same child twice',
      `${ROOM}children: [10.0.0.2, 10.0.0.2]\n`,
      'kmon.yaml:3:22: children[1] has the address of children[0], 10.0.0.2: one computer, twice',
    ],
    [
      'a child that is the parent',
      `${ROOM}children: [192.168.1.10]\n`,
      'kmon.yaml:3:12: children[0] has the address of parent, 192.168.1.10: the parent cannot be its own child',
    ],
    [
      'one door for two',
      `${ROOM}children: [{address: 10.0.0.2, host: x}, {address: 10.0.0.3, host: X}]\n`,
      /children\[1\] is reached at the same host and port as children\[0\]/,
    ],
    [
      'the same name twice',
      `${ROOM}children: [{address: 10.0.0.2, name: parent}]\n`,
      'kmon.yaml:3:38: children[0] is named parent like parent: names must be unique',
    ],
    [
      'a name that is a default',
      `${ROOM}children: [10.0.0.2, {address: 10.0.0.3, name: child-1}]\n`,
      'kmon.yaml:3:48: children[1] is named child-1 like children[0]: names must be unique',
    ],
    [
      'a name that is taken',
      `${ROOM}children: [{address: 10.0.0.2, name: kmon-parent}]\n`,
      /children\[0\].name must be .* other than localhost and kmon-parent/,
    ],
    [
      'a port in quotes',
      `${ROOM}ssh: { port: "22" }\n`,
      'kmon.yaml:3:14: ssh.port must be a port number from 1 to 65535, not "22"',
    ],
    [
      'port 0',
      `${ROOM}ssh: { port: 0 }\n`,
      'kmon.yaml:3:14: ssh.port must be a port number from 1 to 65535, not the number 0',
    ],
    [
      'a number for a text',
      'room: 0x10\nparent: 10.0.0.1\n',
      'kmon.yaml:1:7: room must be a name of letters, digits, dots, hyphens, at most 63, not the number 0x10 (which YAML reads as 16): write it in quotes, "0x10"',
    ],
    [
      'version 1.30 without quotes',
      `${ROOM}kubernetes: { version: 1.30 }\n`,
      /not the number 1\.30 \(which YAML reads as 1\.3\): write it in quotes, "1\.30"$/,
    ],
    [
      'version 1.36 without quotes',
      `${ROOM}kubernetes: { version: 1.36 }\n`,
      /not the number 1\.36: write it in quotes, "1\.36"$/,
    ],
    [
      'a patch version',
      `${ROOM}kubernetes: { version: 1.36.2 }\n`,
      /must be a minor version in quotes .* not "1\.36\.2"$/,
    ],
    [
      'a version too old',
      `${ROOM}kubernetes: { version: "1.27" }\n`,
      /such as "1\.36": 1\.28 to 1\.37, not "1\.27"$/,
    ],
    ['a version too new', `${ROOM}kubernetes: { version: "1.38" }\n`, /1\.28 to 1\.37/],
    [
      'a network of another kind',
      `${ROOM}kubernetes: { network: calico }\n`,
      'kmon.yaml:3:24: kubernetes.network must be "flannel" or "routes" or "vxlan" or "auto", not "calico"',
    ],
    [
      'a range with host bits',
      `${ROOM}kubernetes: { podSubnet: 10.244.0.1/16 }\n`,
      /kubernetes.podSubnet must be a range from \/8 to \/24/,
    ],
    [
      'ranges that overlap',
      `${ROOM}kubernetes: { podSubnet: 10.100.0.0/16 }\n`,
      'kmon.yaml:3:26: kubernetes.serviceSubnet 10.96.0.0/12 overlaps kubernetes.podSubnet 10.100.0.0/16: they must have no address in common',
    ],
    [
      'a range over a machine',
      `${ROOM}kubernetes: { podSubnet: 192.168.0.0/16 }\n`,
      /podSubnet 192\.168\.0\.0\/16 holds 192\.168\.1\.10, the address of parent/,
    ],
    [
      'too small a range',
      `${ROOM}children: [10.0.0.2]\nkubernetes: { podSubnet: 10.244.0.0/24 }\n`,
      /has a \/24 for 1 of the room's 2 machines/,
    ],
    [
      'a hostile check name',
      `${ROOM}kubernetes: { ignorePreflight: ["Swap,all"] }\n`,
      /ignorePreflight\[0\] must be the name of a kubeadm preflight check/,
    ],
    [
      'a namespace of the system',
      `${ROOM}monitoring: { namespace: kube-system }\n`,
      /monitoring.namespace must be a namespace of its own/,
    ],
    [
      'a NodePort elsewhere',
      `${ROOM}monitoring: { prometheus: { nodePort: 9090 } }\n`,
      /prometheus.nodePort must be a port number from 30000 to 32767/,
    ],
    [
      'one NodePort for two',
      `${ROOM}monitoring: { grafana: { nodePort: 30090 } }\n`,
      'kmon.yaml:3:36: monitoring.grafana.nodePort is 30090 like monitoring.prometheus.nodePort: they must differ',
    ],
    [
      'yes for true',
      `${ROOM}monitoring: { grafana: { enabled: yes } }\n`,
      /grafana.enabled must be true or false, not "yes"/,
    ],
    [
      'no time',
      `${ROOM}monitoring: { retention: "" }\n`,
      /monitoring.retention must be a time such as 24h or 7d, not ""/,
    ],
    ['a list for a map', `${ROOM}ssh: [student]\n`, /ssh must be a map such as .*, not a list of 1$/],
    [
      'a missing key file',
      `${ROOM}ssh: { key: ~/.ssh/none }\n`,
      'kmon.yaml:3:13: ssh.key "~/.ssh/none" does not exist',
    ],
    ['a folder for a key', `${ROOM}ssh: { key: ~/.ssh }\n`, 'kmon.yaml:3:13: ssh.key "~/.ssh" is not a file'],
    [
      'the public key',
      `${ROOM}children: [{address: 10.0.0.2, key: ~/.ssh/id.pub}]\n`,
      'kmon.yaml:3:37: children[0].key "~/.ssh/id.pub" is a public key: it must be the private one',
    ],
    [
      'a missing pin file',
      `${ROOM}ssh: { knownHosts: [pins] }\n`,
      'kmon.yaml:3:21: ssh.knownHosts[0] "pins" does not exist',
    ],
  ];

  it.each(cases)('%s', async (_why, yaml, expected) => {
    const told = await mistakes(yaml);
    if (typeof expected === 'string') expect(told).toEqual([expected]);
    else {
      expect(told).toHaveLength(1);
      expect(told[0]).toMatch(expected);
    }
  });

  it('a password file that others may read', async () => {
    await writeFile(join(place.folder, 'sudo.txt'), 'hunter2\n');
    await chmod(join(place.folder, 'sudo.txt'), 0o644);
    expect(await mistakes(`${ROOM}ssh: { sudoPasswordFile: sudo.txt }\n`)).toEqual([
      `kmon.yaml:3:26: ssh.sudoPasswordFile "sudo.txt" may be read by other users of this computer (mode 0644): chmod 600 ${join(place.folder, 'sudo.txt')}`,
    ]);
  });

  it('a key file that may not be read', async () => {
    // Root may read every file but the kernel's own ones that are for writing alone.
    const link = join(place.home, '.ssh', 'closed');
    const file = join(place.home, '.ssh', 'id');
    await chmod(file, 0);
    await symlink(process.getuid?.() === 0 ? '/proc/sys/net/ipv4/route/flush' : file, link);
    expect(await mistakes(`${ROOM}ssh: { key: ~/.ssh/closed }\n`)).toEqual([
      'kmon.yaml:3:13: ssh.key "~/.ssh/closed" may not be read by this user',
    ]);
  });

  it('never shows the value of a key that it does not know', async () => {
    expect((await mistakes(`${ROOM}ssh: { passwort: hunter2 }\n`)).join()).not.toContain('hunter2');
  });
});
