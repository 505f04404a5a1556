import { KmonError } from '../errors/kmon-error.js';
import { reads, type Command } from '../shell/command.js';
import type { ExecResult } from '../transport/transport.js';
import { parseForeignJson, type ForeignJson } from './foreign-json.js';
import { apiPath, getRaw, type Kubectl } from './kubectl.js';

/** Where a Prometheus is in the cluster. */
export interface PrometheusService {
  readonly namespace: string;
  /** Such as kmon-prometheus. */
  readonly service: string;
  /** Name of the service's port. */
  readonly port: string;
  /** What its own paths begin with, such as /prometheus; absent: nothing. */
  readonly prefix?: string;
}

/** A question to Prometheus' HTTP API: what follows `/api/v1/`. */
export type PrometheusQuestion = string;

/** The value of an expression now. */
export function instant(expr: string): PrometheusQuestion {
  return `query?${new URLSearchParams({ query: expr }).toString()}`;
}

/** The values of an expression over time; times in seconds since the epoch. */
export function range(
  expr: string,
  over: { readonly start: number; readonly end: number; readonly stepSeconds: number },
): PrometheusQuestion {
  const { start, end, stepSeconds } = over;
  return `query_range?${new URLSearchParams({
    query: expr,
    start: String(start),
    end: String(end),
    step: String(stepSeconds),
  }).toString()}`;
}

/** The alerts that are pending or firing now. */
export const activeAlerts: PrometheusQuestion = 'alerts';

/** The names of all that it is configured to ask, whether it has found something there or not. */
export const scrapePools: PrometheusQuestion = 'scrape_pools';

/** The groups of rules that it has. */
export const ruleGroups: PrometheusQuestion = 'rules';

/** To whom it tells its alerts. */
export const alertmanagers: PrometheusQuestion = 'alertmanagers';

/** What is asked for metrics, and how the last time went. */
export const activeTargets: PrometheusQuestion = 'targets?state=active';

/**
 * Asks Prometheus through the API server, so that no port need be open to this computer: all questions in one command, one round trip.
 * The exit code is 0 whatever comes back; see `parseAnswers`.
 */
export function askPrometheus(
  k: Kubectl,
  at: PrometheusService,
  questions: readonly PrometheusQuestion[],
): Command<'reads'> {
  const proxy = `${apiPath('api', 'v1', 'namespaces', at.namespace, 'services')}/${encodeURIComponent(at.service)}:${encodeURIComponent(at.port)}/proxy${at.prefix ?? ''}/api/v1`;
  const asked = questions.map(
    (q) => reads`rc=0; ${getRaw(k, `${proxy}/${q}`)} 2>&1 || rc=$?; printf '\n@@kmon %s\n' "$rc"`,
  );
  return { effect: 'reads', script: asked.map((c) => c.script).join('\n') };
}

export interface Sample {
  readonly labels: Readonly<Record<string, string>>;
  /** May be NaN or infinite. */
  readonly value: number;
  /** Seconds since the epoch. */
  readonly at: number;
}

export interface Series {
  readonly labels: Readonly<Record<string, string>>;
  readonly points: readonly { readonly at: number; readonly value: number }[];
}

export interface Target {
  readonly labels: Readonly<Record<string, string>>;
  /** Where it is asked. */
  readonly url?: string;
  readonly health: 'up' | 'down' | 'unknown';
  /** Why the last time failed, in Prometheus' words; empty when it did not. */
  readonly lastError: string;
}

export interface ActiveAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  /** `pending`: it is so, and not yet for as long as the rule says. */
  readonly state: 'pending' | 'firing';
  /** Since when it is so: a time as Prometheus writes it (RFC 3339). */
  readonly since: string;
}

/** `error`: Prometheus cannot be reached, or refuses the question. */
export type PrometheusAnswer =
  | { readonly kind: 'vector'; readonly samples: readonly Sample[] }
  | { readonly kind: 'matrix'; readonly series: readonly Series[] }
  | { readonly kind: 'targets'; readonly targets: readonly Target[] }
  | { readonly kind: 'alerts'; readonly alerts: readonly ActiveAlert[] }
  | { readonly kind: 'pools'; readonly pools: readonly string[] }
  | { readonly kind: 'rules'; readonly groups: readonly string[] }
  | { readonly kind: 'alertmanagers'; readonly urls: readonly string[] }
  | { readonly kind: 'error'; readonly message: string };

/**
 * One answer a question, in their order.
 *
 * @throws KmonError `command` when the output was cut short.
 */
export function parseAnswers(result: ExecResult, questions: number): readonly PrometheusAnswer[] {
  const answers: PrometheusAnswer[] = [];
  let from = 0;
  for (const mark of result.stdout.matchAll(/^@@kmon (\d+)$/gm)) {
    answers.push(parseAnswer(result.stdout.slice(from, mark.index), mark[1] === '0'));
    from = mark.index + mark[0].length;
  }
  if (answers.length !== questions)
    throw new KmonError('command', `Prometheus gave ${answers.length} answers to ${questions} questions`, {
      evidence: result.stderr.trim().split('\n').at(-1) ?? '',
    });
  return answers;
}

function parseAnswer(text: string, succeeded: boolean): PrometheusAnswer {
  const lines = text.split('\n').filter((l) => l.trim() !== '');
  // kubectl may print warnings around it; the API's JSON is one line.
  const json = lines.find((l) => l.startsWith('{'));
  if (!succeeded || json === undefined)
    return {
      kind: 'error',
      message: (lines.at(-1) ?? 'no answer').replace(/^Error from server \(\w+\): /, ''),
    };
  const answer = parseForeignJson(json, 'Prometheus');
  if (answer.at('status').text !== 'success')
    return { kind: 'error', message: answer.at('error').text ?? 'no reason given' };
  const data = answer.at('data');
  if (data.at('activeTargets').isList)
    return { kind: 'targets', targets: data.at('activeTargets').list.map(target) };
  if (data.at('alerts').isList) return { kind: 'alerts', alerts: data.at('alerts').list.map(activeAlert) };
  if (data.at('scrapePools').isList)
    return { kind: 'pools', pools: data.at('scrapePools').list.flatMap((pool) => pool.text ?? []) };
  if (data.at('groups').isList)
    return { kind: 'rules', groups: data.at('groups').list.flatMap((group) => group.at('name').text ?? []) };
  if (data.at('activeAlertmanagers').isList)
    return {
      kind: 'alertmanagers',
      urls: data.at('activeAlertmanagers').list.flatMap((one) => one.at('url').text ?? []),
    };
  switch (data.at('resultType').text) {
    case 'vector':
      return { kind: 'vector', samples: data.at('result').list.map(sample) };
    case 'matrix':
      return { kind: 'matrix', series: data.at('result').list.map(series) };
    case undefined:
    default:
      return { kind: 'error', message: `an answer of type ${data.at('resultType').text ?? 'unknown'}` };
  }
}

function sample(item: ForeignJson): Sample {
  return { labels: item.at('metric').texts, ...point(item.at('value')) };
}

function series(item: ForeignJson): Series {
  return { labels: item.at('metric').texts, points: item.at('values').list.map(point) };
}

/** `[time, "value"]`; Prometheus writes values as text, since JSON has no NaN. */
function point(pair: ForeignJson): { readonly at: number; readonly value: number } {
  const [at, value] = pair.list;
  const text = value?.text ?? 'NaN';
  const sign = /^[+-]Inf$/.test(text) ? (text.startsWith('-') ? -Infinity : Infinity) : undefined;
  return { at: at?.number ?? 0, value: sign ?? Number(text) };
}

function target(item: ForeignJson): Target {
  const health = item.at('health').text;
  const url = item.at('scrapeUrl').text;
  return {
    labels: item.at('labels').texts,
    ...(url === undefined ? {} : { url }),
    health: health === 'up' || health === 'down' ? health : 'unknown',
    lastError: item.at('lastError').text ?? '',
  };
}

function activeAlert(item: ForeignJson): ActiveAlert {
  return {
    labels: item.at('labels').texts,
    annotations: item.at('annotations').texts,
    state: item.at('state').text === 'firing' ? 'firing' : 'pending',
    since: item.at('activeAt').text ?? '',
  };
}
