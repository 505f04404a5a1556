import type { Endpoint } from '../../tools/app-service.js';
import type { Target } from '../../tools/prometheus.js';
import { APP_LABEL } from './marks.js';
import { SERIES_AT_MOST } from './monitor.js';

/** One endpoint of the application, and what Prometheus says of it. */
export interface WatchedEndpoint {
  /** As Prometheus calls it: address and port. */
  readonly instance: string;
  readonly node: string | null;
  /** `unknown`: it has not been asked yet, or not been found. */
  readonly health: Target['health'];
  /** Why it is down, in the words of Prometheus. */
  readonly because?: string;
}

/** What is known of a watched application. */
export interface WatchedApp {
  /** Of each endpoint that is ready. */
  readonly endpoints: readonly WatchedEndpoint[];
  /** Series of its own that Prometheus has of it now. */
  readonly series: number;
}

/**
 * Each ready endpoint with the target that Prometheus has for it. Pods that come and go leave targets of the past, and so does another path:
 * these are no matter.
 */
export function watchedApp(
  { app, path }: { readonly app: string; readonly path: string },
  endpoints: readonly Endpoint[],
  targets: readonly Target[],
  series: number,
): WatchedApp {
  const own = targets.filter(({ labels }) => labels[APP_LABEL] === app);
  return {
    endpoints: endpoints
      .filter(({ ready }) => ready)
      .map(({ address, port, node }) => {
        const instance = `${address}:${port}`;
        const target = own.find(
          ({ labels, url }) => labels['instance'] === instance && isAt(url, instance, path),
        );
        const because = target?.health === 'down' ? target.lastError : undefined;
        return {
          instance,
          node: node ?? null,
          health: target?.health ?? 'unknown',
          ...(because === undefined ? {} : { because }),
        };
      }),
    series,
  };
}

/** As Prometheus writes it, with what an address escapes. */
function isAt(url: string | undefined, instance: string, path: string): boolean {
  return url === new URL(path, `http://${instance}`).href;
}

/** Those that Prometheus has asked in vain. */
export function downIn({ endpoints }: WatchedApp): readonly WatchedEndpoint[] {
  return endpoints.filter(({ health }) => health === 'down');
}

/** What is missing of the proof, in words; `undefined`: it is proven. */
export function unprovenIn(watched: WatchedApp): string | undefined {
  const { endpoints, series } = watched;
  const down = downIn(watched);
  const [first, ...more] = down;
  if (first !== undefined)
    return `${downText(first)}${more.length === 0 ? '' : `; and ${more.length} more of ${endpoints.length}`}`;
  const found = endpoints.filter(({ health }) => health === 'up').length;
  if (found < endpoints.length) return `Prometheus has asked ${found} of ${endpoints.length} endpoints`;
  return series === 0 ? 'it answers, and there is no series of its own yet' : undefined;
}

/** "10.244.1.7:8080 on pc-11 does not answer: connection refused" */
export function downText({ instance, node, because = '' }: WatchedEndpoint): string {
  const where = node === null ? instance : `${instance} on ${node}`;
  return `${where} gives no metrics: ${because === '' ? 'no reason given' : because}`;
}

/** What somebody does about it, by the words of Prometheus. */
export function remedyFor(because: string): string {
  if (/connection refused/.test(because))
    return 'nobody listens there: see which port the application has its metrics on';
  if (/sample limit exceeded/.test(because))
    return `it has more than ${SERIES_AT_MOST} series, which Prometheus takes of none: leave out labels with many values`;
  if (/HTTP status 404/.test(because))
    return 'it has no metrics at that path: name the right one with --path';
  if (/HTTP status 40[13]/.test(because)) return 'it wants a login: let its metrics be read without one';
  if (/Content-Type|expected .* got|invalid metric|text format/i.test(because))
    return 'what it answers there are no metrics: name another path with --path, or another port with --port';
  if (/deadline exceeded|timeout|no route/i.test(because))
    return 'see whether its pods are let through by a NetworkPolicy, and what `kmon verify` says of the network of pods';
  return 'look at what the application says (kubectl logs)';
}

/** What Prometheus is asked for the number of series: those that the application itself gives, and not what is noted of asking it. */
export function ownSeries(app: string): string {
  return `count({${APP_LABEL}=${JSON.stringify(app)},__name__!~"up|scrape_.+"})`;
}
