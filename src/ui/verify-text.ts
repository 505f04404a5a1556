import type { MonitoringProfile } from '../config/config.js';
import { temperatureText } from '../observe/sensors.js';
import type { Temperature } from '../observe/sensors.js';
import { harmlessLine } from './harmless.js';
import { tableText } from './table.js';
import { plainTheme } from './theme.js';
import type { Theme } from './theme.js';

/** What a pod on a machine could do: resolve a name and reach a Service. */
export type PodsCell = 'reach' | 'fail' | 'not tried';

/** What `kmon verify` found, also as JSON: null is "not known". */
export interface VerifyResult {
  /** Of the monitoring. */
  readonly profile: MonitoringProfile;
  readonly rows: readonly {
    readonly machine: string;
    /** As Kubernetes has it; `absent`: it knows no such node. */
    readonly node: string;
    readonly up: boolean;
    readonly cpuPercent: number | null;
    readonly memoryPercent: number | null;
    readonly temperature: Temperature | null;
    readonly pods: PodsCell | null;
    /** From the start of a load to its value in Prometheus; absent where nobody asked. */
    readonly latencySeconds?: number | null;
  }[];
  readonly targets: { readonly up: number; readonly all: number };
  readonly checks: readonly { readonly what: string; readonly good: boolean; readonly because: string }[];
  readonly missing: readonly {
    readonly what: string;
    readonly because: string;
    readonly fix?: string;
  }[];
  readonly notes: readonly string[];
}

const COLUMNS = [
  { title: 'machine' },
  { title: 'node' },
  { title: 'target' },
  ...['cpu', 'memory', 'temperature'].map((title) => ({ title, align: 'right' as const })),
  { title: 'pods' },
];

/** The table, what was looked at beside it, what is missing with what to do, and the verdict last. */
export function verifyText(result: VerifyResult, theme: Theme = plainTheme): string {
  const { rows, targets, checks, missing, notes } = result;
  const percent = (value: number | null): string | undefined =>
    value === null ? undefined : `${Math.round(value)} %`;
  const isTimed = rows.some((r) => r.latencySeconds !== undefined);
  const table = tableText(
    isTimed ? [...COLUMNS, { title: 'seen after', align: 'right' }] : COLUMNS,
    rows.map((r) => [
      r.machine,
      r.node,
      r.up ? 'up' : 'not up',
      percent(r.cpuPercent),
      percent(r.memoryPercent),
      temperatureText(r.temperature ?? undefined),
      r.pods ?? undefined,
      ...(isTimed
        ? [typeof r.latencySeconds === 'number' ? `${r.latencySeconds.toFixed(1)} s` : undefined]
        : []),
    ]),
    theme,
  );
  const line = (good: boolean, text: string): string =>
    `${good ? theme.good(theme.signs.done) : theme.bad(theme.signs.failed)} ${harmlessLine(text)}`;
  return [
    table,
    line(targets.all > 0 && targets.up === targets.all, `targets: ${targets.up} of ${targets.all} up`),
    ...checks.map(({ what, good, because }) => line(good, `${what}: ${because}`)),
    ...notes.map((note) => `· ${harmlessLine(note)}`),
    ...missing.flatMap(({ what, because, fix }) => [
      line(false, `${what}: ${because}`),
      ...(fix === undefined ? [] : [`  fix: ${harmlessLine(fix)}`]),
    ]),
    missing.length === 0
      ? theme.good('everything is there')
      : theme.bad(`${missing.length} ${missing.length === 1 ? 'thing is' : 'things are'} missing`),
  ].join('\n');
}
