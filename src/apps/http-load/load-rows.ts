import { isSelected } from '../../tools/scaling.js';
import type { RoutedService, ScaledWorkload, Scaling } from '../../tools/scaling.js';
import type { HttpReport } from '../../tools/hey.js';

/** How it was at one moment of a step. What is absent is not known. */
export interface LoadSample {
  /** Since the step began. */
  readonly atSeconds: number;
  /** Of what makes the pods behind the Service, all together. */
  readonly replicas?: { readonly ready: number; readonly wanted: number };
  /** What the autoscaler wants, and what it goes by. */
  readonly autoscaler?: {
    readonly name: string;
    readonly desired: number;
    readonly most: number;
    readonly metrics: readonly string[];
  };
  /** What the pods use of processors, in whole ones; only where a metrics-server says it, or Prometheus asks the kubelets for it. */
  readonly podsCores?: number;
  /** By machine, percent of all of its processors. */
  readonly cpuPercent: Readonly<Record<string, number>>;
}

/** One step of a load, as it went. */
export interface LoadStep {
  /** 0: nothing was asked for, and only watched. */
  readonly connections: number;
  readonly seconds: number;
  /** Absent with 0 connections. */
  readonly report?: HttpReport;
  /** What the generator used of the processors that it may have, in percent. */
  readonly generatorPercent?: number;
  readonly samples: readonly LoadSample[];
}

/** A row of the table, as JSON too: null is "not known", or "nothing was asked". */
export interface LoadRow {
  readonly connections: number;
  readonly seconds: number;
  readonly requests: number | null;
  /** Answers a second, whatever their status. */
  readonly answersPerSecond: number | null;
  readonly p50Ms: number | null;
  readonly p95Ms: number | null;
  readonly p99Ms: number | null;
  /** Requests without an answer, and answers that are errors (status 400 and above). */
  readonly errors: number | null;
  readonly errorsBy: readonly { readonly because: string; readonly count: number }[];
  readonly statuses: Readonly<Record<string, number>>;
  /** Ready ones in the course of the step, each number when it changed. */
  readonly replicas: readonly number[];
  /** At its end. */
  readonly replicasWanted: number | null;
  /** The most that the autoscaler wanted in the step, and what it went by then. */
  readonly autoscaler: {
    readonly name: string;
    readonly wants: number;
    readonly most: number;
    readonly metrics: readonly string[];
  } | null;
  /** At its end: a rate is of the seconds before. */
  readonly podsCores: number | null;
  /** The busiest machine at its end. */
  readonly busiest: { readonly machine: string; readonly cpuPercent: number } | null;
  readonly generatorPercent: number | null;
}

/** What makes the pods that a Service leads to. */
export function workloadsOf(
  { selector }: Pick<RoutedService, 'selector'>,
  { workloads }: Pick<Scaling, 'workloads'>,
): readonly ScaledWorkload[] {
  return workloads.filter((w) => isSelected(selector, w.labels));
}

/** What of the state of a namespace is about one Service in it. */
export function scalingOf(
  service: Pick<RoutedService, 'selector'>,
  scaling: Scaling,
): Pick<LoadSample, 'replicas' | 'autoscaler' | 'podsCores'> {
  const used = scaling.uses.filter(({ labels }) => isSelected(service.selector, labels));
  const workloads = workloadsOf(service, scaling);
  const sum = (of: (w: ScaledWorkload) => number): number => workloads.reduce((all, w) => all + of(w), 0);
  const scaler = scaling.autoscalers.find(({ of }) =>
    workloads.some((w) => w.kind === of.kind && w.name === of.name),
  );
  return {
    ...(workloads.length === 0
      ? {}
      : { replicas: { ready: sum((w) => w.ready), wanted: sum((w) => w.wanted) } }),
    ...(scaler === undefined
      ? {}
      : {
          autoscaler: {
            name: scaler.name,
            desired: scaler.desired,
            most: scaler.most,
            metrics: scaler.metrics,
          },
        }),
    ...(used.length === 0 ? {} : { podsCores: used.reduce((all, { cores }) => all + cores, 0) }),
  };
}

/** The names that such workloads give their pods, as a regular expression of Prometheus'. */
export function podsPattern(workloads: readonly Pick<ScaledWorkload, 'kind' | 'name'>[]): string {
  const behind = { Deployment: '-[a-z0-9]+-[a-z0-9]+', StatefulSet: '-[0-9]+' } as const;
  return workloads
    .map(({ kind, name }) => {
      const own = name.replaceAll('.', String.raw`\\.`);
      return `${own}${kind === 'Deployment' || kind === 'StatefulSet' ? behind[kind] : '-[a-z0-9]+'}`;
    })
    .join('|');
}

export function rowOf({ connections, seconds, report, generatorPercent, samples }: LoadStep): LoadRow {
  const bad = Object.entries(report?.statuses ?? {}).filter(([status]) => Number(status) >= 400);
  const errorsBy = [
    ...(report?.errors ?? []),
    ...bad.map(([status, count]) => ({ because: `status ${status}`, count })),
  ];
  const wants = samples
    .flatMap(({ autoscaler }) => autoscaler ?? [])
    .reduce<LoadSample['autoscaler']>((most, a) => (a.desired > (most?.desired ?? -1) ? a : most), undefined);
  return {
    connections,
    seconds,
    requests: report?.requests ?? null,
    answersPerSecond: report === undefined || report.seconds === 0 ? null : report.answered / report.seconds,
    p50Ms: report?.p50Ms ?? null,
    p95Ms: report?.p95Ms ?? null,
    p99Ms: report?.p99Ms ?? null,
    errors: report === undefined ? null : errorsBy.reduce((sum, e) => sum + e.count, 0),
    errorsBy,
    statuses: report?.statuses ?? {},
    replicas: changesIn(samples.flatMap(({ replicas }) => replicas?.ready ?? [])),
    replicasWanted: lastOf(samples, (s) => s.replicas?.wanted) ?? null,
    autoscaler:
      wants === undefined
        ? null
        : { name: wants.name, wants: wants.desired, most: wants.most, metrics: wants.metrics },
    podsCores: lastOf(samples, (s) => s.podsCores) ?? null,
    busiest: lastOf(samples, ({ cpuPercent }) => busiestOf(cpuPercent)) ?? null,
    generatorPercent: generatorPercent ?? null,
  };
}

/** The busiest of some machines; absent: nothing is known of any. */
export function busiestOf(cpuPercent: LoadSample['cpuPercent']): NonNullable<LoadRow['busiest']> | undefined {
  const [first] = Object.entries(cpuPercent).toSorted(([, a], [, b]) => b - a);
  return first === undefined ? undefined : { machine: first[0], cpuPercent: first[1] };
}

function changesIn(values: readonly number[]): readonly number[] {
  return values.filter((value, i) => i === 0 || value !== values[i - 1]);
}

function lastOf<T>(samples: readonly LoadSample[], of: (sample: LoadSample) => T | undefined): T | undefined {
  return samples.flatMap((sample) => of(sample) ?? []).at(-1);
}
