import { GRAFANA } from '../../artifacts/images.js';
import type { MonitoringConfig } from '../../config/config.js';
import type { Sight } from '../sight/sight.js';

const MIB = 1024 ** 2;
const GIB = 1024 ** 3;

/** Enough for a control plane, the desktop of whoever owns the computer, and the small monitoring of a few children. */
const SMALL_ROOM = { bytes: 3.5 * GIB, children: 2 } as const;

/**
 * What the pods of a parent hold, in MiB, the control plane's and the monitoring's: the working sets as `scripts/bench monitoring` measured them
 * on 2026-11-30 (Kubernetes 1.36, kube-prometheus-stack 88.5.3) with 2 and with 6 children. Half of what `stack` takes is the API server's, for its
 * kinds of object and those who watch them. To each child what Prometheus keeps of it in memory for three hours is added, at one and a half bytes a
 * value, since a minute after the start it is not there yet.
 */
const PODS: Readonly<Record<MonitoringConfig['profile'], { readonly room: number; readonly child: number }>> =
  {
    lite: { room: 363, child: 9 },
    // With kube-state-metrics, which holds 14 in a room of two children.
    stack: { room: 789, child: 26 },
    // Whether the Prometheus that is there is on the parent nobody knows here: as if it were the small one.
    existing: { room: 363, child: 9 },
  };

/** Not measured, since there is no image of it where our tests run: what others tell of Grafana, with two sidecars in `stack`. */
const GRAFANA_PODS: Readonly<Record<MonitoringConfig['profile'], number>> = {
  lite: 100,
  stack: 266,
  existing: 0,
};

/** Below which a parent of this room has little memory. */
export function enoughMemory({ config, supply }: Pick<Sight, 'config' | 'supply'>): number {
  const { profile, grafana } = config.monitoring;
  const pods = (of: MonitoringConfig['profile'], children: number): number =>
    PODS[of].room +
    PODS[of].child * children +
    (grafana && supply.image(GRAFANA) !== undefined ? GRAFANA_PODS[of] : 0);
  const more = pods(profile, config.room.children.length) - pods('lite', SMALL_ROOM.children);
  return SMALL_ROOM.bytes + Math.max(0, more) * MIB;
}
