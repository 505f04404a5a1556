import type { Series } from '../tools/prometheus.js';

/** An alert that fired for a while; also as JSON. */
export interface FiredAlert {
  /** The rule's name, such as KmonNodeHot. */
  readonly alert: string;
  /** `null`: it was about no machine. */
  readonly machine: string | null;
  readonly severity: string | null;
  /** RFC 3339. */
  readonly from: string;
  /** `null`: it fires still. */
  readonly until: string | null;
}

/** So many steps may be missing in the middle of one and the same: Prometheus was busy. */
const GAP_STEPS = 3;

/**
 * When which alert fired, in the order of time.
 *
 * @param nowSeconds Of Prometheus' clock.
 * @param aheadMs How far that is ahead of this computer's, by which the times are told.
 */
export function firedAlerts(
  series: readonly Series[],
  {
    stepSeconds,
    nowSeconds,
    aheadMs,
  }: { readonly stepSeconds: number; readonly nowSeconds: number; readonly aheadMs: number },
): readonly FiredAlert[] {
  const gap = GAP_STEPS * stepSeconds;
  const times = new Map<string, { labels: Series['labels']; at: number[] }>();
  for (const { labels, points } of series) {
    // The same alert of several instances of a machine is one to people.
    const key = JSON.stringify([labels['alertname'], labels['node'], labels['severity']]);
    const known = times.get(key) ?? { labels, at: [] };
    for (const { at } of points) known.at.push(at);
    times.set(key, known);
  }
  const time = (seconds: number): string => new Date(seconds * 1000 - aheadMs).toISOString();
  return [...times.values()]
    .flatMap(({ labels, at }) =>
      stretches(at, gap).map(({ first, last }) => ({
        alert: labels['alertname'] ?? '',
        machine: labels['node'] ?? null,
        severity: labels['severity'] ?? null,
        from: time(first),
        until: nowSeconds - last < gap ? null : time(last),
      })),
    )
    .toSorted(
      (a, b) => Date.parse(a.from) - Date.parse(b.from) || (a.machine ?? '').localeCompare(b.machine ?? ''),
    );
}

function stretches(
  at: readonly number[],
  gap: number,
): readonly { readonly first: number; readonly last: number }[] {
  const found: { first: number; last: number }[] = [];
  for (const time of at.toSorted((a, b) => a - b)) {
    const now = found.at(-1);
    if (now !== undefined && time - now.last <= gap) now.last = time;
    else found.push({ first: time, last: time });
  }
  return found;
}
