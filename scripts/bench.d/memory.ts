// What the pods of the parent hold in memory, as its kubelet says it.
import type { BenchLab } from './bench-lab.js';
import { BIN } from './seen.js';

/** Bytes. */
export interface PodMemory {
  readonly namespace: string;
  readonly name: string;
  readonly bytes: number;
}

interface Summary {
  readonly pods: readonly {
    readonly podRef: { readonly namespace: string; readonly name: string };
    readonly memory?: { readonly workingSetBytes?: number };
    readonly containers?: readonly { readonly memory?: { readonly workingSetBytes?: number } }[];
  }[];
}

const KUBECTL = `HOME=/proc/no-home ${BIN}/kubectl --kubeconfig /etc/kubernetes/admin.conf`;

/** The working set of every pod on the parent: what the kernel cannot take back at once. */
export async function memoryOf(lab: BenchLab): Promise<readonly PodMemory[]> {
  const { name } = lab.parent;
  const said = await lab.inMachine(name, `${KUBECTL} get --raw /api/v1/nodes/${name}/proxy/stats/summary`);
  return readMemory(JSON.parse(said) as Summary);
}

export function readMemory({ pods }: Summary): readonly PodMemory[] {
  return pods.map(({ podRef, memory, containers = [] }) => ({
    ...podRef,
    bytes:
      memory?.workingSetBytes ??
      containers.reduce((sum, container) => sum + (container.memory?.workingSetBytes ?? 0), 0),
  }));
}

/** What Prometheus takes in: it holds two to three hours of it in memory. */
export async function takenIn(
  lab: BenchLab,
): Promise<{ readonly series: number; readonly samplesASecond: number }> {
  const proxy = '/api/v1/namespaces/monitoring/services/kmon-prometheus:http/proxy/api/v1/query';
  const ask = async (query: string): Promise<number> => {
    const said = await lab.inMachine(
      lab.parent.name,
      `${KUBECTL} get --raw '${proxy}?query=${encodeURIComponent(query)}'`,
    );
    const { data } = JSON.parse(said) as Answer;
    return Number(data.result[0]?.value[1]);
  };
  return {
    series: await ask('max(prometheus_tsdb_head_series)'),
    samplesASecond: await ask('max(rate(prometheus_tsdb_head_samples_appended_total[1m]))'),
  };
}

interface Answer {
  readonly data: { readonly result: readonly { readonly value: readonly [number, string] }[] };
}

/** A line a namespace, with its largest pods. */
export function memoryText(pods: readonly PodMemory[]): readonly string[] {
  const namespaces = [...new Set(pods.map((p) => p.namespace))].toSorted();
  return namespaces.map((namespace) => {
    const own = pods.filter((p) => p.namespace === namespace).toSorted((a, b) => b.bytes - a.bytes);
    const all = own.reduce((sum, { bytes }) => sum + bytes, 0);
    return `${namespace}: ${mib(all)} MiB (${own.map(({ name, bytes }) => `${name} ${mib(bytes)}`).join(', ')})`;
  });
}

function mib(bytes: number): number {
  return Math.round(bytes / 1024 ** 2);
}
