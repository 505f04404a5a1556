import { describe, expect, it } from 'vitest';
import { knownValues, showValuePath } from '../../../../src/addons/stack/value-paths.js';

/** A stand-in for the values of kube-prometheus-stack: its ways of saying what may be set. */
const FILES = new Map([
  [
    'kube-prometheus-stack/values.yaml',
    `nameOverride: ""
prometheus:
  enabled: true
  prometheusSpec:
    ## How long
    retention: 10d
    resources: {}
    # requests:
    #   memory: 400Mi
    nodeSelector: {}
    externalLabels: {}
    # -- Not there unless it is set
    # minReadySeconds: 5
    image:
      tag: v3
  service:
    nodePort: 30090
grafana:
  enabled: true
  # adminPassword: strongpassword
  grafana.ini:
    paths:
      data: /var
extraManifests:
`,
  ],
  [
    'kube-prometheus-stack/charts/grafana/values.yaml',
    'service:\n  type: ClusterIP\nreplicas: 1\npodLabels: {}\naffinity: {}\n',
  ],
  [
    'kube-prometheus-stack/charts/grafana/templates/service.yaml',
    '{{- if .Values.service.loadBalancerIP }}\n{{ .Values.service.loadBalancerIP }}\n{{- end }}\n',
  ],
  ['kube-prometheus-stack/README.md', 'unknown: 1'],
]);
const known = knownValues(FILES);

function unknown(values: unknown): readonly string[] {
  return known.unknownIn(values).map(({ path, advice }) => `${showValuePath(path)}: ${advice}`);
}

describe('a value that the chart knows', () => {
  it.each([
    ['one that has a default', { prometheus: { prometheusSpec: { retention: '1d' } } }],
    [
      'one below an empty map',
      { prometheus: { prometheusSpec: { resources: { limits: { memory: '1Gi' } } } } },
    ],
    ['one that is only in a comment', { prometheus: { prometheusSpec: { minReadySeconds: 1 } } }],
    ['one that only the chart within it knows', { grafana: { replicas: 2, service: { type: 'NodePort' } } }],
    ['one that only a template asks for', { grafana: { service: { loadBalancerIP: '192.0.2.1' } } }],
    ['what is passed on as it is', { grafana: { 'grafana.ini': { users: { allow_sign_up: false } } } }],
    ['what has no default at all', { extraManifests: [{ kind: 'ConfigMap' }] }],
    ['nothing', {}],
    ['an anchor', { 'x-parent': { a: 1 } }],
  ])('is not told: %s', (_, values) => {
    expect(unknown(values)).toEqual([]);
  });
});

describe('a value that it does not know', () => {
  it.each([
    [
      'misspelt',
      { prometheus: { prometheusSpec: { retentoin: '1d' } } },
      'prometheus.prometheusSpec.retentoin: did you mean prometheus.prometheusSpec.retention?',
    ],
    [
      'a map too high',
      { prometheus: { retention: '1d' } },
      'prometheus.retention: it belongs to prometheus.prometheusSpec',
    ],
    ['misspelt at the top', { promethues: { enabled: true } }, 'promethues: did you mean prometheus?'],
    ['in the chart within', { grafana: { servce: {} } }, 'grafana.servce: did you mean grafana.service?'],
    [
      'what is only in a comment, misspelt',
      { grafana: { adminPasword: 'x' } },
      'grafana.adminPasword: did you mean grafana.adminPassword?',
    ],
    [
      'of a comment that is about another map',
      { prometheus: { minReadySeconds: 1 } },
      'prometheus.minReadySeconds: known there: enabled, prometheusSpec, service',
    ],
    [
      'with a name that needs quotes',
      { grafana: { 'a\nb': 1 } },
      'grafana."a\\nb": known there: enabled, grafana.ini, service, replicas, podLabels, affinity',
    ],
    [
      'a name of JavaScript',
      { prometheus: { constructor: 1 } },
      'prometheus.constructor: known there: enabled, prometheusSpec, service',
    ],
  ])('is told with what was meant: %s', (_, values, expected) => {
    expect(unknown(values)).toEqual([expected]);
  });

  it('is told each of them', () => {
    expect(unknown({ prometheus: { a1: 1, prometheusSpec: { image: { tagg: 'x' } } }, b2: 1 })).toHaveLength(
      3,
    );
  });
});
