import type { Command } from '../shell/command.js';
import { reads, withOptions } from '../shell/command.js';
import type { ExecResult } from '../transport/transport.js';
import { apiPath, execIn, getRaw } from './kubectl.js';
import type { Kubectl } from './kubectl.js';

/** An Alertmanager on the cluster. */
export interface AlertmanagerService {
  readonly namespace: string;
  readonly service: string;
  /** Name of the service's port. */
  readonly port: string;
  /** What keeps its pod: `deploy/NAME`. */
  readonly workload: string;
}

/** Whoever brings an Alertmanager calls its container so. */
const CONTAINER = 'alertmanager';

/**
 * Gives Alertmanager an alert that is over after a while. By the program that its image has for it, in its own pod: the API server passes a
 * request on without saying that it is JSON, which Alertmanager then refuses.
 *
 * @param alert.startsAt RFC 3339, as `endsAt`; without it an alert would begin when it ends
 */
export function addAlert(
  k: Kubectl,
  at: AlertmanagerService,
  alert: {
    readonly labels: Readonly<Record<string, string>>;
    readonly annotations: Readonly<Record<string, string>>;
    readonly startsAt: string;
    readonly endsAt: string;
  },
): Command<'changes'> {
  const pairs = (texts: Readonly<Record<string, string>>): readonly string[] =>
    Object.entries(texts).map(([name, text]) => `${name}=${JSON.stringify(text)}`);
  return execIn(k, { namespace: at.namespace, workload: at.workload, container: CONTAINER }, [
    'amtool',
    '--alertmanager.url=http://localhost:9093',
    'alert',
    'add',
    ...pairs(alert.labels),
    ...pairs(alert.annotations).map((pair) => `--annotation=${pair}`),
    `--start=${alert.startsAt}`,
    `--end=${alert.endsAt}`,
  ]);
}

/** What Alertmanager counts of itself, asked through the API server; any exit code, see `parseDeliveries`. */
export function askDeliveries(k: Kubectl, at: AlertmanagerService): Command<'reads'> {
  const service = `${encodeURIComponent(at.service)}:${encodeURIComponent(at.port)}`;
  const path = `${apiPath('api', 'v1', 'namespaces', at.namespace, 'services')}/${service}/proxy/metrics`;
  return withOptions(reads`${getRaw(k, path)}`, { ok: 'any' });
}

/** The last lines that Alertmanager printed: any exit code. */
export function askLog(
  k: Kubectl,
  pod: { readonly namespace: string; readonly name: string },
): Command<'reads'> {
  const path = `${apiPath('api', 'v1', 'namespaces', pod.namespace, 'pods', pod.name)}/log?container=${CONTAINER}&tailLines=20`;
  return withOptions(reads`${getRaw(k, path)}`, { ok: 'any' });
}

/** How often a receiver was called by one way, and how often that failed. */
export interface Deliveries {
  readonly way: string;
  readonly tried: number;
  readonly failed: number;
}

/**
 * By the ways of a receiver, in their order. `undefined`: there is no Alertmanager that answers.
 *
 * @param result of `askDeliveries`
 */
export function parseDeliveries(result: ExecResult, receiver: string): readonly Deliveries[] | undefined {
  if (result.exitCode !== 0) return undefined;
  const counts = new Map<string, { tried: number; failed: number }>();
  const line = /^alertmanager_notification_requests_(failed_)?total\{([^}]*)\} (\S+)$/gm;
  for (const [, failed, labels = '', value] of result.stdout.matchAll(line)) {
    if (labelIn(labels, 'receiver_name') !== receiver) continue;
    const way = labelIn(labels, 'integration') ?? '';
    const count = counts.get(way) ?? { tried: 0, failed: 0 };
    count[failed === undefined ? 'tried' : 'failed'] = Number(value);
    counts.set(way, count);
  }
  return [...counts].map(([way, count]) => ({ way, ...count })).toSorted((a, b) => (a.way < b.way ? -1 : 1));
}

/** Why the last message of a receiver was not taken, in Alertmanager's words; `undefined`: it says nothing of it. */
export function lastRefusal(log: string, receiver: string): string | undefined {
  const about = log
    .split('\n')
    .filter((line) => line.includes('msg="Notify') && line.includes(`receiver=${receiver} `))
    .at(-1);
  const error = /(?:^| )err="((?:[^"\\]|\\.)*)"/.exec(about ?? '')?.[1];
  return error?.replaceAll(/\\(.)/g, '$1');
}

function labelIn(labels: string, name: string): string | undefined {
  return new RegExp(`(?:^|,)${name}="([^"]*)"`).exec(labels)?.[1];
}
