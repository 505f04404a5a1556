import { describe, expect, it } from 'vitest';
import { readLoadAddress } from '../../../../src/apps/http-load/load-address.js';
import type { LoadAddress } from '../../../../src/apps/http-load/load-address.js';
import {
  askedUrl,
  placeOf,
  placeOfName,
  refuseFarAddress,
  requireInside,
} from '../../../../src/apps/http-load/load-target.js';
import { PORTS } from '../../../../src/room/ports.js';
import type { RoutedService } from '../../../../src/tools/scaling.js';
import { errorOf } from '../../../support/expect-error.js';
import { sampleConfig } from '../../../support/sample-room.js';

const PRINTER = { name: 'printer', address: '192.0.2.90', exporterPort: 9100 };
const plain = sampleConfig();
const config = { ...plain, room: { ...plain.room, observed: [PRINTER] } };

const service = (name: string, more: Partial<RoutedService> = {}): RoutedService => ({
  ...{ namespace: 'red', name, address: '10.96.0.9', selector: { app: name }, ports: [{ port: 80 }] },
  ...more,
});
const web = service('web', { ports: [{ name: 'http', port: 80, nodePort: 31_080 }, { port: 8080 }] });
const SERVICES = [
  web,
  service('headless', { address: undefined as never, selector: {} }),
  service('far', { standsFor: 'example.com', address: undefined as never, selector: {} }),
  service('tls', { address: '10.96.0.10', ports: [{ port: 443 }] }),
  service('udp', { address: '10.96.0.11', ports: [] }),
  service('kubernetes', { namespace: 'default', address: '10.96.0.1', ports: [{ port: 443 }] }),
  service('kube-dns', {
    namespace: 'kube-system',
    address: '10.96.0.2',
    ports: [{ port: 9153, nodePort: 31_153 }],
  }),
  service('prometheus', {
    namespace: config.monitoring.namespace,
    address: '10.96.0.3',
    ports: [{ port: 9090, nodePort: 31_090 }],
  }),
  service('traefik', {
    namespace: 'kmon-ingress',
    address: '10.96.0.4',
    ports: [{ port: 80, nodePort: PORTS.ingress.port }],
  }),
].map(({ address, ...rest }) => (address === undefined ? rest : { ...rest, address }));

function asked(url: string): LoadAddress {
  const read = readLoadAddress(url);
  if (typeof read === 'string') throw new Error(read);
  return read;
}

const place = (url: string) => placeOf(asked(url), config, SERVICES);

describe('who is meant by an URL', () => {
  it.each([
    ['http://web.red', { kind: 'service', address: '10.96.0.9', service: web }],
    ['http://web.red:8080', { kind: 'service', address: '10.96.0.9', service: web }],
    ['http://web.red.svc', { kind: 'service', address: '10.96.0.9' }],
    ['http://web.red.svc.cluster.local.', { kind: 'service', address: '10.96.0.9' }],
    ['http://10.96.0.9/', { kind: 'service', address: '10.96.0.9', service: web }],
    ['https://tls.red/', { kind: 'service', address: '10.96.0.10' }],
    ['http://pc-11:31080/', { kind: 'machine', address: '192.0.2.11', service: web }],
    ['http://192.0.2.10:31080/', { kind: 'machine', address: '192.0.2.10', service: web }],
    ['http://pc-11:8080/', { kind: 'machine', address: '192.0.2.11' }],
    // Behind it are pages of the class.
    ['http://pc-10:30080/shop', { kind: 'machine', address: '192.0.2.10' }],
    ['http://10.244.1.7:8080/', { kind: 'pod', address: '10.244.1.7' }],
    ['http://shop.example/', { kind: 'name', name: 'shop.example' }],
    ['http://web/', { kind: 'name', name: 'web' }],
    ['http://web.blue/', { kind: 'name', name: 'web.blue' }],
    ['http://web.red.evil.example/', { kind: 'name', name: 'web.red.evil.example' }],
  ])('%s', (url, wanted) => {
    expect(place(url)).toMatchObject(wanted);
  });

  it.each<readonly [string, string]>([
    ['http://printer:80/', 'printer is a computer that is only observed: a load stays inside the room'],
    ['http://192.0.2.90/', '192.0.2.90 is a computer that is only observed: a load stays inside the room'],
    [
      'https://pc-10:6443/',
      "port 6443 of pc-10 is the room's own: a load there would hit the class and no application",
    ],
    [
      'http://pc-11:22/',
      "port 22 of pc-11 is the room's own: a load there would hit the class and no application",
    ],
    [
      'http://pc-11:9100/metrics',
      "port 9100 of pc-11 is the room's own: a load there would hit the class and no application",
    ],
    [
      'https://10.96.0.1/',
      "the Service default/kubernetes is Kubernetes' own: a load there would hit the class and no application",
    ],
    [
      'https://kubernetes.default/',
      "the Service default/kubernetes is Kubernetes' own: a load there would hit the class and no application",
    ],
    [
      'http://kube-dns.kube-system:9153/',
      "the Service kube-system/kube-dns is Kubernetes' own: a load there would hit the class and no application",
    ],
    [
      'http://pc-11:31153/',
      "the Service kube-system/kube-dns is Kubernetes' own: a load there would hit the class and no application",
    ],
    [
      `http://pc-10:${config.monitoring.prometheusNodePort}/`,
      `port ${config.monitoring.prometheusNodePort} of pc-10 is the room's own: a load there would hit the class and no application`,
    ],
    ...['http://pc-11:31090/', `http://prometheus.${config.monitoring.namespace}:9090/`].map(
      (url) =>
        [
          url,
          `the Service ${config.monitoring.namespace}/prometheus is the monitoring's: a load there would hit the class and no application`,
        ] as const,
    ),
    ['http://far.red/', 'the Service red/far only stands for example.com: a load stays inside the room'],
    ['http://headless.red/', 'the Service red/headless has no address of its own'],
    ['http://web.red:81/', 'the Service red/web has no port 81'],
    ['http://udp.red/', 'the Service red/udp has no port 80'],
  ])('refuses %s', (url, message) => {
    expect(errorOf(() => place(url))).toMatchObject({ code: 'precondition', message });
  });

  it('says which ports a Service has, and how to write one', () => {
    expect(errorOf(() => place('http://tls.red/a?b'))).toMatchObject({
      evidence: 'it has 443',
      hint: 'write the port into the URL, such as http://tls.red:443/a?b',
    });
    expect(errorOf(() => place('http://web.red:81'))).toMatchObject({ evidence: 'it has 80 (http), 8080' });
  });
});

describe('a name that is neither', () => {
  const named = (...addresses: readonly string[]) =>
    placeOfName(asked('http://shop.example:31080/'), addresses, config, SERVICES);

  it('is who has its address in the room', () => {
    expect(named('192.0.2.11')).toMatchObject({ kind: 'machine', address: '192.0.2.11', service: web });
    expect(named('192.0.2.10', '192.0.2.11')).toMatchObject({ kind: 'machine', address: '192.0.2.10' });
  });

  it('is refused where one of its addresses is an observed computer, or of another kind', () => {
    expect(errorOf(() => named('192.0.2.11', '192.0.2.90')).message).toContain('only observed');
    expect(errorOf(() => named('192.0.2.11', '203.0.113.1')).message).toContain(
      'several addresses of several kinds',
    );
  });

  it.each([
    ['http://web/', 'web.red'],
    ['http://web.redd/', 'web.red'],
    ['http://pc11/', 'pc-11'],
  ])('is unknown: %s, and what is near is named', (url, near) => {
    const error = errorOf(() => placeOfName(asked(url), [], config, SERVICES));
    expect(error.code).toBe('precondition');
    expect(error.message).toContain(`(did you mean ${near}?)`);
    expect(error.evidence).not.toContain('kube-dns');
  });
});

describe('an address in no range of the room', () => {
  it.each([
    'http://203.0.113.1/',
    'http://8.8.8.8/',
    'http://192.0.2.99/',
    'http://169.254.169.254/',
    'http://3405803777/',
  ])('is refused before anybody is asked: %s', (url) => {
    const error = errorOf(() => {
      refuseFarAddress(asked(url), config);
    });
    expect(error).toMatchObject({ code: 'precondition' });
    expect(error.message).toMatch(
      /^\S+ is no machine of the room, and in neither network of the cluster: a load stays/,
    );
    expect(error.hint).toContain('nothing was sent');
  });

  it.each([
    'http://192.0.2.10/',
    'http://10.244.3.4/',
    'http://10.96.0.9/',
    'http://web.red/',
    'http://shop.example/',
  ])('is not that of %s', (url) => {
    refuseFarAddress(asked(url), config);
  });
});

describe('a Service', () => {
  const inside =
    (behind: readonly string[], pods: readonly string[], port = 8080) =>
    () => {
      const endpoints = behind.map((address) => ({ address, ports: [80, port] }));
      requireInside(asked('http://web.red'), web, { behind: endpoints, pods, config });
    };

  it('may be answered by pods of its namespace and by machines of the room', () => {
    inside(['10.244.1.7', '192.0.2.11'], ['10.244.1.7', '10.244.1.8'])();
  });

  it.each([
    [['203.0.113.1'], ['10.244.1.7']],
    [['10.244.1.7', '203.0.113.1'], ['10.244.1.7']],
    [['10.244.9.9'], ['10.244.1.7']],
    [['2001:db8::1'], ['10.244.1.7']],
    [['192.0.2.90'], []],
  ])('that leads to %j is refused', (behind, pods) => {
    expect(errorOf(inside(behind, pods)).message).toMatch(
      /^the Service red\/web leads to \S+, which is neither a pod nor a machine of the room: a load stays inside the room$/,
    );
  });

  it.each([22, 6443, 9100, 10_250, config.monitoring.prometheusNodePort])(
    'that leads to port %i of a machine is refused, to that of a pod not',
    (port) => {
      expect(errorOf(inside(['192.0.2.11'], [], port)).message).toContain(
        `port ${port} of pc-11 is the room's own`,
      );
      inside(['10.244.1.7'], ['10.244.1.7'], port)();
    },
  );

  it('without a pod is told', () => {
    expect(errorOf(inside([], ['10.244.1.7'])).message).toBe('no pod is behind the Service red/web');
  });
});

describe('what is asked for', () => {
  it.each([
    ['http://web.red/a?b', '10.96.0.9', { url: 'http://10.96.0.9/a?b', host: 'web.red' }],
    ['http://web.red:8080/', '10.96.0.9', { url: 'http://10.96.0.9:8080/', host: 'web.red:8080' }],
    ['https://web.red:443/', '10.96.0.9', { url: 'https://10.96.0.9/', host: 'web.red' }],
    ['http://192.0.2.10:31080/', '192.0.2.10', { url: 'http://192.0.2.10:31080/' }],
  ])('of %s has an address, and the name that was typed', (url, address, wanted) => {
    expect(askedUrl(asked(url), address)).toEqual(wanted);
  });
});
