import { isIPv4 } from 'node:net';
import type { WrittenDocument } from '../document.js';
import { showPath, type KeyPath, type Problem } from './problems.js';
import { DEFAULTS } from '../defaults.js';
import { EXPORTER_PORTS } from '../../room/ports.js';
import { defaultName } from '../sections/machines.js';
import { addressRange, countOf, overlap, parseSubnet, type Subnet } from '../networks/subnet.js';

interface Seen {
  readonly path: KeyPath;
  readonly address: string | undefined;
  readonly host: string | undefined;
  readonly port: unknown;
  readonly name: string | undefined;
  readonly observed: boolean;
  readonly exporter: unknown;
  readonly guest: boolean;
}

/**
 * What must fit together: names and addresses that are unique in the room, pod and service ranges that meet neither each other nor a
 * machine and have room for everybody. Looks at the raw values, so that these mistakes are told together with those of single keys.
 */
export function checkRoom(doc: WrittenDocument): readonly Problem[] {
  const machines = machinesOf(doc.value);
  return [
    ...checkUnique(doc, machines),
    ...checkExporters(doc, machines),
    ...checkGuests(doc, machines),
    ...checkSubnets(doc, machines),
    ...checkPorts(doc),
    ...checkValues(doc),
    ...checkExisting(doc),
  ];
}

function checkUnique(doc: WrittenDocument, machines: readonly Seen[]): readonly Problem[] {
  const problems: Problem[] = [];
  const report = (at: KeyPath, text: string): void => {
    problems.push({ at: doc.at(at), text });
  };
  for (const [i, machine] of machines.entries()) {
    const before = machines.slice(0, i);
    const sameAddress = before.find((m) => same(m.address, machine.address));
    const sameDoor =
      machine.host === undefined
        ? undefined
        : before.find((m) => same(m.host, machine.host) && m.port === machine.port);
    const sameName = before.find((m) => same(m.name, machine.name));
    if (sameAddress !== undefined) {
      const what =
        sameAddress.path[0] === 'parent' ? 'the parent cannot be its own child' : 'one computer, twice';
      report(
        [...machine.path, 'address'],
        `${showPath(machine.path)} has the address of ${showPath(sameAddress.path)}, ${machine.address ?? ''}: ${what}`,
      );
    } else if (sameDoor !== undefined) {
      report(
        [...machine.path, 'host'],
        `${showPath(machine.path)} is reached at the same host and port as ${showPath(sameDoor.path)}: one computer, twice`,
      );
    }
    if (sameName !== undefined) {
      report(
        [...machine.path, 'name'],
        `${showPath(machine.path)} is named ${machine.name ?? ''} like ${showPath(sameName.path)}: names must be unique`,
      );
    }
  }
  return problems;
}

/** Which exporter an observed computer has nobody can guess: to ask a Windows on node_exporter's port would be a target that is down for ever. */
function checkExporters(doc: WrittenDocument, machines: readonly Seen[]): readonly Problem[] {
  const { node, windows } = EXPORTER_PORTS;
  return machines
    .filter((m) => m.path[0] === 'children' && (m.exporter === undefined) === m.observed)
    .map((m) =>
      m.observed
        ? {
            at: doc.at([...m.path, 'kind']),
            text: `${showPath(m.path)} is observed, and the port of its exporter is not said: write exporter: ${node} for node_exporter, exporter: ${windows} for windows_exporter`,
          }
        : {
            at: doc.at([...m.path, 'exporter']),
            text: `${showPath(m.path)} has an exporter and is a node: kmon brings a node's own (write kind: observed if it is only watched)`,
          },
    );
}

/** A guest is a Linux that joins the cluster, behind an address that is translated. */
function checkGuests(doc: WrittenDocument, machines: readonly Seen[]): readonly Problem[] {
  const guests = machines.filter((m) => m.guest);
  const [first] = guests;
  const network = ['kubernetes', 'network'] as const;
  const byRoutes = first !== undefined && textOf(entry(doc.value, 'kubernetes'), 'network') === 'routes';
  return [
    ...guests
      .filter((m) => m.observed)
      .map((m) => ({
        at: doc.at([...m.path, 'node']),
        text: `${showPath(m.path)} is observed, which a computer of any system is by its own exporter, and node: guest is for a Linux that joins the cluster: leave one of the two out`,
      })),
    ...(byRoutes
      ? [
          {
            at: doc.at(network),
            text: `kubernetes.network is routes, and ${showPath(first.path)} is a guest: packets of pods do not pass the laptop, which translates addresses; write network: vxlan`,
          },
        ]
      : []),
  ];
}

function checkSubnets(doc: WrittenDocument, machines: readonly Seen[]): readonly Problem[] {
  const kubernetes = entry(doc.value, 'kubernetes');
  const ranges = (['podSubnet', 'serviceSubnet'] as const).flatMap((key) => {
    const text = textOf(kubernetes, key) ?? DEFAULTS.kubernetes[key];
    const subnet = parseSubnet(text);
    return subnet === undefined ? [] : [{ key, text, subnet, path: ['kubernetes', key] as const }];
  });
  const [first, second] = ranges;
  const problems: Problem[] = [];
  if (first !== undefined && second !== undefined && overlap(first.subnet, second.subnet)) {
    const written = doc.spelling(second.path) === undefined ? first : second;
    problems.push({
      at: doc.at(written.path),
      text: `kubernetes.serviceSubnet ${second.text} overlaps kubernetes.podSubnet ${first.text}: they must have no address in common`,
    });
  }
  for (const range of ranges) {
    for (const machine of machines.filter((m) => liesIn(m.address, range.subnet))) {
      problems.push({
        at: doc.at(range.path),
        text: `kubernetes.${range.key} ${range.text} holds ${machine.address ?? ''}, the address of ${showPath(machine.path)}: choose another range`,
      });
    }
  }
  const pods = ranges.find((r) => r.key === 'podSubnet');
  const nodes = machines.filter((m) => !m.observed).length;
  if (pods !== undefined && pods.subnet.prefix <= 24 && countOf(24, pods.subnet) < nodes) {
    problems.push({
      at: doc.at(pods.path),
      text: `kubernetes.podSubnet ${pods.text} has a /24 for ${countOf(24, pods.subnet)} of the room's ${nodes} machines: it must be larger`,
    });
  }
  return problems;
}

function checkPorts(doc: WrittenDocument): readonly Problem[] {
  const monitoring = entry(doc.value, 'monitoring');
  const prometheus =
    entry(entry(monitoring, 'prometheus'), 'nodePort') ?? DEFAULTS.monitoring.prometheusNodePort;
  const grafana = entry(entry(monitoring, 'grafana'), 'nodePort') ?? DEFAULTS.monitoring.grafanaNodePort;
  if (prometheus !== grafana || typeof grafana !== 'number') return [];
  const path = ['monitoring', 'grafana', 'nodePort'] as const;
  const at = doc.spelling(path) === undefined ? (['monitoring', 'prometheus', 'nodePort'] as const) : path;
  return [
    {
      at: doc.at(at),
      text: `monitoring.grafana.nodePort is ${grafana} like monitoring.prometheus.nodePort: they must differ`,
    },
  ];
}

/** Values for a chart that is not installed would be left out in silence. */
function checkValues(doc: WrittenDocument): readonly Problem[] {
  const monitoring = entry(doc.value, 'monitoring');
  const profile = textOf(monitoring, 'profile') ?? DEFAULTS.monitoring.profile;
  if (entry(monitoring, 'values') === undefined || !['lite', 'existing', 'auto'].includes(profile)) return [];
  return [
    {
      at: doc.at(['monitoring', 'values']),
      text: `monitoring.values is for kube-prometheus-stack${profile === 'auto' ? ': write profile: stack beside it,' : `, and monitoring.profile is ${profile}: write profile: stack,`} or leave the values out`,
    },
  ];
}

/** So would a Prometheus that is not used, and where alerts go of one that somebody else has configured. */
function checkExisting(doc: WrittenDocument): readonly Problem[] {
  const monitoring = entry(doc.value, 'monitoring');
  const profile = textOf(monitoring, 'profile') ?? DEFAULTS.monitoring.profile;
  const isWritten = (key: string): boolean => entry(monitoring, key) !== undefined;
  if (profile === 'existing')
    return isWritten('alerts')
      ? [
          {
            at: doc.at(['monitoring', 'alerts']),
            text: "monitoring.alerts is for an Alertmanager of kmon's, and monitoring.profile is existing: whoever keeps that Prometheus says where its alerts go; leave it out",
          },
        ]
      : [];
  if (!isWritten('existing') || !['lite', 'stack', 'auto'].includes(profile)) return [];
  return [
    {
      at: doc.at(['monitoring', 'existing']),
      text: `monitoring.existing says which Prometheus of somebody else's is used${profile === 'auto' ? ': write profile: existing beside it,' : `, and monitoring.profile is ${profile}: write profile: existing,`} or leave it out`,
    },
  ];
}

/** The machines as far as they can be made out, whatever else is wrong with them. */
function machinesOf(root: unknown): readonly Seen[] {
  const parent = entry(root, 'parent');
  const children = entry(root, 'children');
  const parentSeen = parent === undefined || Array.isArray(parent) ? [] : [seen(parent, ['parent'])];
  const childrenSeen = Array.isArray(children)
    ? children.map((child: unknown, i) => seen(child, ['children', i]))
    : [];
  return [...parentSeen, ...childrenSeen];
}

function seen(machine: unknown, path: KeyPath): Seen {
  return {
    path,
    address: typeof machine === 'string' ? machine : textOf(machine, 'address'),
    host: textOf(machine, 'host'),
    port: entry(machine, 'port'),
    name: textOf(machine, 'name') ?? defaultName(path),
    observed: textOf(machine, 'kind') === 'observed',
    exporter: entry(machine, 'exporter'),
    guest: textOf(machine, 'node') === 'guest',
  };
}

function liesIn(address: string | undefined, subnet: Subnet): boolean {
  return address !== undefined && isIPv4(address) && overlap(addressRange(address), subnet);
}

function same(a: string | undefined, b: string | undefined): boolean {
  return a !== undefined && b !== undefined && a.toLowerCase() === b.toLowerCase();
}

function entry(map: unknown, key: string): unknown {
  return typeof map === 'object' && map !== null && !Array.isArray(map)
    ? (map as Readonly<Record<string, unknown>>)[key]
    : undefined;
}

function textOf(map: unknown, key: string): string | undefined {
  const value = entry(map, key);
  return typeof value === 'string' ? value : undefined;
}
