import { describe, expect, it } from 'vitest';
import { exporterToUse, parseExporters } from '../../../../src/addons/existing/exporters.js';
import { exporters } from '../../../support/others-cluster.js';

type Given = Parameters<typeof exporters>[0];
const use = (given: Given) =>
  exporterToUse(parseExporters({ exitCode: 0, stdout: exporters(given), stderr: '', durationMs: 1 }), {
    namespace: 'monitoring',
    releases: ['kmon-existing', 'kmon'],
  });
const named = { name: 'http-metrics', containerPort: 9100 };

describe('the exporter of the machines', () => {
  it.each([
    ['as charts have it', [{ namespace: 'obs', port: named }], 'http-metrics', 9100],
    ['without a name of its port', [{ namespace: 'obs', port: { containerPort: 9200 } }], undefined, 9200],
    [
      'of another registry',
      [{ namespace: 'obs', port: named, image: 'r.example:5000/x/node_exporter@sha256:ab' }],
      'http-metrics',
      9100,
    ],
    [
      'behind a proxy, and one that is not',
      [
        { namespace: 'a', proxy: true },
        { namespace: 'obs', port: named },
      ],
      'http-metrics',
      9100,
    ],
    [
      "of a release called as kmon's, elsewhere",
      [{ namespace: 'obs', release: 'kmon', port: named }],
      'http-metrics',
      9100,
    ],
  ] as const)('is the one that is there: %s', (_, given, name, number) => {
    const used = use(given);
    expect(used).toMatchObject({ whose: 'theirs', exporter: { namespace: 'obs', port: { number } } });
    expect(used.whose === 'theirs' ? used.exporter.port.name : 'own').toBe(name);
  });

  it.each([
    ['there is none', [], 9100],
    ['there is one of kmon', [{ namespace: 'monitoring', release: 'kmon-existing', port: named }], 9100],
    ['there is one whose place it takes', [{ namespace: 'monitoring', release: 'kmon', port: named }], 9100],
    [
      'another program',
      [{ namespace: 'obs', image: 'quay.io/prometheus/blackbox-exporter:v1', port: named }],
      9100,
    ],
    [
      'one that is called nearly so',
      [{ namespace: 'obs', image: 'x/node-exporter-textfile:1', port: named }],
      9100,
    ],
    ['one behind a proxy', [{ namespace: 'obs', proxy: true }], 9101],
    ['one that says no port', [{ namespace: 'obs' }], 9101],
    [
      'one that wants TLS',
      [{ namespace: 'obs', port: { name: 'https-metrics', containerPort: 9100 } }],
      9101,
    ],
  ] as const)("is kmon's own: %s", (_, given, port) => {
    expect(use(given)).toMatchObject({ whose: 'own', port });
  });
});
