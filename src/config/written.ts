import { z } from 'zod';
import { DEFAULTS } from './defaults.js';
import { choice, matching, nodePort, oneOf, optional, path, subnet, tcpPort, whole } from './kinds.js';
import { HOST, LABEL, LABEL_VALUE, MACHINE_NAME, REACHABLE_ADDRESS, RESERVED_NAMES } from './names.js';
import type { KeyPath } from './problems.js';
import { MINORS, SUPPORTED_VERSIONS } from './versions.js';
import { EXPORTER_PORTS } from '../room/ports.js';

/** Also of a domain: `ada@school.lan`, `SCHOOL\ada`. */
const sshUser = () => matching('a user name', /^[^\s\p{Cc}:@/-](?:[^\s\p{Cc}:/]{0,253}[^\s\p{Cc}:@/\\])?$/u);
const login = {
  user: optional(sshUser(), 'Who logs in. Default: ~/.ssh/config, then your own user name.'),
  port: optional(tcpPort(), 'Port of the SSH server. Default: ~/.ssh/config, then 22.'),
  key: optional(
    path('the path of a private key file'),
    'Private key file. Default: ~/.ssh/config, the agent, the usual keys of ~/.ssh.',
  ),
  passwordFile: optional(
    path('the path of a file that holds the login password'),
    'File with the login password, mode 600. Default: asked for when no key is accepted.',
  ),
  sudoPasswordFile: optional(
    path('the path of a file that holds the sudo password'),
    'File with the sudo password, mode 600. Default: asked for once, if sudo wants one.',
  ),
};

const machine = {
  address: matching(
    'an IPv4 address that the other machines can reach (a name for SSH is its host)',
    REACHABLE_ADDRESS,
  ).meta({ description: 'IPv4 address by which the other machines of the room reach this one.' }),
  name: optional(
    matching(
      `a name of small letters, digits and hyphens, at most 63, other than ${RESERVED_NAMES.join(' and ')}`,
      MACHINE_NAME,
    ),
    'Name of the node in Kubernetes, unique in the room. Default: parent, child-1, child-2, … by the place in the list.',
  ),
  host: optional(
    matching('an IPv4 address, a host name or a Host of ~/.ssh/config', HOST),
    'Where SSH connects to: an address, a name, or a Host of ~/.ssh/config. Default: the address.',
  ),
  ...login,
};
const team = optional(
  matching('a word of letters, digits, dots, hyphens, at most 63', LABEL_VALUE),
  'Label kmon/team of the node and of its measurements.',
);

/** A machine may be written as its address alone. */
const addressAlone = (value: unknown): unknown => (typeof value === 'string' ? { address: value } : value);
const parent = z.strictObject(machine, {
  error: 'one machine, since a room has one parent: an address, or {address, name, …}',
});
const kind = optional(
  choice('node', 'observed'),
  'node: a worker of the cluster; observed: a computer of any system, watched by its own exporter and left alone.',
  DEFAULTS.children.kind,
);
const exporter = optional(
  tcpPort(),
  `Port of the exporter on an observed computer: ${EXPORTER_PORTS.node} for node_exporter, ${EXPORTER_PORTS.windows} for windows_exporter.`,
  DEFAULTS.children.exporterPort,
);
const child = z.strictObject(
  { ...machine, team, kind, exporter },
  { error: 'a machine: an address, or {address, name, …}' },
);

const knownHostsFile = path('the path of a known_hosts file');
const knownHosts = z.array(knownHostsFile, { error: 'the path of a known_hosts file, or a list of them' });
/** One file may be written without its list. */
const fileAlone = (value: unknown): unknown => (typeof value === 'string' ? [value] : value);

const ssh = z.strictObject(
  {
    ...login,
    knownHosts: optional(
      z.preprocess(fileAlone, knownHosts),
      "Files of host keys that are trusted: one, or a list. kmon's own pins are in .kmon/known_hosts.",
      '~/.ssh/known_hosts',
    ),
    hostKeys: optional(
      choice('pin', 'pinned-only'),
      "pin: show a new machine's key and keep it; pinned-only: refuse unknown machines. Default: ~/.ssh/config (StrictHostKeyChecking yes), then pin.",
    ),
  },
  { error: 'a map such as {user: student, key: ~/.ssh/id_ed25519}' },
);

const kubernetes = z.strictObject(
  {
    version: optional(
      oneOf(
        `a minor version in quotes that kmon can set up, such as "1.36": ${SUPPORTED_VERSIONS}`,
        MINORS.map((m) => m.version),
      ),
      'Minor version, in quotes (YAML makes 1.3 of 1.30).',
      DEFAULTS.kubernetes.version,
    ),
    network: optional(
      choice('flannel', 'routes'),
      'Pod network. flannel: an overlay, needs its image; routes: no image, all machines on one LAN.',
      DEFAULTS.kubernetes.network,
    ),
    // A node gets a /24 of it, and kubeadm refuses more than 2^16 nodes.
    podSubnet: optional(
      subnet('a range from /8 to /24 with nothing set behind its prefix, such as 10.244.0.0/16', 8, 24),
      "Addresses of pods; a /24 a machine. Must not meet the room's network.",
      DEFAULTS.kubernetes.podSubnet,
    ),
    // The API server takes no range larger than /12; kubeadm none with fewer than ten addresses.
    serviceSubnet: optional(
      subnet('a range from /12 to /28 with nothing set behind its prefix, such as 10.96.0.0/12', 12, 28),
      "Addresses of services. Must not meet the room's network.",
      DEFAULTS.kubernetes.serviceSubnet,
    ),
    ignorePreflight: optional(
      z.array(matching('the name of a kubeadm preflight check, such as Swap', /^[A-Za-z][A-Za-z0-9._-]*$/), {
        error: 'a list of names of kubeadm preflight checks',
      }),
      'kubeadm checks to pass over; better none.',
      DEFAULTS.kubernetes.ignorePreflight,
    ),
  },
  { error: 'a map such as {version: "1.36"}' },
);

const monitoring = z.strictObject(
  {
    profile: optional(
      choice('stack', 'lite'),
      "lite: kmon's own small chart; stack: kube-prometheus-stack, which is not built yet.",
      DEFAULTS.monitoring.profile,
    ),
    namespace: optional(
      matching(
        'a namespace of its own (small letters, digits, hyphens; neither default nor kube-…)',
        new RegExp(`^(?!default$|kube-)${LABEL.source.slice(1)}`),
      ),
      'Namespace of the chart.',
      DEFAULTS.monitoring.namespace,
    ),
    scrapeInterval: optional(
      whole('a whole number of seconds from 1 to 300', 1, 300),
      'Seconds between two looks at a machine.',
      DEFAULTS.monitoring.scrapeIntervalSeconds,
    ),
    retention: optional(
      matching('a time such as 24h or 7d', /^(?=.)(\d+w)?(\d+d)?(\d+h)?(\d+m)?$/),
      'How long Prometheus keeps values.',
      DEFAULTS.monitoring.retention,
    ),
    prometheus: optional(
      z.strictObject(
        {
          nodePort: optional(
            nodePort(),
            'Port of Prometheus on the parent.',
            DEFAULTS.monitoring.prometheusNodePort,
          ),
          memory: optional(
            matching('an amount of memory such as 800Mi or 2Gi', /^[1-9]\d{0,5}(Mi|Gi)$/),
            'Memory limit of Prometheus.',
            DEFAULTS.monitoring.prometheusMemory,
          ),
        },
        { error: 'a map such as {nodePort: 30090, memory: 1200Mi}' },
      ),
      'Where measurements are kept.',
    ),
    grafana: optional(
      z.strictObject(
        {
          enabled: optional(
            z.boolean({ error: 'true or false' }),
            'Left out, with a notice, when the bundle has no image of it.',
            DEFAULTS.monitoring.grafana,
          ),
          nodePort: optional(
            nodePort(),
            'Port of Grafana on the parent.',
            DEFAULTS.monitoring.grafanaNodePort,
          ),
        },
        { error: 'a map such as {enabled: true, nodePort: 30300}' },
      ),
      'Where measurements are shown.',
    ),
  },
  { error: 'a map such as {profile: lite}' },
);

/** kmon.yaml as a person may write it, nothing else: an unknown key is refused. */
export const writtenSchema = z.strictObject(
  {
    room: matching('a name of letters, digits, dots, hyphens, at most 63', LABEL_VALUE).meta({
      description: "The room's name; `kmon teardown` asks for it.",
    }),
    ssh: optional(ssh, 'How to log in to every machine that says nothing else.'),
    parent: z.preprocess(addressAlone, parent).meta({
      description: 'Control plane, Prometheus, Grafana: an address, or {address, name, …}.',
    }),
    children: optional(
      z.array(z.preprocess(addressAlone, child), {
        error: 'a list of machines, such as [192.168.1.11, 192.168.1.12]',
      }),
      'The workers that are watched: a list of addresses, or of {address, name, team, …}.',
    ),
    kubernetes: optional(kubernetes, 'What kubeadm sets up.'),
    monitoring: optional(monitoring, 'How the machines are watched.'),
    bundle: optional(
      path('the path of a bundle folder'),
      'Folder of an offline bundle. Default: packages come from apt.',
    ),
  },
  { error: 'a map of room, parent, children, …' },
);

/** What may also be written in a shorter form than its schema has: a machine as its address, a list of one file as the file. */
export const SHORT_FORMS: ReadonlyMap<z.ZodType, z.ZodType> = new Map<z.ZodType, z.ZodType>([
  [parent, machine.address],
  [child, machine.address],
  [knownHosts, knownHostsFile],
]);

/** What a person wrote, checked key by key, without a default. */
export type Written = z.output<typeof writtenSchema>;
export type WrittenMachine = Written['parent'] & { readonly team?: string | undefined };
export type WrittenChild = NonNullable<Written['children']>[number];

const maps: Readonly<Record<string, readonly string[]>> = {
  '': Object.keys(writtenSchema.shape),
  ssh: Object.keys(ssh.shape),
  parent: Object.keys(parent.shape),
  'children.*': Object.keys(child.shape),
  kubernetes: Object.keys(kubernetes.shape),
  monitoring: Object.keys(monitoring.shape),
  'monitoring.prometheus': Object.keys(monitoring.shape.prometheus.unwrap().shape),
  'monitoring.grafana': Object.keys(monitoring.shape.grafana.unwrap().shape),
};

/** The keys that may stand in the map at this path. */
export function keysAt(at: KeyPath): readonly string[] {
  return maps[at.map((key) => (typeof key === 'number' ? '*' : key)).join('.')] ?? [];
}

/** The other maps in which this key would be right: `version` belongs to `kubernetes`. */
export function homesOf(key: string): readonly string[] {
  return Object.entries(maps)
    .filter(([, keys]) => keys.includes(key))
    .map(([map]) => (map === '' ? 'the top level' : map.replace('.*', '[]')));
}
