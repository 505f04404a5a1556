import { describe, expect, it } from 'vitest';
import { isMarked, marks } from '../../../src/apps/watch-app/marks.js';
import { podMonitor, serviceMonitor } from '../../../src/apps/watch-app/monitor.js';
import { portOfApp } from '../../../src/apps/watch-app/port.js';
import { ownSeries, remedyFor, unprovenIn, watchedApp } from '../../../src/apps/watch-app/proof.js';
import { parseAppService, parseEndpoints, parseWorkload } from '../../../src/tools/app-service.js';
import { markObject } from '../../../src/tools/kubectl.js';
import type { Target } from '../../../src/tools/prometheus.js';
import { assertShellSyntax } from '../tools/shell-syntax.js';
import { kmonErrorOf } from '../../support/expect-error.js';

const said = (object: object) => ({ exitCode: 0, stdout: JSON.stringify(object), stderr: '', durationMs: 1 });
const APP = { namespace: 'red', name: 'shop', path: '/stats', intervalSeconds: 5 };

describe('what kubectl tells of an application', () => {
  it('is the ports of its Service, and where they lead', () => {
    const service = parseAppService(
      said({
        metadata: { labels: { app: 'shop' } },
        spec: {
          ports: [
            { name: 'metrics', port: 9090, targetPort: 'm' },
            { port: 80, targetPort: 8080 },
          ],
        },
      }),
    );
    expect(service.ports).toEqual([
      { name: 'metrics', number: 9090, targetPort: 'm' },
      { number: 80, targetPort: 8080 },
    ]);
    expect(service.annotations).toEqual({});
  });

  it('is each endpoint of the port, by IPv4, with its node', () => {
    const slice = (addressType: string, ...endpoints: readonly object[]): object => ({
      addressType,
      ports: [
        { name: 'web', port: 80 },
        { name: 'metrics', port: 9090 },
      ],
      endpoints,
    });
    const result = said({
      items: [
        slice(
          'IPv4',
          { addresses: ['10.244.1.7'], nodeName: 'pc-11', conditions: { ready: true } },
          { addresses: ['10.244.2.7'], nodeName: 'pc-12', conditions: { ready: false } },
          { addresses: ['10.9.0.1'] },
        ),
        slice('IPv6', { addresses: ['fd00::1'] }),
      ],
    });
    expect(parseEndpoints(result, 'metrics')).toEqual([
      { address: '10.244.1.7', port: 9090, ready: true, node: 'pc-11' },
      { address: '10.244.2.7', port: 9090, ready: false, node: 'pc-12' },
      { address: '10.9.0.1', port: 9090, ready: true },
    ]);
    expect(parseEndpoints(result, undefined)).toEqual([]);
  });

  it('is the pods and ports of what makes them', () => {
    const result = said({
      spec: {
        selector: { matchLabels: { app: 'shop' } },
        template: {
          spec: {
            containers: [{ ports: [{ containerPort: 80 }] }, { ports: [{ name: 'm', containerPort: 81 }] }],
          },
        },
      },
    });
    expect(parseWorkload(result)).toEqual({
      labels: { app: 'shop' },
      ports: [{ number: 80 }, { name: 'm', number: 81 }],
    });
  });
});

describe('the port of an application', () => {
  const ports = [{ name: 'metrics', number: 9090 }, { name: 'web', number: 80 }, { number: 81 }];

  it('is meant by its name, or by its number', () => {
    expect(portOfApp('web', ports, 'it')).toBe(ports[1]);
    expect(portOfApp('81', ports, 'it')).toBe(ports[2]);
  });

  it('that is not there is told with those that are, and the nearest', async () => {
    expect(() => portOfApp('metrcs', ports, 'the Service red/shop')).toThrow(
      'the Service red/shop has no port metrcs (did you mean metrics?)',
    );
    const error = await kmonErrorOf((async () => portOfApp('8080', ports, 'it'))());
    expect(error.message).toBe('it has no port 8080');
    expect(error.evidence).toBe('it has metrics (9090), web (80), 81');
  });
});

describe('the marks of a Service', () => {
  const wanted = marks('shop', { port: 'metrics', path: '/metrics' });

  it('are set by one patch, and taken away by one', () => {
    const object = { kind: 'service', namespace: 'red', name: 'shop' };
    const kubectl = { binary: '/k', kubeconfig: '/c' };
    const set = markObject(kubectl, object, wanted);
    assertShellSyntax(set);
    expect(set.script).toContain(
      `patch service shop --namespace red --type merge --patch '{"metadata":{"labels":{"kmon/watch":"shop"},"annotations":{"kmon/watch-port":"metrics","kmon/watch-path":"/metrics"}}}' --field-manager kmon`,
    );
    expect(markObject(kubectl, object, marks('shop', undefined)).script).toContain(
      '{"labels":{"kmon/watch":null},"annotations":{"kmon/watch-port":null,"kmon/watch-path":null}}',
    );
  });

  it('are there only where all of them are as they should be', () => {
    const annotations = { 'kmon/watch-port': 'metrics', 'kmon/watch-path': '/metrics', other: 'x' };
    expect(isMarked(wanted, { labels: { 'kmon/watch': 'shop' }, annotations })).toBe(true);
    expect(isMarked(wanted, { labels: {}, annotations })).toBe(false);
    const path = { ...annotations, 'kmon/watch-path': '/stats' };
    expect(isMarked(wanted, { labels: { 'kmon/watch': 'shop' }, annotations: path })).toBe(false);
    expect(isMarked(marks('shop', undefined), { labels: {}, annotations: {} })).toBe(true);
  });
});

describe('a monitor', () => {
  it('of a Service goes by its mark and the name of the port', () => {
    expect(serviceMonitor(APP, { name: 'metrics' })).toMatchObject({
      kind: 'ServiceMonitor',
      metadata: {
        name: 'kmon-watch-shop',
        namespace: 'red',
        labels: { 'app.kubernetes.io/managed-by': 'kmon', 'kmon/addon': 'watch-app' },
      },
      spec: {
        selector: { matchLabels: { 'kmon/watch': 'shop' } },
        endpoints: [
          {
            port: 'metrics',
            path: '/stats',
            interval: '5s',
            scrapeTimeout: '4s',
            relabelings: expect.arrayContaining([
              { targetLabel: 'kmon_app', replacement: 'red/shop' },
              { targetLabel: 'job', replacement: 'red/shop' },
            ]) as object,
          },
        ],
      },
    });
  });

  it('of a port without a name goes by where it leads', () => {
    const { spec } = serviceMonitor(APP, { targetPort: 8080 }) as { spec: { endpoints: readonly object[] } };
    expect(spec.endpoints[0]).toMatchObject({ targetPort: 8080 });
    expect(spec.endpoints[0]).not.toHaveProperty('port');
  });

  it('of pods goes by the labels of what makes them', () => {
    expect(podMonitor(APP, { name: 'm', number: 81 }, { app: 'shop' })).toMatchObject({
      kind: 'PodMonitor',
      spec: { selector: { matchLabels: { app: 'shop' } }, podMetricsEndpoints: [{ port: 'm' }] },
    });
    expect(podMonitor(APP, { number: 81 }, { app: 'shop' })).toMatchObject({
      spec: { podMetricsEndpoints: [{ portNumber: 81 }] },
    });
  });
});

describe('the proof', () => {
  const SHOP = { app: 'red/shop', path: '/metrics' };

  const endpoint = (last: number, ready = true) => ({
    ...{ address: `10.244.1.${last}`, port: 9090, ready, node: 'pc-11' },
  });
  const target = (last: number, health: Target['health'], lastError = '', app = 'red/shop'): Target => ({
    labels: { kmon_app: app, instance: `10.244.1.${last}:9090` },
    url: `http://10.244.1.${last}:9090/metrics`,
    health,
    lastError,
  });

  it('is every ready endpoint up, and a series of its own', () => {
    const watched = watchedApp(
      SHOP,
      [endpoint(1), endpoint(2, false)],
      [target(1, 'up'), target(9, 'down', 'a pod of the past')],
      12,
    );
    expect(watched).toEqual({
      endpoints: [{ instance: '10.244.1.1:9090', node: 'pc-11', health: 'up' }],
      series: 12,
    });
    expect(unprovenIn(watched)).toBeUndefined();
    expect(unprovenIn({ ...watched, series: 0 })).toBe('it answers, and there is no series of its own yet');
  });

  it('lacks what was not asked yet, and what is another application is no proof', () => {
    const watched = watchedApp(
      SHOP,
      [endpoint(1), endpoint(2)],
      [target(1, 'up'), target(2, 'up', '', 'red/other')],
      3,
    );
    expect(unprovenIn(watched)).toBe('Prometheus has asked 1 of 2 endpoints');
  });

  it('is none of another path, which it was asked at before', () => {
    const watched = watchedApp({ ...SHOP, path: '/stats' }, [endpoint(1)], [target(1, 'up')], 3);
    expect(unprovenIn(watched)).toBe('Prometheus has asked 0 of 1 endpoints');
  });

  it('names one of several that give none, and how many more there are', () => {
    const all = [1, 2, 3].map((last) => endpoint(last));
    const watched = watchedApp(
      SHOP,
      all,
      [target(1, 'up'), target(2, 'down', 'x'), target(3, 'down', 'y')],
      3,
    );
    expect(unprovenIn(watched)).toBe('10.244.1.2:9090 on pc-11 gives no metrics: x; and 1 more of 3');
  });

  it('is missing with the words of Prometheus, and what to do about them', () => {
    const why = 'Get "http://10.244.1.1:9090/metrics": dial tcp 10.244.1.1:9090: connect: connection refused';
    const watched = watchedApp(SHOP, [endpoint(1)], [target(1, 'down', why)], 0);
    expect(unprovenIn(watched)).toBe(`10.244.1.1:9090 on pc-11 gives no metrics: ${why}`);
    expect(remedyFor(why)).toContain('nobody listens there');
    expect(remedyFor('server returned HTTP status 404 Not Found')).toContain('--path');
    expect(remedyFor('received unsupported Content-Type "text/html" and no fallback')).toContain(
      'no metrics',
    );
    expect(remedyFor('something else')).toContain('kubectl logs');
  });

  it('counts what the application itself gives', () => {
    expect(ownSeries('red/shop')).toBe('count({kmon_app="red/shop",__name__!~"up|scrape_.+"})');
  });
});
