import type { PrometheusAnswer } from '../tools/prometheus.js';
import { QUERY_LABEL } from './queries.js';
import type { TopRow } from './room-top.js';

/** What is drawn of one machine as it went, the oldest first; `undefined`: nothing was measured then. */
export interface MachinePast {
  readonly cpu: readonly (number | undefined)[];
  readonly celsius: readonly (number | undefined)[];
  /** Both ways together. */
  readonly bits: readonly (number | undefined)[];
}

type Kind = keyof MachinePast;

const KIND_OF: Readonly<Record<string, Kind>> = {
  cpu: 'cpu',
  observedCpu: 'cpu',
  temperature: 'celsius',
  received: 'bits',
  sent: 'bits',
};

/**
 * The last values of every machine, one a step of time. Time is that of Prometheus, in steps: a refresh within the same step as the one before
 * replaces its values, and a step in which nothing was asked stays empty.
 */
export class TopPast {
  readonly #points: number;
  readonly #stepSeconds: number;
  /** By machine, kind and step. */
  readonly #values = new Map<string, Map<number, number>>();
  #last = 0;

  constructor(o: { readonly points: number; readonly stepSeconds: number }) {
    this.#points = o.points;
    this.#stepSeconds = o.stepSeconds;
  }

  /** What Prometheus knew before: see `pastQuestion`. An answer of any other kind adds nothing. */
  recall(answer: PrometheusAnswer | undefined): void {
    if (answer?.kind !== 'matrix') return;
    const sums = new Map<string, number>();
    for (const { labels, points } of answer.series) {
      const kind = KIND_OF[labels[QUERY_LABEL] ?? ''];
      const { node } = labels;
      if (kind === undefined || node === undefined) continue;
      for (const { at, value } of points) {
        const place = `${this.#stepOf(at)} ${kind} ${node}`;
        // The two ways of the network are one line.
        const sum = kind === 'bits' ? (sums.get(place) ?? 0) + value : value;
        sums.set(place, sum);
        this.#put(node, kind, this.#stepOf(at), sum);
      }
    }
  }

  /** @param at of Prometheus' clock, in seconds */
  add(rows: readonly TopRow[], at: number): void {
    const step = this.#stepOf(at);
    for (const row of rows) {
      const { machine, cpuPercent, temperature, receivedBitsPerSecond, sentBitsPerSecond } = row;
      if (cpuPercent !== null) this.#put(machine, 'cpu', step, cpuPercent);
      if (typeof temperature === 'number') this.#put(machine, 'celsius', step, temperature);
      if (receivedBitsPerSecond !== null || sentBitsPerSecond !== null)
        this.#put(machine, 'bits', step, (receivedBitsPerSecond ?? 0) + (sentBitsPerSecond ?? 0));
    }
    this.#last = Math.max(this.#last, step);
    this.#forget();
  }

  of(machine: string): MachinePast {
    const line = (kind: Kind): readonly (number | undefined)[] => {
      const values = this.#values.get(keyOf(machine, kind));
      return values === undefined
        ? []
        : Array.from({ length: this.#points }, (_, i) => values.get(this.#last - this.#points + 1 + i));
    };
    return { cpu: line('cpu'), celsius: line('celsius'), bits: line('bits') };
  }

  #put(machine: string, kind: Kind, step: number, value: number): void {
    const key = keyOf(machine, kind);
    const values = this.#values.get(key) ?? new Map<number, number>();
    values.set(step, value);
    this.#values.set(key, values);
    this.#last = Math.max(this.#last, step);
  }

  #stepOf(at: number): number {
    return Math.floor(at / this.#stepSeconds);
  }

  #forget(): void {
    const oldest = this.#last - this.#points;
    for (const values of this.#values.values())
      for (const step of values.keys()) if (step <= oldest) values.delete(step);
  }
}

function keyOf(machine: string, kind: Kind): string {
  return `${kind} ${machine}`;
}
