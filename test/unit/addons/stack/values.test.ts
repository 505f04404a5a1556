import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { stringify } from 'yaml';
import { checkStackValues } from '../../../../src/addons/stack/check-values.js';
import { merged } from '../../../../src/addons/stack/merge.js';
import { ruleGroups } from '../../../../src/addons/stack/rules.js';
import { hasStackGrafana, imageValue, kmonsValues, stackParts } from '../../../../src/addons/stack/values.js';
import { GRAFANA, GRAFANA_SIDECAR, KUBE_STATE_METRICS } from '../../../../src/artifacts/images.js';
import { onlineSupply } from '../../../../src/artifacts/online-supply.js';
import type { Supply } from '../../../../src/artifacts/supply.js';
import type { MonitoringConfig } from '../../../../src/config/config.js';
import { DEFAULTS } from '../../../../src/config/defaults.js';
import { withStandIn } from '../../../support/stand-in-stack.js';

function configWith(more: Partial<MonitoringConfig> = {}) {
  return { monitoring: { ...DEFAULTS.monitoring, profile: 'stack' as const, ...more } };
}

/** A config whose own values are these. */
function ownValues(text: string) {
  const folder = mkdtempSync(join(tmpdir(), 'kmon-values-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  writeFileSync(join(folder, 'stack.yaml'), text);
  return configWith({ values: join(folder, 'stack.yaml') });
}

const ours = (more: Partial<MonitoringConfig> = {}, supply: Supply = onlineSupply, controlPlane = true) =>
  kmonsValues({ config: configWith(more), supply }, 'pc-10.school', controlPlane);

describe('the values of kmon', () => {
  it('are what kmon.yaml and the table of ports say', async () => {
    expect(await ours({ scrapeIntervalSeconds: 10, retention: '7d', namespace: 'watch' })).toMatchObject({
      prometheusOperator: { prometheusInstanceNamespaces: ['watch'], tls: { enabled: false } },
      prometheus: { service: { type: 'NodePort', nodePort: 30090 }, prometheusSpec: { retention: '7d' } },
      grafana: {
        enabled: true,
        service: { nodePort: 30300 },
        admin: { existingSecret: 'kmon-grafana-admin' },
      },
      'prometheus-node-exporter': {
        service: { port: 9100, targetPort: 9100, listenOnAllInterfaces: false },
        prometheus: { monitor: { interval: '10s', scrapeTimeout: '9s' } },
      },
      kubeEtcd: { enabled: true },
    });
  });

  it('put everything but the exporters onto the parent, by its name', async () => {
    const text = JSON.stringify(await ours());
    expect(
      text.match(
        /"matchFields":\[\{"key":"metadata\.name","operator":"In","values":\["pc-10\.school"\]\}\]/g,
      ),
    ).toHaveLength(5);
  });

  it('take the dot in a name for a dot', async () => {
    expect(JSON.stringify(await ours())).toContain(String.raw`"regex":"pc-10\\.school"`);
  });

  it('ask the control plane only where it can be asked', async () => {
    const off = { enabled: false };
    expect(await ours({}, onlineSupply, false)).toMatchObject({
      ...{ kubeEtcd: off, kubeProxy: off, kubeScheduler: off, kubeControllerManager: off },
    });
  });

  it('leave Grafana out where its image, or that of its sidecar, cannot be had', async () => {
    for (const lacking of [GRAFANA, GRAFANA_SIDECAR]) {
      const supply = { ...onlineSupply, image: (i: typeof GRAFANA) => (i === lacking ? undefined : 'x/y:1') };
      expect(hasStackGrafana({ config: configWith(), supply })).toBe(false);
      expect(await ours({}, supply)).toMatchObject({ grafana: { enabled: false } });
    }
    expect(await ours({ grafana: false })).toMatchObject({ grafana: { enabled: false } });
  });

  it('leave kube-state-metrics out where its image cannot be had, and the room goes on', async () => {
    const supply = {
      ...onlineSupply,
      image: (i: typeof GRAFANA) => (i === KUBE_STATE_METRICS ? undefined : 'x/y:1'),
    };
    expect(await ours({}, supply)).toMatchObject({ kubeStateMetrics: { enabled: false } });
    expect((await stackParts({ config: configWith(), supply })).stateMetrics).toBe(false);
  });

  it('have the rules of the other profile, with windows that fit the interval', async () => {
    const groups = await ruleGroups(20);
    expect(groups.map((g) => (g as { name: string }).name)).toEqual(['kmon.rules', 'kmon.alerts']);
    const text = JSON.stringify(groups);
    expect(text).toContain('[80s]');
    expect(text).not.toMatch(/\[30s\]|\[1m\]/);
    expect(await ours()).toMatchObject({
      additionalPrometheusRulesMap: { kmon: { groups: await ruleGroups(5) } },
    });
  });

  it.each([
    [
      'quay.io/prometheus/prometheus:v3.14.0-distroless',
      { registry: 'quay.io', repository: 'prometheus/prometheus', tag: 'v3.14.0-distroless' },
    ],
    ['localhost:5000/a/b:1', { registry: 'localhost:5000', repository: 'a/b', tag: '1' }],
    ['quay.io/a/b', { registry: 'quay.io', repository: 'a/b', tag: '' }],
  ])('take the name of an image apart: %s', (ref, expected) => {
    expect(imageValue(ref)).toEqual(expected);
  });
});

describe('values over others', () => {
  it('come together as Helm does it: maps by key, anything else as a whole', () => {
    const under = { a: { b: 1, c: [1, 2] }, d: { e: 1 }, f: 1 };
    expect(merged(under, { a: { c: [3] }, d: null, g: { h: 1 } })).toEqual({
      ...{ a: { b: 1, c: [3] }, d: null, f: 1, g: { h: 1 } },
    });
  });

  it('touch nothing but what they name, whatever the name', () => {
    const over = JSON.parse('{"__proto__":{"polluted":1},"a":{"constructor":2}}') as unknown;
    expect(JSON.stringify(merged({ a: { b: 1 } }, over))).toBe(
      '{"a":{"b":1,"constructor":2},"__proto__":{"polluted":1}}',
    );
    expect(({} as Readonly<Record<string, unknown>>)['polluted']).toBeUndefined();
  });

  it('tell which parts are waited for', async () => {
    const config = ownValues('kubeStateMetrics: { enabled: false }\nalertmanager: { enabled: false }\n');
    expect(await stackParts({ config, supply: onlineSupply })).toEqual({
      ...{ alertmanager: false, stateMetrics: false, grafana: true, exporter: true },
    });
  });
});

describe('the check before anything is changed', () => {
  /** A stand-in for the chart that knows what kmon sets, and one thing more. */
  const chart = async (more: object = {}): Promise<Supply> => {
    const known = { ...(merged(await ours(), { kubeStateMetrics: { enabled: true } }) as object), ...more };
    return withStandIn(onlineSupply, { 'values.yaml': stringify(known) });
  };

  it('is content with what the chart knows', async () => {
    const config = ownValues(
      'kubeStateMetrics: { enabled: false }\nprometheus: { prometheusSpec: { retention: 1d } }\n',
    );
    await expect(checkStackValues({ config, supply: await chart() })).resolves.toBeUndefined();
  });

  it('does not look for a chart where the profile is another', async () => {
    const supply: Supply = { ...onlineSupply, chart: () => expect.fail('nobody wants it') };
    await checkStackValues({ config: configWith({ profile: 'lite' }), supply });
  });

  it('names each path that the chart does not know, with file, line and what was meant', async () => {
    const config = ownValues(
      'prometheus:\n  prometheusSpec:\n    retentoin: 1d\nkubeStateMetrics:\n  enabld: true\n',
    );
    await expect(checkStackValues({ config, supply: await chart() })).rejects.toMatchObject({
      code: 'config',
      message:
        'stack.yaml:3:5: kube-prometheus-stack has no value prometheus.prometheusSpec.retentoin (did you mean prometheus.prometheusSpec.retention?)\n' +
        'stack.yaml:5:3: kube-prometheus-stack has no value kubeStateMetrics.enabld (did you mean kubeStateMetrics.enabled?)',
      hint: 'correct stack.yaml and run the command again (nothing was touched)',
    });
  });

  it('refuses values in whose place alerts of kmon.yaml would arrive nowhere', async () => {
    vi.stubEnv('KMON_WEBHOOK', 'https://hooks.example/x');
    const { monitoring } = ownValues(
      'alertmanager:\n  config:\n    receivers: [{ name: mine }]\n  alertmanagerSpec: { secrets: [mine] }\n',
    );
    const config = { monitoring: { ...monitoring, alerts: { webhook: { variable: 'KMON_WEBHOOK' } } } };
    await expect(
      checkStackValues({ config: { monitoring }, supply: await chart() }),
    ).resolves.toBeUndefined();
    await expect(checkStackValues({ config, supply: await chart() })).rejects.toMatchObject({
      code: 'config',
      message:
        'stack.yaml:3:5: alertmanager.config.receivers would take the place of what monitoring.alerts in kmon.yaml needs: write where alerts go in one of the two\n' +
        'stack.yaml:4:23: alertmanager.alertmanagerSpec.secrets would take the place of what monitoring.alerts in kmon.yaml needs: write where alerts go in one of the two',
    });
  });

  it('refuses a chart that does not know what kmon sets', async () => {
    const supply = await chart({ prometheus: { prometheusSpec: { other: 1 } } });
    await expect(checkStackValues({ config: configWith(), supply })).rejects.toMatchObject({
      code: 'precondition',
      message: expect.stringMatching(
        /^this kube-prometheus-stack does not know prometheus\.\S+ and \d+ more, which every room sets$/,
      ) as string,
    });
  });

  it.each([
    ['no archive', Buffer.from('<html>please log in</html>')],
    ['nothing', Buffer.alloc(0)],
  ])('refuses what is no chart: %s', async (_, bytes) => {
    const supply: Supply = {
      ...onlineSupply,
      chart: () => ({ comesAs: 'made', path: '/opt/x.tgz', make: async () => bytes }),
    };
    await expect(checkStackValues({ config: configWith(), supply })).rejects.toMatchObject({
      code: 'precondition',
      message: 'what should be kube-prometheus-stack is no chart of that name',
    });
  });
});
