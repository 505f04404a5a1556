import type { ActiveAlert } from '../tools/prometheus.js';

/** One alert about one machine, as `kmon alerts` shows it. */
export interface AlertRow {
  /** Name of a node or of an observed computer; `null`: the alert is about no machine. */
  readonly machine: string | null;
  /** The rule's name, such as KmonNodeHot. */
  readonly alert: string;
  readonly severity: string | null;
  readonly state: 'firing' | 'pending';
  /** Since when it is so, RFC 3339. */
  readonly since: string;
  /** In words, with figures. */
  readonly what: string;
  /** What somebody in the room does about it; `null`: its rule does not say. */
  readonly remedy: string | null;
}

/** The rule that tells of a machine that does not answer. */
const SILENT = 'KmonNodeDown';

const URGENCY = ['critical', 'warning'];

/**
 * What is the matter now, the worst first: what fires before what is pending, critical before the rest, the oldest of each first. `only`: of these
 * machines; what is about no machine is always told. `notJoined`: machines that are no nodes yet, of which is said just that.
 */
export function alertRows(
  alerts: readonly ActiveAlert[],
  only: readonly string[],
  notJoined: readonly string[] = [],
): readonly AlertRow[] {
  return alerts
    .map(rowOf)
    .map((row) =>
      row.machine !== null && row.alert === SILENT && notJoined.includes(row.machine)
        ? { ...row, what: `${row.machine} has not joined the cluster`, remedy: 'run `kmon join-child`' }
        : row,
    )
    .filter(({ machine }) => machine === null || only.includes(machine))
    .toSorted(
      (a, b) =>
        Number(a.state === 'pending') - Number(b.state === 'pending') ||
        urgency(a) - urgency(b) ||
        (a.since < b.since ? -1 : Number(a.since > b.since)) ||
        (a.machine ?? '').localeCompare(b.machine ?? '', 'en'),
    );
}

function urgency({ severity }: AlertRow): number {
  const at = URGENCY.indexOf(severity ?? '');
  return at === -1 ? URGENCY.length : at;
}

function rowOf({ labels, annotations, state, since }: ActiveAlert): AlertRow {
  return {
    machine: labels['node'] ?? null,
    alert: labels['alertname'] ?? '',
    severity: labels['severity'] ?? null,
    state,
    since,
    what: annotations['summary'] ?? annotations['description'] ?? '',
    remedy: annotations['remedy'] ?? null,
  };
}
