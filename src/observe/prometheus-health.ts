import { instant } from '../tools/prometheus.js';
import type { PrometheusAnswer, PrometheusQuestion } from '../tools/prometheus.js';
import { QUERY_LABEL } from './queries.js';

/** One thing that must be so for the monitoring to be trusted. */
export interface HealthCheck {
  readonly what: string;
  readonly good: boolean;
  /** What was seen, in words and figures. */
  readonly because: string;
  /** What somebody does about it; absent where it is good. */
  readonly remedy?: string;
}

/** What Prometheus is to keep, and where. */
export interface Keeping {
  /** The machine on whose disk the values lie. */
  readonly parent: string;
  /** As kmon.yaml writes it: "24h". */
  readonly retention: string;
}

/** What a sample takes on the disk, at the most: Prometheus' own documentation says one to two bytes. */
const BYTES_A_SAMPLE = 2;

const dropped = [
  'prometheus_target_scrapes_sample_out_of_order_total',
  'prometheus_target_scrapes_sample_duplicate_timestamp_total',
  'prometheus_target_scrapes_sample_out_of_bounds_total',
  'prometheus_target_scrapes_exceeded_sample_limit_total',
  'prometheus_target_scrapes_exceeded_body_size_limit_total',
];
const failedWrites = [
  'prometheus_tsdb_wal_corruptions_total',
  'prometheus_tsdb_wal_truncations_failed_total',
  'prometheus_tsdb_wal_writes_failed_total',
  'prometheus_tsdb_checkpoint_creations_failed_total',
  'prometheus_tsdb_compactions_failed_total',
];
/** Each with a label of its own: without their names they would be the same series, which Prometheus refuses. */
const lately = (metrics: readonly string[]): string =>
  `sum(${metrics.map((m) => `label_replace(increase(${m}[10m]), "of", "${m}", "", "")`).join(' or ')})`;

/** What Prometheus says of itself, whatever its job is called. Every expression is one number, or nothing. */
const QUESTIONS = {
  writes: () => `sum({__name__=~"${failedWrites.join('|')}"})`,
  dropped: () => lately(dropped),
  rules: () => lately(['prometheus_rule_evaluation_failures_total']),
  reloaded: () => 'min(prometheus_config_last_reload_successful)',
  samples: () => 'sum(rate(prometheus_tsdb_head_samples_appended_total[2m]))',
  limit: () => 'max(prometheus_tsdb_retention_limit_bytes)',
  stored: () => 'sum(prometheus_tsdb_storage_blocks_bytes) + sum(prometheus_tsdb_wal_storage_size_bytes)',
  free: ({ parent }: Keeping) =>
    `max(node_filesystem_avail_bytes{job="node-exporter",node=${JSON.stringify(parent)},mountpoint="/",fstype!~"tmpfs|overlay"})`,
} as const satisfies Readonly<Record<string, (keeping: Keeping) => string>>;

type Name = keyof typeof QUESTIONS;

/** Everything that is asked, as one expression of one moment; see `readHealth`. */
export function healthQuestion(keeping: Keeping): PrometheusQuestion {
  return instant(
    Object.entries(QUESTIONS)
      .map(([name, expr]) => `label_replace(${expr(keeping)}, "${QUERY_LABEL}", "${name}", "", "")`)
      .join(' or '),
  );
}

/** What Prometheus says of itself; one check alone where it says nothing. */
export function readHealth(answer: PrometheusAnswer | undefined, keeping: Keeping): readonly HealthCheck[] {
  if (answer?.kind !== 'vector') {
    const because = answer?.kind === 'error' ? answer.message : 'an unexpected answer';
    return [
      { what: 'Prometheus', good: false, because: `it does not answer: ${because}`, remedy: DEPLOY_AGAIN },
    ];
  }
  const said = new Map(answer.samples.map((s) => [s.labels[QUERY_LABEL] ?? '', s.value]));
  const value = (name: Name): number | undefined => said.get(name);
  if (value('samples') === undefined) return [saysNothing(value('reloaded') !== undefined)];
  return [
    none(
      'write-ahead log',
      value('writes'),
      'failed writes',
      'see what it says (kubectl logs), and how full the disk is',
    ),
    none(
      'values',
      value('dropped'),
      'values dropped in the last ten minutes',
      'see whether clocks are off (`kmon check`), or two exporters answer for one machine',
    ),
    none(
      'rules',
      value('rules'),
      'failed evaluations in the last ten minutes',
      'see what it says (kubectl logs): a rule of your own may be wrong',
    ),
    {
      what: 'configuration',
      good: value('reloaded') !== 0,
      because:
        value('reloaded') === 0
          ? 'the last one was refused: it goes on with the one before'
          : 'as it was last given',
      ...(value('reloaded') === 0 ? { remedy: DEPLOY_AGAIN } : {}),
    },
    disk(keeping, {
      samples: value('samples') ?? 0,
      limit: value('limit'),
      stored: value('stored') ?? 0,
      free: value('free'),
    }),
  ];
}

/** A rate wants two answers, and just after it has started there is one. */
function saysNothing(hasBeenAsked: boolean): HealthCheck {
  return hasBeenAsked
    ? {
        what: 'Prometheus',
        good: false,
        because: 'it has only just begun: it has asked itself once',
        remedy: 'run `kmon verify` again in some seconds',
      }
    : {
        what: 'Prometheus',
        good: false,
        because: 'it answers, and says nothing of itself: it is not among its own targets',
        remedy: DEPLOY_AGAIN,
      };
}

const DEPLOY_AGAIN = 'run `kmon deploy-monitoring`: it installs what is missing, or says what is wrong';

function none(what: string, count: number | undefined, of: string, remedy: string): HealthCheck {
  const found = Math.round(count ?? 0);
  return found === 0
    ? { what, good: true, because: `no ${of}` }
    : { what, good: false, because: `${found} ${of}`, remedy };
}

interface Disk {
  /** In a second. */
  readonly samples: number;
  /** Bytes; 0: none. */
  readonly limit: number | undefined;
  readonly stored: number;
  /** On the disk of the parent; absent: not known. */
  readonly free: number | undefined;
}

/** Whether what is to be kept has room. That the limit is reached before the time is over is no fault: then the oldest values go earlier, and it is said. */
function disk({ parent, retention }: Keeping, { samples, limit = 0, stored, free }: Disk): HealthCheck {
  const seconds = retentionSeconds(retention);
  const wanted = samples * BYTES_A_SAMPLE * seconds;
  const kept = limit > 0 ? Math.min(wanted, limit) : wanted;
  const more = Math.max(0, kept - stored);
  const shorter =
    limit > 0 && wanted > limit
      ? `; of the ${retention} about ${Math.max(1, Math.round((limit / wanted) * (seconds / 3600)))} h fit`
      : '';
  const needs = `${bytesText(kept)} for ${retention} at this pace, ${bytesText(stored)} there${shorter}`;
  if (free === undefined)
    return { what: 'disk', good: true, because: `${needs}; the free disk of ${parent} is not known` };
  const because = `${needs}; ${bytesText(free)} free on ${parent}`;
  return free >= more
    ? { what: 'disk', good: true, because }
    : {
        what: 'disk',
        good: false,
        because,
        remedy: `make room on ${parent}, or set monitoring.retention to less in kmon.yaml`,
      };
}

const UNIT_SECONDS: Readonly<Record<string, number>> = { w: 604_800, d: 86_400, h: 3600, m: 60 };

function retentionSeconds(text: string): number {
  return [...text.matchAll(/(\d+)([wdhm])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (UNIT_SECONDS[unit ?? ''] ?? 0),
    0,
  );
}

function bytesText(bytes: number): string {
  return bytes >= 1e9 ? `${(bytes / 1e9).toFixed(1)} GB` : `${Math.round(bytes / 1e6)} MB`;
}
