import { prometheusOf } from '../../addons/asked-prometheus.js';
import type { ClusterReader } from '../../cluster/cluster-runner.js';
import type { Config } from '../../config/config.js';
import { KmonError } from '../../errors/kmon-error.js';
import type { ErrorCode } from '../../errors/exit-codes.js';
import { exporterJob } from '../../observe/exporter-job.js';
import { readTop, topRows } from '../../observe/room-top.js';
import type { TopAnswer, TopRow } from '../../observe/room-top.js';
import { TopPast } from '../../observe/top-past.js';
import { pastQuestion, topQuestion } from '../../observe/top-queries.js';
import { reads, withOptions } from '../../shell/command.js';
import { activeTargets, askPrometheus, parseAnswers } from '../../tools/prometheus.js';
import type { PrometheusService } from '../../tools/prometheus.js';
import { countRunningPods, parseRunningPods } from '../../tools/running-pods.js';

/** Points of a line that is drawn: two and a half minutes at the usual interval of Prometheus. */
const POINTS = 30;

/** Pods come and go more slowly than values, and to list them costs the API more. */
const PODS_EVERY_MS = 15_000;

/** kubectl itself gives up a little earlier. */
const LOOK_MS = 20_000;

/** The way to the cluster may come back. */
const PASSING: readonly ErrorCode[] = ['connection-lost', 'timeout', 'unreachable', 'command'];

/** What one look saw. `silent`: nothing came this time. */
export type TopSeen =
  | {
      readonly kind: 'room';
      /** Of Prometheus' clock, in seconds since the epoch. */
      readonly at: number;
      /** In the room's order. */
      readonly rows: readonly TopRow[];
    }
  | { readonly kind: 'silent'; readonly because: string };

export interface TopLooks {
  /** One round trip. Rejects with what does not pass by itself: a login that is refused, another host key. */
  look(): Promise<TopSeen>;
  readonly past: TopPast;
}

/** Looks at the room again and again: each look asks for no more than is not known from those before. */
export function topLooks(cluster: ClusterReader, config: Config, now: () => number = Date.now): TopLooks {
  const { room, monitoring } = config;
  const scope = {
    scrapeIntervalSeconds: monitoring.scrapeIntervalSeconds,
    observed: room.observed.length > 0,
    job: exporterJob(config),
  };
  // It does not move while somebody watches.
  let found: Promise<PrometheusService> | undefined;
  const prometheus = (): Promise<PrometheusService> =>
    (found ??= prometheusOf({ cluster, config, shared: (_key, _ttlMs, ask) => ask() }));
  const line = { points: POINTS, stepSeconds: Math.max(2, monitoring.scrapeIntervalSeconds) };
  const past = new TopPast(line);
  const heard = new Map<string, number>();
  /** Silent, and asked for once: whoever was not found then was not heard for longer than is looked back. */
  const askedFor = new Set<string>();
  let isFirst = true;
  let isSomebodySilent = true;
  let asksSince = true;
  let pods: { readonly counts: ReadonlyMap<string, number>; readonly at: number } | undefined;

  const learn = (answer: Extract<TopAnswer, { kind: 'room' }>): void => {
    for (const [name, at] of answer.heard) heard.set(name, at);
    const silent: string[] = [];
    for (const [name, { up }] of answer.metrics) {
      if (up) heard.set(name, answer.at);
      else silent.push(name);
      if (!up && asksSince) askedFor.add(name);
    }
    isSomebodySilent = silent.length > 0;
    asksSince = silent.some((name) => !heard.has(name) && !askedFor.has(name));
    isFirst = false;
  };

  return {
    past,
    async look() {
      const questions = [
        topQuestion(scope, asksSince),
        ...(isSomebodySilent ? [activeTargets] : []),
        ...(isFirst ? [pastQuestion(scope, line)] : []),
      ];
      const asked = askPrometheus(cluster.kubectl, await prometheus(), questions);
      const withPods = pods === undefined || now() - pods.at >= PODS_EVERY_MS;
      const all = withPods
        ? reads`${asked}
${countRunningPods(cluster.kubectl)}`
        : asked;
      try {
        const result = await cluster.query(withOptions(all, { timeoutMs: LOOK_MS }));
        const { before, counts } = parseRunningPods(result.stdout);
        if (counts !== undefined) pods = { counts, at: now() };
        const [values, ...others] = parseAnswers({ ...result, stdout: before }, questions.length);
        const answer = readTop(
          values,
          others.find((a) => a.kind === 'targets'),
        );
        if (answer.kind === 'silent') return answer;
        learn(answer);
        past.recall(others.find((a) => a.kind === 'matrix'));
        const rows = topRows(room, answer, heard, pods?.counts);
        past.add(rows, answer.at);
        return { kind: 'room', at: answer.at, rows };
      } catch (error) {
        if (!(error instanceof KmonError) || !PASSING.includes(error.code)) throw error;
        return { kind: 'silent', because: error.message };
      }
    },
  };
}
