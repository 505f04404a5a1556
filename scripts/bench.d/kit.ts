// What a good hand would have ready before the lesson: the same settings that kmon puts on the machines, for the machines of a new lab.
import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { parseAllDocuments, stringify } from 'yaml';
import { fileName, partsFor } from '../../src/bundle/parts.js';
import type { Bundle } from '../../src/bundle/bundle.js';
import type { LabMachine } from '../../src/lab/lab.js';
import { quote } from '../../src/shell/quote.js';
import type { BenchLab } from './bench-lab.js';
import { CPU_QUERY, ofOneRun, prefixOf } from './seen.js';
import type { ClusterSeen, MachineSeen } from './seen.js';

/** What kmon did in a run that came up: what the others have to do. */
export interface Pattern {
  readonly seen: ClusterSeen;
  /** The machines before kmon came. */
  readonly before: readonly MachineSeen[];
}

export const TOKEN = 'bench0.0123456789abcdef';
const INIT = '/etc/kmon/kubeadm-init.yaml';
const CONFLIST = '/etc/kmon/cni/net.d/10-kmon.conflist';
/** Stands in what is only known while the cluster is made. */
const PODS = '@PODS@';
const CA_HASH = '@CA_HASH@';

/** As much of a lab as a kit needs. */
export type KitLab = Pick<BenchLab, 'machines' | 'parent' | 'folder'>;

/**
 * The kit as a folder: `kit.sh` for a shell, `inventory.json` for Ansible, `ssh_config` for both, and the files that go to the machines, in
 * `machines/NAME` as they lie there.
 */
export function writeKit(folder: string, lab: KitLab, bundle: Bundle, pattern: Pattern): void {
  const write = (name: string, text: string, mode = 0o644): void => {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    chmodSync(path, mode);
  };
  const move = mover(pattern.seen, lab);
  for (const machine of lab.machines) {
    const { files } = machineOf(pattern.seen, machine.name);
    for (const { path, mode, text } of files) {
      if (path === CONFLIST) write('conflist', templateOf(text, cidrOf(pattern.seen, machine.name)));
      else if (path === INIT) write(`machines/${machine.name}${path}`, initConfig(move(text)), 0o600);
      else if (!ofOneRun(path)) write(`machines/${machine.name}${path}`, move(text), parseInt(mode, 8));
    }
    write(`join/${machine.name}.yaml`, joinConfig(move(initOf(pattern.seen)), machine), 0o600);
  }
  write('values.json', move(pattern.seen.values));
  write('ssh_config', sshConfig(folder, lab));
  copyFileSync(join(lab.folder, 'sudo-password'), join(folder, 'sudo-password'));
  const facts = kitFacts(lab, bundle, pattern, move);
  write('kit.sh', shellText(facts));
  write('inventory.json', JSON.stringify(inventory(folder, facts), undefined, 1));
}

/** A program or a chart. */
interface Copied {
  /** Below the folder of the bundle. */
  readonly file: string;
  /** Its folder on the machine, where packed ones are unpacked. */
  readonly to: string;
  readonly mode: string;
}

interface KitMachine {
  readonly name: string;
  readonly role: string;
  readonly address: string;
  readonly asks: boolean;
  readonly hosts: readonly string[];
  readonly labels: readonly string[];
  readonly copies: readonly Copied[];
  /** Files of the bundle that go straight into containerd. */
  readonly images: readonly string[];
}

interface Facts {
  readonly bundle: string;
  readonly machines: readonly KitMachine[];
  readonly packages: readonly string[];
  readonly release: string;
  readonly namespace: string;
  readonly chart: string;
  readonly podSubnet: string;
  readonly prometheus: string;
  readonly query: string;
}

function kitFacts(
  lab: KitLab,
  bundle: Bundle,
  { seen, before }: Pattern,
  move: (text: string) => string,
): Facts {
  const { prometheus } = JSON.parse(seen.values) as { readonly prometheus: { readonly nodePort: number } };
  const of = (name: string): MachineSeen => machineOf(seen, name);
  const had = (name: string): readonly string[] => before.find((m) => m.name === name)?.packages ?? [];
  return {
    bundle: bundle.folder,
    machines: lab.machines.map(({ name, role, address, sudo }) => ({
      name,
      role,
      address,
      asks: sudo === 'asks',
      hosts: of(name).hosts.map(move),
      labels: labelsOf(seen, name),
      copies: copiesOf(bundle, role, of(name)),
      images: partsFor(bundle, role).flatMap((p) => (p.kind === 'images' ? [p.file] : [])),
    })),
    packages: of(lab.parent.name).packages.filter((p) => !had(lab.parent.name).includes(p)),
    release: seen.release.name,
    namespace: seen.release.namespace,
    chart: of(lab.parent.name).parts.find((path) => path.endsWith('.tgz')) ?? '',
    podSubnet: podSubnetOf(initOf(seen)),
    prometheus: `http://${lab.parent.address}:${prometheus.nodePort}`,
    query: CPU_QUERY,
  };
}

/** Each part goes where kmon has put the file of that name. */
function copiesOf(bundle: Bundle, role: LabMachine['role'], { parts }: MachineSeen): readonly Copied[] {
  return partsFor(bundle, role).flatMap((part) => {
    const { kind, file } = part;
    const path = parts.find((p) => basename(p) === fileName(part));
    if (kind === 'images' || path === undefined) return [];
    return [{ file, to: dirname(path), mode: kind === 'binary' ? '0755' : '0644' }];
  });
}

function machineOf(seen: ClusterSeen, name: string): MachineSeen {
  const found = seen.machines.find((m) => m.name === name);
  if (found === undefined) throw new Error(`the pattern has no machine ${name}`);
  return found;
}

function initOf(seen: ClusterSeen): string {
  const found = seen.machines.flatMap((m) => m.files).find((f) => f.path === INIT);
  if (found === undefined) throw new Error(`the pattern has no ${INIT}`);
  return found.text;
}

function cidrOf(seen: ClusterSeen, name: string): string {
  return seen.nodes.find((n) => n.name === name)?.podCidr ?? '';
}

/** Only the labels that kubeadm and the kubelet do not set themselves. */
function labelsOf(seen: ClusterSeen, name: string): readonly string[] {
  const labels = seen.nodes.find((n) => n.name === name)?.labels ?? {};
  return Object.entries(labels)
    .filter(([key]) => key.startsWith('kmon/') || key === 'node-role.kubernetes.io/worker')
    .map(([key, value]) => `${key}=${value}`);
}

/** From the addresses of the lab that the pattern was made in to those of this one. */
function mover(seen: ClusterSeen, lab: KitLab): (text: string) => string {
  const hosts = seen.machines.flatMap((m) => m.hosts).map((line) => line.split(' '));
  return (text) => {
    let now = text;
    for (const { name, address } of lab.machines) {
      const before = hosts.find((words) => words.slice(1).includes(name))?.[0];
      if (before !== undefined)
        now = now.replaceAll(new RegExp(`${before.replaceAll('.', '\\.')}(?!\\d)`, 'g'), address);
    }
    return now;
  };
}

/** The range of the pods of one node, wherever the text has it, becomes a mark. */
export function templateOf(text: string, podCidr: string): string {
  // The subnet of all pods may begin like the first node's.
  return text.replaceAll(
    new RegExp(`"${prefixOf(podCidr).replaceAll('.', '\\.')}(\\d+)"`, 'g'),
    `"${PODS}$1"`,
  );
}

/** With a token that is known beforehand, so that no child has to wait until one is made. */
export function initConfig(text: string): string {
  const docs = parseAllDocuments(text);
  for (const doc of docs) {
    if (doc.get('kind') !== 'InitConfiguration') continue;
    doc.setIn(['bootstrapTokens', 0, 'token'], TOKEN);
    doc.setIn(['bootstrapTokens', 0, 'ttl'], '10m0s');
  }
  return docs.map((doc) => doc.toString({ lineWidth: 0 })).join('');
}

interface InitDoc {
  readonly kind: string;
  readonly apiVersion: string;
  readonly controlPlaneEndpoint?: string;
  readonly networking?: { readonly podSubnet: string };
  readonly nodeRegistration?: {
    readonly criSocket: string;
    readonly ignorePreflightErrors: readonly string[];
    readonly kubeletExtraArgs: Readonly<Record<string, string>> | readonly { readonly name: string }[];
  };
}

function docOf(text: string, kind: string): InitDoc {
  const found = parseAllDocuments(text)
    .map((doc) => doc.toJS() as InitDoc)
    .find((doc) => doc.kind === kind);
  if (found === undefined) throw new Error(`there is no ${kind}`);
  return found;
}

function podSubnetOf(init: string): string {
  return docOf(init, 'ClusterConfiguration').networking?.podSubnet ?? '';
}

/** In the format of the init, with its preflight and its socket. */
export function joinConfig(init: string, { name, address }: Pick<LabMachine, 'name' | 'address'>): string {
  const { apiVersion, nodeRegistration } = docOf(init, 'InitConfiguration');
  const extra = nodeRegistration?.kubeletExtraArgs;
  return stringify({
    apiVersion,
    kind: 'JoinConfiguration',
    discovery: {
      bootstrapToken: {
        apiServerEndpoint: docOf(init, 'ClusterConfiguration').controlPlaneEndpoint,
        token: TOKEN,
        caCertHashes: [CA_HASH],
      },
    },
    nodeRegistration: {
      name,
      criSocket: nodeRegistration?.criSocket,
      ignorePreflightErrors: nodeRegistration?.ignorePreflightErrors,
      kubeletExtraArgs: Array.isArray(extra) ? [{ name: 'node-ip', value: address }] : { 'node-ip': address },
    },
  });
}

/** One connection a machine that stays, and the cipher that processors of today have built in. */
function sshConfig(folder: string, lab: KitLab): string {
  const machines = lab.machines.map(({ name, address }) => `Host ${name}\n  HostName ${address}\n`);
  return `${machines.join('')}Host *
  User student
  IdentityFile ${lab.folder}/id_ed25519
  IdentitiesOnly yes
  UserKnownHostsFile ${lab.folder}/known_hosts
  GlobalKnownHostsFile /dev/null
  BatchMode yes
  LogLevel ERROR
  Compression no
  Ciphers aes128-gcm@openssh.com
  ControlMaster auto
  ControlPersist 60s
  ControlPath ${folder}/%n
`;
}

function shellText(f: Facts): string {
  const list = (words: readonly string[]): string => `(${words.map(quote).join(' ')})`;
  const table = (name: string, of: (m: KitMachine) => string): string =>
    `declare -A ${name}=(${f.machines.map((m) => `[${quote(m.name)}]=${quote(of(m))}`).join(' ')})`;
  const children = f.machines.filter((m) => m.role === 'child').map((m) => m.name);
  const parent = f.machines.find((m) => m.role === 'parent')?.name ?? '';
  return `${[
    '# shellcheck shell=bash disable=SC2034',
    `BUNDLE=${quote(f.bundle)} PARENT=${quote(parent)} CHILDREN=${list(children)} PACKAGES=${list(f.packages)}`,
    `RELEASE=${quote(f.release)} NAMESPACE=${quote(f.namespace)} CHART=${quote(f.chart)} POD_SUBNET=${quote(f.podSubnet)}`,
    `PROMETHEUS=${quote(f.prometheus)} QUERY=${quote(f.query)}`,
    table('ADDRESS', (m) => m.address),
    table('ASKS', (m) => (m.asks ? 'yes' : '')),
    table('HOSTS', (m) => m.hosts.join('\n')),
    // None of these words has a space in it.
    table('LABELS', (m) => m.labels.join(' ')),
    table('COPIES', (m) => m.copies.map(({ file }) => file).join(' ')),
    table('RENAMES', (m) => renames(m.copies)),
    table('IMAGES', (m) => m.images.join(' ')),
  ].join('\n')}\n`;
}

/** For tar's --transform: from the folders of the bundle to those of the machine. */
function renames(copies: readonly Copied[]): string {
  const all = copies.map(({ file, to }) => `s,^${dirname(file)}/,${to.slice(1)}/,`);
  return [...new Set(all)].join(';');
}

function inventory(folder: string, { machines, ...common }: Facts): unknown {
  const password = `{{ lookup('file', '${folder}/sudo-password') }}`;
  const of = (role: string): unknown => ({
    hosts: Object.fromEntries(
      machines
        .filter((m) => m.role === role)
        .map((m) => [
          m.name,
          { ansible_host: m.address, machine: m, ...(m.asks ? { ansible_become_password: password } : {}) },
        ]),
    ),
  });
  const addresses = Object.fromEntries(machines.map((m) => [m.name, m.address]));
  const vars = { kit: { folder, machines: machines.length, addresses, ...common } };
  return { all: { vars, children: { the_parent: of('parent'), the_children: of('child') } } };
}
