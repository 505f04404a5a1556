import type { Machine } from './machine.js';

/** A port as it is told to a trial or a firewall. */
export interface RoomPort {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
}

/** What of kmon.yaml the ports depend on. */
export interface PortSettings {
  readonly kubernetes: { readonly network: string };
  readonly addons: readonly string[];
  readonly monitoring: {
    readonly prometheusNodePort: number;
    readonly grafana: boolean;
    readonly grafanaNodePort: number;
  };
}

/** One port that the workshop needs. */
export interface PortRow {
  readonly protocol: 'tcp' | 'udp';
  /** A number, or where kmon.yaml has it; `undefined` there: the port is not used. */
  readonly port: number | ((settings: PortSettings) => number | undefined);
  /** The machines on which somebody listens there. */
  readonly on: 'parent' | 'all';
  /** Beginnings of the names of the programs of kmon's own that listen there; none: the kernel does. */
  readonly by: readonly string[];
  /** Other machines of the room must reach it. */
  readonly reached: boolean;
  /** How bad it is when somebody else has it, or when nobody gets through to it. */
  readonly severity: 'stops' | 'hurts';
  /** Needed with these pod networks only. It is tried and opened with every one: what a room needs next is not known. */
  readonly networks?: readonly string[];
  /** Used with this add-on of the catalogue only. */
  readonly addon?: string;
}

/** All ports of the workshop. Whatever else asks for a port takes it from here. */
export const PORTS = {
  apiServer: needed(6443, 'parent', ['kube-apiserver'], { reached: true }),
  etcdClients: needed(2379, 'parent', ['etcd']),
  etcdPeers: needed(2380, 'parent', ['etcd']),
  etcdMetrics: needed(2381, 'parent', ['etcd']),
  controllerManager: needed(10257, 'parent', ['kube-controller']),
  scheduler: needed(10259, 'parent', ['kube-scheduler']),
  kubeletHealth: needed(10248, 'all', ['kubelet']),
  kubelet: needed(10250, 'all', ['kubelet'], { reached: true }),
  proxyHealth: needed(10256, 'all', ['kube-proxy']),
  proxyMetrics: needed(10249, 'all', ['kube-proxy']),
  exporter: needed(9100, 'all', ['node_exporter', 'prometheus-node'], { reached: true }),
  // Older kube-proxies listen on these themselves; with newer ones the port works, and hides the program that had it.
  prometheus: chosen(({ monitoring }) => monitoring.prometheusNodePort),
  grafana: chosen(({ monitoring }) => (monitoring.grafana ? monitoring.grafanaNodePort : undefined)),
  /** The door for web pages, by the add-on of that name. */
  ingress: ofAddon(30_080, 'ingress'),
  /** Pages about the cluster, by the add-on of that name. Up to 30085, Kubernetes gives a port to nobody unasked while another is free. */
  dashboard: ofAddon(30_081, 'dashboard'),
  /** The images of the class, and those that are kept for it; by the add-on of that name. */
  registry: ofAddon(30_500, 'registry'),
  registryCache: ofAddon(30_501, 'registry'),
  /** The page of the add-on of that name. */
  dockercoins: ofAddon(30_082, 'dockercoins'),
  overlay: {
    protocol: 'udp',
    port: 8472,
    on: 'all',
    by: [],
    reached: true,
    severity: 'stops',
    networks: ['flannel', 'vxlan'],
  },
} as const satisfies Readonly<Record<string, PortRow>>;

/** Where exporters listen unless they are told otherwise: node_exporter, which kmon brings too, and windows_exporter. */
export const EXPORTER_PORTS = { node: PORTS.exporter.port, windows: 9182 } as const;

/** The ports whose number nobody chooses, in their order. */
export const FIXED_PORTS: readonly number[] = Object.values(PORTS)
  .flatMap(({ port }) => (typeof port === 'number' ? [port] : []))
  .toSorted((a, b) => a - b);

/** The ports of the workshop itself, on whichever machine: those of add-ons, behind which are applications of the class, are not among them. */
export function ownPorts(settings: PortSettings): readonly number[] {
  const rows: readonly PortRow[] = Object.values(PORTS);
  return rows.flatMap(({ port, addon }) => {
    const number = typeof port === 'number' ? port : port(settings);
    return number === undefined || addon !== undefined ? [] : [number];
  });
}

/** A row of the table as kmon.yaml fills it in. */
export interface NeededPort extends RoomPort {
  readonly by: readonly string[];
  readonly severity: 'stops' | 'hurts';
}

/** The ports that the workshop needs for itself on a machine. */
export function neededPorts(machine: Machine, settings: PortSettings): readonly NeededPort[] {
  const { network } = settings.kubernetes;
  return rowsOn(machine, settings).filter((row) => row.networks?.includes(network) !== false);
}

/** A port that two want. */
export interface PortClash {
  /** The add-on. */
  readonly addon: string;
  readonly port: number;
  /** Who has it: another add-on, or the row of the table. */
  readonly with: string;
}

/**
 * The ports that add-ons want and somebody else of the room has: each add-on against the workshop itself and against those before it.
 *
 * @param table all ports, unless a test says otherwise
 */
export function portClashes(
  addons: readonly string[],
  settings: Omit<PortSettings, 'addons'>,
  table: Readonly<Record<string, PortRow>> = PORTS,
): readonly PortClash[] {
  const rows = Object.entries(table).flatMap(([name, { port, protocol, addon }]) => {
    const number = typeof port === 'number' ? port : port({ ...settings, addons });
    return number === undefined || (addon !== undefined && !addons.includes(addon))
      ? []
      : [{ who: addon ?? name, rank: addon === undefined ? -1 : addons.indexOf(addon), protocol, number }];
  });
  return addons.flatMap((addon, rank) =>
    rows
      .filter((row) => row.who === addon)
      .flatMap((own) => {
        const other = rows.find(
          (row) => row.rank < rank && row.number === own.number && row.protocol === own.protocol,
        );
        return other === undefined ? [] : [{ addon, port: own.number, with: other.who }];
      }),
  );
}

/** The ports of a machine that others of the room must reach, each once. */
export function reachedPorts(machine: Machine, settings: PortSettings): readonly RoomPort[] {
  const ports = rowsOn(machine, settings).filter((row) => row.reached);
  return ports
    .filter(
      ({ protocol, port }, i) => ports.findIndex((p) => p.protocol === protocol && p.port === port) === i,
    )
    .map(({ protocol, port }) => ({ protocol, port }));
}

function rowsOn(
  { role }: Machine,
  settings: PortSettings,
): readonly (NeededPort & Pick<PortRow, 'reached' | 'networks'>)[] {
  const rows: readonly PortRow[] = Object.values(PORTS);
  return rows.flatMap((row) => {
    if (row.addon !== undefined && !settings.addons.includes(row.addon)) return [];
    const port = typeof row.port === 'number' ? row.port : row.port(settings);
    return port === undefined || (row.on === 'parent' && role !== 'parent') ? [] : [{ ...row, port }];
  });
}

/** Without it the workshop does not work. */
function needed<const P extends number>(
  port: P,
  on: PortRow['on'],
  by: readonly string[],
  { reached = false } = {},
): PortRow & { readonly port: P } {
  return { protocol: 'tcp', port, on, by, reached, severity: 'stops' };
}

/** A NodePort on the parent that an add-on has. */
function ofAddon<const P extends number>(port: P, addon: string): PortRow & { readonly port: P } {
  return { protocol: 'tcp', port, on: 'parent', by: ['kube-proxy'], reached: true, severity: 'hurts', addon };
}

/** A NodePort on the parent that a person opens in a browser. */
function chosen(port: (settings: PortSettings) => number | undefined): PortRow {
  return { protocol: 'tcp', port, on: 'parent', by: ['kube-proxy'], reached: true, severity: 'hurts' };
}
