import type { Machine, Observed, Role } from '../room/machine.js';
import { allMachines, type Room } from '../room/room.js';
import type { ClusterNode } from '../tools/kubernetes-objects.js';
import type { MachineMetrics, RoomAnswer } from './room-metrics.js';
import { liesText, temperatureOf, type Temperature } from './sensors.js';

/**
 * A machine in Kubernetes. `absent`: the cluster does not know it. `no answer`: nothing is known, the control plane does not answer (or
 * is not there). `no node`: it is only observed.
 */
export type KubernetesState = 'ready' | 'not-ready' | 'unknown' | 'absent' | 'no answer' | 'no node';

/** A row of `kmon status`, also as JSON: null is "not known". */
export interface StatusRow {
  readonly machine: string;
  readonly address: string;
  readonly role: Role | 'observed';
  readonly team: string | null;
  readonly kubernetes: KubernetesState;
  /** Pods are kept away from it. */
  readonly cordoned: boolean;
  /** Such as DiskPressure, in the words of Kubernetes. */
  readonly pressures: readonly string[];
  /** Why it is not ready, or why there are no metrics; or which of them cannot be. */
  readonly because: string | null;
  readonly cpuPercent: number | null;
  readonly memoryPercent: number | null;
  readonly load1: number | null;
  readonly temperature: Temperature | null;
}

/**
 * The room in its own order, observed computers last, out of what the cluster and Prometheus say.
 *
 * @param nodes Absent when the control plane does not answer.
 * @param room Absent when monitoring was not asked (not deployed).
 */
export function roomStatus(
  of: Room,
  nodes: readonly ClusterNode[] | undefined,
  room: RoomAnswer | undefined,
): readonly StatusRow[] {
  return [
    ...allMachines(of).map((machine) => statusRow(machine, nodes, room)),
    ...of.observed.map((computer) => observedRow(computer, room)),
  ];
}

/** Its exporter may know no temperature, and no load on Windows: "not known", and never "no sensor". */
function observedRow(computer: Observed, room: RoomAnswer | undefined): StatusRow {
  const metrics = room?.kind === 'metrics' ? room.metrics.get(computer.name) : undefined;
  const because = metrics?.up === false ? (metrics.lastError ?? 'its exporter does not answer') : null;
  return {
    machine: computer.name,
    address: computer.address,
    role: 'observed',
    team: computer.team ?? null,
    kubernetes: 'no node',
    cordoned: false,
    pressures: [],
    because: because ?? silenceOf(room) ?? liesOf(metrics) ?? null,
    cpuPercent: metrics?.cpuPercent ?? null,
    memoryPercent: metrics?.memoryPercent ?? null,
    load1: null,
    temperature: null,
  };
}

function liesOf(metrics: MachineMetrics | undefined): string | undefined {
  const lies = liesText(metrics?.lies);
  return lies.length === 0 ? undefined : lies.join(', ');
}

function silenceOf(room: RoomAnswer | undefined): string | undefined {
  return room?.kind === 'silent' ? `Prometheus does not answer: ${room.because}` : undefined;
}

function absence({ name, role }: Machine, nodes: readonly ClusterNode[] | undefined): string | undefined {
  if (nodes === undefined || nodes.some((n) => n.name === name)) return undefined;
  const join = role === 'parent' ? 'kmon init-parent' : `kmon join-child --only ${name}`;
  return `not in the cluster: run \`${join}\``;
}

/** What is short on a machine whose kubelet keeps new pods away. */
const SHORT: Readonly<Record<string, string>> = {
  DiskPressure: 'its disk is nearly full',
  MemoryPressure: 'its memory is nearly used up',
  PIDPressure: 'it has nearly as many processes as it may',
};

function pressed(node: ClusterNode | undefined): string | undefined {
  if (node === undefined || node.pressures.length === 0) return undefined;
  const short = node.pressures.map((type) => SHORT[type] ?? type);
  return `${short.join(' and ')}: it takes no new pods, and gives up those that it has, until there is room`;
}

function statusRow(
  machine: Machine,
  nodes: readonly ClusterNode[] | undefined,
  room: RoomAnswer | undefined,
): StatusRow {
  const node = nodes?.find((n) => n.name === machine.name);
  const metrics = room?.kind === 'metrics' ? room.metrics.get(machine.name) : undefined;
  return {
    machine: machine.name,
    address: machine.address,
    role: machine.role,
    team: machine.team ?? null,
    kubernetes: node?.state ?? (nodes === undefined ? 'no answer' : 'absent'),
    cordoned: node?.cordoned ?? false,
    pressures: node?.pressures ?? [],
    because:
      node?.because ??
      pressed(node) ??
      absence(machine, nodes) ??
      metrics?.lastError ??
      silenceOf(room) ??
      liesOf(metrics) ??
      null,
    cpuPercent: metrics?.cpuPercent ?? null,
    memoryPercent: metrics?.memoryPercent ?? null,
    load1: metrics?.load1 ?? null,
    temperature: temperatureOf(metrics) ?? null,
  };
}
