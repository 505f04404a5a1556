// Since when a machine is watched, by what Prometheus has of it: whatever else waits for whom, this is when its values could be seen.
import type { BenchLab } from './bench-lab.js';
import { BIN } from './seen.js';

/** All answers of all exporters, with their times. */
const ANSWERS = 'up{job="node-exporter"}[1h]';

export interface Answers {
  readonly data: {
    readonly result: readonly {
      readonly metric: { readonly node: string };
      readonly values: readonly (readonly [seconds: number, value: string])[];
    }[];
  };
}

/** By machine, in milliseconds since the epoch. */
export async function watchedSince(lab: BenchLab, namespace: string): Promise<ReadonlyMap<string, number>> {
  const proxy = `/api/v1/namespaces/${namespace}/services/kmon-prometheus:http/proxy/api/v1/query`;
  const kubectl = `HOME=/proc/no-home ${BIN}/kubectl --kubeconfig /etc/kubernetes/admin.conf`;
  const script = `${kubectl} get --raw '${proxy}?query=${encodeURIComponent(ANSWERS)}'`;
  return secondAnswers(JSON.parse(await lab.inMachine(lab.parent.name, script)) as Answers);
}

/** A rate, such as that of the processor, needs two answers. */
export function secondAnswers({ data }: Answers): ReadonlyMap<string, number> {
  return new Map(
    data.result.flatMap(({ metric, values }) => {
      const second = values.filter(([, value]) => value === '1')[1];
      return second === undefined ? [] : [[metric.node, second[0] * 1000] as const];
    }),
  );
}
