import { z } from 'zod';
import { isHost, isReachableAddress, LABEL, LABEL_VALUE, RESERVED_NAMES } from './names.js';
import type { KeyPath } from './problems.js';
import { parseSubnet } from './subnet.js';
import { findMinor, SUPPORTED_VERSIONS } from './versions.js';

// Every schema's error text says what was expected, so that it completes "ssh.port must be …".

const text = (expected: string, fits: (value: string) => boolean) =>
  z.string({ error: expected }).refine(fits, { error: expected });
const matching = (expected: string, pattern: RegExp) => text(expected, (value) => pattern.test(value));
const whole = (expected: string, min: number, max: number) =>
  z.int({ error: expected }).min(min, { error: expected }).max(max, { error: expected });
const choice = <T extends string>(...values: readonly T[]) =>
  z.enum(values, { error: values.map((v) => JSON.stringify(v)).join(' or ') });
// A control character in a path is a mistake in every case, and a NUL would not even reach the system.
const path = (expected: string) =>
  text(expected, (value) => value.length > 0 && !/\p{Cc}/u.test(value) && value.trim() === value);
const tcpPort = () => whole('a port number from 1 to 65535', 1, 65535);
const nodePort = () =>
  whole('a port number from 30000 to 32767 (what Kubernetes opens on every node)', 30000, 32767);

const sshUser = () => matching('a user name', /^[^\s\p{Cc}:@/-][^\s\p{Cc}:@/]{0,63}$/u);
const login = {
  user: sshUser().optional(),
  port: tcpPort().optional(),
  key: path('the path of a private key file').optional(),
  passwordFile: path('the path of a file that holds the login password').optional(),
  sudoPasswordFile: path('the path of a file that holds the sudo password').optional(),
};

const machine = {
  address: text(
    'an IPv4 address that the other machines can reach (a name for SSH is its host)',
    isReachableAddress,
  ),
  name: text(
    `a name of small letters, digits and hyphens, at most 63, other than ${RESERVED_NAMES.join(' and ')}`,
    (value) => LABEL.test(value) && !RESERVED_NAMES.includes(value),
  ).optional(),
  host: text('an IPv4 address, a host name or a Host of ~/.ssh/config', isHost).optional(),
  ...login,
};
const team = matching('a word of letters, digits, dots, hyphens, at most 63', LABEL_VALUE).optional();

/** A machine may be written as its address alone. */
const addressAlone = (value: unknown): unknown => (typeof value === 'string' ? { address: value } : value);
const parent = z.strictObject(machine, {
  error: 'one machine, since a room has one parent: an address, or {address, name, …}',
});
const child = z.strictObject({ ...machine, team }, { error: 'a machine: an address, or {address, name, …}' });

const subnet = (expected: string, shortest: number, longest: number) =>
  text(expected, (value) => {
    const parsed = parseSubnet(value);
    return parsed !== undefined && parsed.prefix >= shortest && parsed.prefix <= longest;
  });

const ssh = z.strictObject(
  {
    ...login,
    knownHosts: z
      .preprocess(
        (value) => (typeof value === 'string' ? [value] : value),
        z.array(path('the path of a known_hosts file'), {
          error: 'the path of a known_hosts file, or a list of them',
        }),
      )
      .optional(),
    hostKeys: choice('pin', 'pinned-only').optional(),
  },
  { error: 'a map such as {user: student, key: ~/.ssh/id_ed25519}' },
);

const kubernetes = z.strictObject(
  {
    version: text(
      `a minor version in quotes that kmon can set up, such as "1.36": ${SUPPORTED_VERSIONS}`,
      (value) => findMinor(value)?.version === value,
    ).optional(),
    network: choice('flannel', 'routes').optional(),
    // A node gets a /24 of it, and kubeadm refuses more than 2^16 nodes.
    podSubnet: subnet(
      'a range from /8 to /24 with nothing set behind its prefix, such as 10.244.0.0/16',
      8,
      24,
    ).optional(),
    // The API server takes no range larger than /12; kubeadm none with fewer than ten addresses.
    serviceSubnet: subnet(
      'a range from /12 to /28 with nothing set behind its prefix, such as 10.96.0.0/12',
      12,
      28,
    ).optional(),
    ignorePreflight: z
      .array(matching('the name of a kubeadm preflight check, such as Swap', /^[A-Za-z][A-Za-z0-9._-]*$/), {
        error: 'a list of names of kubeadm preflight checks',
      })
      .optional(),
  },
  { error: 'a map such as {version: "1.36"}' },
);

const monitoring = z.strictObject(
  {
    profile: choice('stack', 'lite').optional(),
    namespace: text(
      'a namespace of its own (small letters, digits, hyphens; neither default nor kube-…)',
      (value) => LABEL.test(value) && value !== 'default' && !value.startsWith('kube-'),
    ).optional(),
    scrapeInterval: whole('a whole number of seconds from 1 to 300', 1, 300).optional(),
    retention: matching('a time such as 24h or 7d', /^(?=.)(\d+w)?(\d+d)?(\d+h)?(\d+m)?$/).optional(),
    prometheus: z
      .strictObject(
        {
          nodePort: nodePort().optional(),
          memory: matching('an amount of memory such as 800Mi or 2Gi', /^[1-9]\d{0,5}(Mi|Gi)$/).optional(),
        },
        { error: 'a map such as {nodePort: 30090, memory: 1200Mi}' },
      )
      .optional(),
    grafana: z
      .strictObject(
        { enabled: z.boolean({ error: 'true or false' }).optional(), nodePort: nodePort().optional() },
        { error: 'a map such as {enabled: true, nodePort: 30300}' },
      )
      .optional(),
  },
  { error: 'a map such as {profile: lite}' },
);

/** kmon.yaml as a person may write it, nothing else: an unknown key is refused. */
export const writtenSchema = z.strictObject(
  {
    room: matching('a name of letters, digits, dots, hyphens, at most 63', LABEL_VALUE),
    ssh: ssh.optional(),
    parent: z.preprocess(addressAlone, parent),
    children: z
      .array(z.preprocess(addressAlone, child), {
        error: 'a list of machines, such as [192.168.1.11, 192.168.1.12]',
      })
      .optional(),
    kubernetes: kubernetes.optional(),
    monitoring: monitoring.optional(),
    bundle: path('the path of a bundle folder').optional(),
  },
  { error: 'a map of room, parent, children, …' },
);

/** What a person wrote, checked key by key, without a default. */
export type Written = z.output<typeof writtenSchema>;
export type WrittenMachine = Written['parent'] & { readonly team?: string | undefined };

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
