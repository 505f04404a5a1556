import { describe, expect, it } from 'vitest';
import { choosePrometheus } from '../../../../src/addons/existing/choose.js';
import type { ExistingPrometheus } from '../../../../src/addons/existing/choose.js';
import { parseOperated } from '../../../../src/addons/existing/operated.js';
import type { ExistingConfig } from '../../../../src/config/sections/monitoring.js';
import type { KmonError } from '../../../../src/errors/kmon-error.js';
import { parseServices } from '../../../../src/tools/services.js';
import {
  OF_RELEASE,
  PLAIN,
  TAKES_ALL,
  prometheuses,
  services,
  servicesOf,
} from '../../../support/others-cluster.js';
import type { OthersPrometheus } from '../../../support/others-cluster.js';

const said = (stdout: string) => ({ exitCode: 0, stdout, stderr: '', durationMs: 1 });
type Services = Parameters<typeof services>[0];

function choose(
  operated: readonly OthersPrometheus[],
  more: Services = [],
  existing?: ExistingConfig,
): ExistingPrometheus {
  const there = {
    operated: parseOperated(said(prometheuses(operated))),
    services: parseServices(said(services([...operated.flatMap(servicesOf), ...more]))),
  };
  return choosePrometheus(there, {
    namespace: 'monitoring',
    ...(existing === undefined ? {} : { existing }),
  });
}

function refused(...how: Parameters<typeof choose>): string {
  try {
    choose(...how);
  } catch (error) {
    const { code, message, evidence, hint } = error as KmonError;
    expect(code).toBe('precondition');
    return [message, evidence, hint].filter((text) => text !== undefined).join('\n');
  }
  throw new TypeError('it was chosen');
}

const TEAM: OthersPrometheus = { namespace: 'team', name: 'red', spec: { routePrefix: '/red/' } };
const OWN_STACK: OthersPrometheus = { namespace: 'monitoring', name: 'kmon-prometheus' };
const OWN_LITE = { ...PLAIN, namespace: 'monitoring', name: 'kmon-prometheus' };

describe('the Prometheus that is used', () => {
  it.each([
    ['of an operator', [OF_RELEASE], [], 'obs', 'kps-prometheus', 'http-web'],
    ['of an operator, beside one of kmon', [OF_RELEASE, OWN_STACK], [], 'obs', 'kps-prometheus', 'http-web'],
    ['without an operator', [], [PLAIN], 'watch', 'prometheus-server', 'http'],
    ['without an operator, beside one of kmon', [], [PLAIN, OWN_LITE], 'watch', 'prometheus-server', 'http'],
    [
      'whose pods two Services lead to',
      [],
      [{ ...PLAIN, name: 'a-headless', address: 'None' }, PLAIN],
      'watch',
      'prometheus-server',
      'http',
    ],
  ] as const)('is the only one there is: %s', (_, operated, more, namespace, service, port) => {
    expect(choose(operated, more).at).toEqual({ namespace, service, port });
  });

  it('is asked below its prefix', () => {
    expect(choose([TEAM]).at).toEqual({
      namespace: 'team',
      service: 'red-prometheus',
      port: 'http-web',
      prefix: '/red',
    });
  });

  it('is asked by what its operator makes, where its chart made no Service', () => {
    const [operated] = servicesOf(TAKES_ALL);
    const there = {
      operated: parseOperated(said(prometheuses([TAKES_ALL]))),
      services: parseServices(said(services(operated === undefined ? [] : [operated]))),
    };
    expect(choosePrometheus(there, { namespace: 'monitoring' }).at).toEqual({
      namespace: 'obs',
      service: 'prometheus-operated',
      port: 'web',
    });
    expect(() => choosePrometheus({ ...there, services: [] }, { namespace: 'monitoring' })).toThrow(
      'no Service leads to the Prometheus obs/k8s, kept by an operator',
    );
  });

  it.each([
    [
      'operators',
      [OF_RELEASE, TEAM],
      [],
      { namespace: 'team', service: 'red-prometheus' },
      'http-web',
      'red',
    ],
    ['both kinds', [TEAM], [PLAIN], { namespace: 'watch', service: 'prometheus-server' }, 'http', undefined],
    [
      'a port',
      [OF_RELEASE],
      [],
      { namespace: 'obs', service: 'kps-prometheus', port: '8080' },
      '8080',
      'kps',
    ],
  ] as const)('is the one that kmon.yaml names: %s', (_, operated, more, named, port, name) => {
    const chosen = choose(operated, more, named);
    expect(chosen.at).toMatchObject({ namespace: named.namespace, service: named.service, port });
    expect(chosen.operated?.name).toBe(name);
  });

  it('is refused with what is there, and what to write', () => {
    expect(refused([])).toMatchInlineSnapshot(`
      "there is no Prometheus of somebody else's in this cluster
      no object of an operator, and no Service with the label app.kubernetes.io/name=prometheus
      where it is called otherwise, write monitoring.existing into kmon.yaml, such as {namespace: NAMESPACE, service: SERVICE}; where there is none, write monitoring.profile: lite, which brings one"
    `);
    expect(refused([OWN_STACK], [OWN_LITE])).toContain("there is no Prometheus of somebody else's");
    expect(refused([OF_RELEASE, TEAM], [PLAIN])).toMatchInlineSnapshot(`
      "there are 3 Prometheus in this cluster
      obs/kps, kept by an operator (Service kps-prometheus); team/red, kept by an operator (Service red-prometheus); the Service watch/prometheus-server
      say which is to be used: write monitoring.existing into kmon.yaml, such as {namespace: NAMESPACE, service: SERVICE}"
    `);
    expect(refused([{ ...OF_RELEASE, spec: { shards: 3 } }])).toMatchInlineSnapshot(`
      "the Prometheus obs/kps is spread over 3 shards, of which none knows every machine
      use one that is not (monitoring.existing), or monitoring.profile: lite, which brings one of its own"
    `);
    expect(refused([OF_RELEASE], [], { namespace: 'obs', service: 'kps-promethues' })).toMatchInlineSnapshot(`
      "there is no Service kps-promethues in the namespace obs, which kmon.yaml names (monitoring.existing): did you mean kps-prometheus?
      there is prometheus-operated, kps-prometheus
      name the one that leads to Prometheus"
    `);
    expect(refused([OF_RELEASE], [], { namespace: 'nowhere', service: 'x' })).toContain(
      'there is no Service at all in it',
    );
    expect(refused([OF_RELEASE], [], { namespace: 'obs', service: 'kps-prometheus', port: 'web' }))
      .toMatchInlineSnapshot(`
      "the Service obs/kps-prometheus has no port web (monitoring.existing.port)
      it has http-web, reloader-web
      name one of these, or leave the port out"
    `);
    expect(refused([OF_RELEASE, TAKES_ALL], [], { namespace: 'obs', service: 'prometheus-operated' }))
      .toMatchInlineSnapshot(`
      "the Service obs/prometheus-operated leads to 2 Prometheus
      obs/kps; obs/k8s
      name in monitoring.existing one that leads to one of them alone"
    `);
  });
});
