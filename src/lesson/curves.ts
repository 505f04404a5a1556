import { QUERY_LABEL } from '../observe/queries.js';
import type { Series } from '../tools/prometheus.js';
import { DRAWN_BY } from './past-questions.js';
import type { Drawn } from './past-questions.js';

/** How a machine went, one value a step, the oldest first; also as JSON: null is "nothing was measured then". */
export interface Curve {
  readonly machine: string;
  readonly cpuPercent: readonly (number | null)[];
  readonly memoryPercent: readonly (number | null)[];
  /** Degrees Celsius of the processor; empty: it has no sensor that tells what can be. */
  readonly celsius: readonly (number | null)[];
}

/** All curves have the same steps. */
export interface Curves {
  /** Of the first value, RFC 3339. */
  readonly from: string;
  readonly stepSeconds: number;
  readonly machines: readonly Curve[];
}

/**
 * The curves of these machines, in their order; machines of which nothing was measured are missing, and `undefined` is none at all.
 *
 * @param aheadMs How far the clock of Prometheus is ahead of this computer's, by which the curves are told.
 */
export function curvesOf(
  series: readonly Series[],
  machines: readonly string[],
  { stepSeconds, aheadMs }: { readonly stepSeconds: number; readonly aheadMs: number },
): Curves | undefined {
  const stepOf = (at: number): number => Math.round(at / stepSeconds);
  const values = new Map<string, Map<number, number>>();
  let first = Infinity;
  let last = -Infinity;
  for (const { labels, points } of series) {
    const drawn = DRAWN_BY[labels[QUERY_LABEL] ?? ''];
    const { node } = labels;
    if (drawn === undefined || node === undefined || !machines.includes(node)) continue;
    const line = lineOf(values, node, drawn);
    for (const { at, value } of points) {
      if (!Number.isFinite(value)) continue;
      const step = stepOf(at);
      first = Math.min(first, step);
      last = Math.max(last, step);
      line.set(step, Math.round(value * 10) / 10);
    }
  }
  if (first > last) return undefined;
  const curve = (machine: string, drawn: Drawn): readonly (number | null)[] => {
    const line = lineOf(values, machine, drawn);
    return line.size === 0
      ? []
      : Array.from({ length: last - first + 1 }, (_, i) => line.get(first + i) ?? null);
  };
  return {
    from: new Date(first * stepSeconds * 1000 - aheadMs).toISOString(),
    stepSeconds,
    machines: machines
      .map((machine) => ({
        machine,
        cpuPercent: curve(machine, 'cpuPercent'),
        memoryPercent: curve(machine, 'memoryPercent'),
        celsius: curve(machine, 'celsius'),
      }))
      .filter((c) => c.cpuPercent.length + c.memoryPercent.length + c.celsius.length > 0),
  };
}

function lineOf(values: Map<string, Map<number, number>>, node: string, drawn: Drawn): Map<number, number> {
  const key = `${drawn} ${node}`;
  const line = values.get(key) ?? new Map<number, number>();
  values.set(key, line);
  return line;
}
