import { readFileSync } from 'node:fs';
import { templatePath } from '../render/templates.js';
import { reads, withOptions } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import { NO_HOME } from '../shell/no-home.js';
import { FIXED_PORTS } from '../room/ports.js';
import { IPTABLES_LINES, NFT_LINES } from './packet-rules.js';

/** First and last line of what the script prints; everything outside is not ours. */
export const FACTS_BEGIN = 'kmon-facts-begin';
export const FACTS_END = 'kmon-facts-end';

/** Units that take part in the workshop, stand in its way, or keep the clock. */
export const UNITS = [
  'chrony',
  'chronyd',
  'containerd',
  'docker',
  'firewalld',
  'k0scontroller',
  'k0sworker',
  'k3s',
  'k3s-agent',
  'kmon-awake',
  'kubelet',
  'ntp',
  'ntpsec',
  'openntpd',
  'prometheus-node-exporter',
  'rke2-agent',
  'rke2-server',
  'snap.microk8s.daemon-kubelet',
  'snap.microk8s.daemon-kubelite',
  'systemd-resolved',
  'systemd-timesyncd',
] as const;

/** What other kinds of Kubernetes leave on a disk: `name:path`. */
export const OTHER_KUBERNETES = [
  'k3s:/usr/local/bin/k3s',
  'k3s:/var/lib/rancher/k3s',
  'rke2:/usr/local/bin/rke2',
  'rke2:/opt/rke2/bin/rke2',
  'rke2:/var/lib/rancher/rke2',
  'microk8s:/snap/bin/microk8s',
  'microk8s:/var/snap/microk8s',
  'k0s:/usr/local/bin/k0s',
  'k0s:/var/lib/k0s',
  'minikube:/usr/local/bin/minikube',
  'minikube:/usr/bin/minikube',
  'minikube:/root/.minikube/profiles',
] as const;

/** The API server of microk8s, which listens on none of the workshop's ports. */
const MICROK8S = 16443;

/**
 * Ports that the workshop listens on, or that another Kubernetes would. When one of them, or one from 30000 up (NodePorts), is in use, the
 * machine tells the processes of its sockets; else it spares itself the search.
 */
export const WATCHED_PORTS: readonly number[] = [...FIXED_PORTS, MICROK8S];

/** Its parts below templates/facts/, in this order: later ones use what earlier ones found. */
export const FACTS_PARTS = ['system', 'network', 'software', 'filters', 'files', 'resolver'] as const;

/**
 * All that is asked of a machine, in one round trip and one `sh`: POSIX (and `-ef`, which every sh of a Linux knows). It prints
 * `key=value` lines, one line a value (a key may come several times), and other programs' text in sections. Every probe may fail by itself.
 * The shell does by itself whatever it can.
 */
export function factsCommand(parentAddress: string): Command<'reads'> {
  const [start, ...parts] = ['start', ...FACTS_PARTS].map(part);
  const values = reads`parent=${parentAddress}
nowhere=${NO_HOME}
units=${UNITS.join(' ')}
others=${OTHER_KUBERNETES.join(' ')}
ports=${WATCHED_PORTS.join(' ')}
iptables_lines=${IPTABLES_LINES}
nft_lines=${NFT_LINES}`;
  const script = [
    values.script,
    start,
    'look() {',
    // One `date`: how long the look took, the kernel tells without a program.
    'file uptime /proc/uptime',
    'date +clock=%s%N',
    ...parts,
    'file uptime /proc/uptime',
    // Whatever program printed last may have left its line, or its section, open.
    `printf '\\n[]\\n%s\\n%s\\n' "$told" ${FACTS_END}`,
    '}',
    `printf '\\n%s\\n' ${FACTS_BEGIN}`,
    'look </dev/null 2>/dev/null',
  ].join('\n');
  return withOptions({ ...values, script }, { timeoutMs: 30_000 });
}

/** A room has many machines, and one script. */
const known = new Map<string, string>();

function part(name: string): string {
  const text = known.get(name) ?? readPart(name);
  known.set(name, text);
  return text;
}

/** Without its comments and indentation: a shell that reads a script from a connection does so byte by byte. */
function readPart(name: string): string {
  return readFileSync(templatePath(`facts/${name}.sh`), 'utf8')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '' && !line.startsWith('#'))
    .join('\n');
}
