import { KmonError } from '../errors/kmon-error.js';
import type { Secret } from '../shell/secret.js';
import { parseForeignJson } from './foreign-json.js';

/** A request to Grafana's HTTP API. */
export interface GrafanaRequest {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  /** JSON. */
  readonly body?: string;
}

/** Whether it is one, and what its clock says; needs no login. */
export const askHealth: GrafanaRequest = { method: 'GET', path: '/api/health' };

/** @throws KmonError `command` when it is no JSON: somebody else answers. */
export function isHealth(body: string): boolean {
  return parseForeignJson(body, 'Grafana').at('database').exists;
}

/**
 * Marks a stretch of time in every dashboard that asks for one of its tags.
 *
 * @param mark.from milliseconds since the epoch, of the clock of whoever measures
 */
export function addAnnotation(mark: {
  readonly from: number;
  readonly to: number;
  readonly tags: readonly string[];
  readonly text: string;
}): GrafanaRequest {
  const { from, to, tags, text } = mark;
  return {
    method: 'POST',
    path: '/api/annotations',
    body: JSON.stringify({ time: Math.round(from), timeEnd: Math.round(to), tags, text }),
  };
}

/** The dashboards that somebody without a login sees; see `parseDashboards`. */
export const DASHBOARDS_PATH = '/api/search?type=dash-db&limit=5000';

/** Their uids. @throws KmonError `command` when it is no list of them: somebody else answers. */
export function parseDashboards(body: string): ReadonlySet<string> {
  const found = parseForeignJson(body, 'Grafana');
  if (!found.isList) throw new KmonError('command', 'something answers in its place that is not Grafana');
  return new Set(found.list.flatMap((one) => one.at('uid').text ?? []));
}

/** Grafana asks the source itself; an answer that is no success has the reason. */
export function sourceHealthPath(uid: string): string {
  return `/api/datasources/uid/${encodeURIComponent(uid)}/health`;
}

/** Why the source does not answer Grafana, in its words; `undefined`: it does. @throws KmonError `command` when it is no JSON. */
export function sourceTrouble(body: string): string | undefined {
  const said = parseForeignJson(body, 'Grafana');
  return said.at('status').text === 'OK' ? undefined : (said.at('message').text ?? 'no reason given');
}

/** The value of the header `authorization`. */
export function basicLogin(user: string, password: Secret): Secret {
  return password.within((clear) => `Basic ${Buffer.from(`${user}:${clear}`).toString('base64')}`);
}

/** Why it did not do what it was asked to, in its own words. @throws KmonError `command` when it is no JSON: somebody else answers. */
export function refusalOf(body: string): string {
  return parseForeignJson(body, 'Grafana').at('message').text ?? 'no reason given';
}
