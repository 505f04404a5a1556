import type { Machine } from './machine.js';

/** What the workshop listens on, and who is where. */
export interface RoomPort {
  readonly protocol: 'tcp' | 'udp';
  readonly port: number;
}

/** Ports that the person may choose. */
export interface PortSettings {
  readonly monitoring: {
    readonly prometheusNodePort: number;
    readonly grafana: boolean;
    readonly grafanaNodePort: number;
  };
}

/** The overlay's port: flannel's VXLAN. */
export const OVERLAY_PORT = 8472;

/** kube-apiserver, kubelet, node-exporter. */
const API_SERVER = 6443;
const KUBELET = 10250;
const EXPORTER = 9100;

/** The ports of a machine that others of the room must reach. */
export function portsOf(machine: Machine, config: PortSettings): readonly RoomPort[] {
  const { prometheusNodePort, grafana, grafanaNodePort } = config.monitoring;
  const parent = machine.role === 'parent';
  const tcp = [
    ...(parent ? [API_SERVER] : []),
    KUBELET,
    EXPORTER,
    ...(parent ? [prometheusNodePort] : []),
    ...(parent && grafana ? [grafanaNodePort] : []),
  ];
  return [
    ...[...new Set(tcp)].map((port) => ({ protocol: 'tcp' as const, port })),
    { protocol: 'udp', port: OVERLAY_PORT },
  ];
}
