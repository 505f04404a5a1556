import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { writeKit } from '../../../scripts/bench.d/kit.js';
import type { Pattern } from '../../../scripts/bench.d/kit.js';
import type { MachineSeen } from '../../../scripts/bench.d/seen.js';
import { roundsOf } from '../../../scripts/bench.d/rounds.js';
import type { Bundle, BundlePart } from '../../../src/bundle/bundle.js';
import type { LabMachine } from '../../../src/lab/lab.js';
import { kubeadmInitConfig } from '../../../src/render/kubeadm.js';

const SHELL = join(import.meta.dirname, '../../../scripts/bench.d/workshop/shell.sh');

/**
 * Stands for ssh: keeps the command, parses it as the machine's shell would, and answers what the script waits for. A file each, since what
 * several of them append to one file at the same time is mixed line by line.
 */
const SSH = `#!/bin/bash
cat >/dev/null
become=\${4%% sh -c *}
eval "set -- \${4#*sh -c } $3"
sh -n -c "$1" || exit 1
printf '%s: %s\\n%s\\n' "$2" "$become" "$1" >"$LOG/$$"
case $1 in *openssl*) echo cafe ;; *podCIDR*) echo "10.244.$(printf %s "$2" | wc -c).0/24" ;; esac
`;
const CURL = `#!/bin/sh
echo '{"data":{"resultType":"vector","result":[{"metric":{},"value":[1.5,"3"]}]}}'
`;

let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'bench-shell-'));
});

afterEach(() => {
  rmSync(folder, { recursive: true });
});

function part(name: string, kind: BundlePart['kind'], file: string, ...roles: BundlePart['for']): BundlePart {
  mkdirSync(join(folder, 'bundle', file, '..'), { recursive: true });
  writeFileSync(join(folder, 'bundle', file), name);
  return { name, kind, version: '1', file, sha256: '', sizeBytes: 1, for: roles, images: [] };
}

const lab = (): readonly LabMachine[] =>
  ['parent', 'child-1', 'child-2'].map((name, i) => ({
    name,
    role: i === 0 ? 'parent' : 'child',
    address: `10.77.5.1${i}`,
    container: name,
    sudo: i === 1 ? 'asks' : 'free',
  }));

async function pattern(): Promise<Pattern> {
  const init = await kubeadmInitConfig({
    version: 'v1.36.2',
    name: 'parent',
    nodeIp: '10.77.0.10',
    criSocket: '/run/c.sock',
    ignorePreflight: [],
    advertiseAddress: '10.77.0.10',
    controlPlaneEndpoint: 'kmon-parent:6443',
    podSubnet: '10.244.0.0/16',
    serviceSubnet: '10.96.0.0/12',
    certSans: ['parent'],
    cgroupDriver: 'systemd',
    proxyMode: 'nftables',
  });
  const machines = lab().map(({ name }, i): MachineSeen => ({
    name,
    files: [
      { path: '/etc/kmon/cni/net.d/10-kmon.conflist', mode: '644', text: `"gateway": "10.244.${i}.1"\n` },
      ...(i === 0 ? [{ path: '/etc/kmon/kubeadm-init.yaml', mode: '600', text: init }] : []),
      { path: '/etc/sysctl.d/99-kmon.conf', mode: '644', text: '-net.ipv4.ip_forward = 1\n' },
    ],
    hosts: ['10.77.0.10 kmon-parent parent', ...(i === 0 ? [] : [`10.77.0.1${i} ${name}`])],
    packages: ['curl', 'containerd'],
    images: [],
    parts: ['/opt/kmon/bin/kubeadm', '/opt/kmon/cni/portmap', '/opt/kmon/charts/lite.tgz'],
    enabled: [],
    routes: [],
  }));
  return {
    seen: {
      machines,
      nodes: lab().map(({ name }, i) => ({
        name,
        ready: true,
        podCidr: `10.244.${i}.0/24`,
        labels: { 'kmon/team': 'red' },
      })),
      release: { name: 'kmon', namespace: 'monitoring', chart: 'lite-1' },
      values: '{"prometheus":{"nodePort":30090},"parent":"10.77.0.10"}',
      measured: [],
    },
    before: machines.map((m) => ({ ...m, packages: ['curl'] })),
  };
}

test('the shell hand of the bench sends whole commands, for the machines and the bundle at hand', async () => {
  const machines = lab();
  const parent = machines[0];
  if (parent === undefined) throw new Error('no parent');
  const bundle: Bundle = {
    folder: join(folder, 'bundle'),
    name: 'a room',
    kubernetes: 'v1.36.2',
    architectures: ['amd64'],
    parts: [
      part('kubeadm', 'binary', 'bin/kubeadm', 'parent', 'child'),
      part('portmap', 'binary', 'cni/portmap', 'parent', 'child'),
      part('lite', 'chart', 'charts/lite.tgz', 'parent'),
      part('node', 'images', 'images/node.tar', 'parent', 'child'),
    ],
  };
  const [kit, bin] = ['kit', 'bin'].map((name) => join(folder, name)) as [string, string];
  mkdirSync(bin);
  for (const [name, text] of [
    ['ssh', SSH],
    ['curl', CURL],
  ] as const) {
    writeFileSync(join(bin, name), text);
    chmodSync(join(bin, name), 0o755);
  }
  writeFileSync(join(folder, 'sudo-password'), 'secret\n');
  mkdirSync(kit);
  writeKit(kit, { machines, parent, folder }, bundle, await pattern());

  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, LOG: join(folder, 'log') };
  mkdirSync(env.LOG);
  execFileSync('bash', [SHELL, kit], { env, stdio: ['ignore', 'pipe', 'pipe'] });

  const sent = readdirSync(env.LOG).map((file) => readFileSync(join(env.LOG, file), 'utf8'));
  const to = (machine: string, text: string): readonly string[] =>
    sent.filter((command) => command.startsWith(`${machine}: `) && command.includes(text));
  expect(
    sent.filter((c) => c.startsWith('child-1: ')).every((c) => c.startsWith("child-1: sudo -S -p ''\n")),
  ).toBe(true);
  expect(to('parent', 'kubeadm init --config /etc/kmon/kubeadm-init.yaml')).toHaveLength(1);
  expect(to('child-1', 'kubeadm join')[0]).toContain('"gateway": "${cidr%.*}.1"');
  expect(to('child-2', '10.77.5.10 kmon-parent parent\n10.77.5.12 child-2')).toHaveLength(1);
  expect(to('parent', 'ip route replace 10.244.7.0/24 via 10.77.5.11')[0]).toContain('kmon/team=red');
  expect(to('child-1', 'ip route replace 10.244.6.0/24 via 10.77.5.10')).toHaveLength(1);
  expect(to('parent', 'helm')[0]).toContain(
    '--install kmon /opt/kmon/charts/lite.tgz --namespace monitoring',
  );
  expect(to('parent', 'apt-get')[0]).toContain('--no-install-recommends containerd >/dev/null');
  expect(readFileSync(join(kit, 'values.json'), 'utf8')).toContain('10.77.5.10');
  expect(JSON.parse(readFileSync(join(kit, 'inventory.json'), 'utf8'))).toMatchObject({
    all: {
      children: {
        the_parent: {
          hosts: {
            parent: {
              machine: { copies: [{ to: '/opt/kmon/bin' }, { to: '/opt/kmon/cni' }, { mode: '0644' }] },
            },
          },
        },
      },
    },
  });
});

test.each(['0', '1.5', 'many', '51'])('there are no %s rounds', (text) => {
  expect(() => roundsOf(text)).toThrow(`--runs takes a whole number from 1 to 50, not '${text}'`);
});
