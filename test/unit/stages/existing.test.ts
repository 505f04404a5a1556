import { describe, expect, it } from 'vitest';
import { SeenByStage } from '../../../src/engine/results.js';
import { askAlerts } from '../../../src/stages/cluster/alerts.js';
import { measured } from '../../../src/stages/cluster/measured.js';
import { askPages, placeOf } from '../../../src/stages/cluster/pages.js';
import { testAlert } from '../../../src/stages/cluster/test-alert.js';
import { lookVerified } from '../../../src/stages/cluster/verified.js';
import type { VerifiedSeen } from '../../../src/stages/cluster/verified.js';
import { watchApp } from '../../../src/stages/cluster/watch-app.js';
import {
  OF_RELEASE,
  OF_TEAM,
  PLAIN,
  answers,
  namespaces,
  prometheuses,
  services,
  servicesOf,
} from '../../support/others-cluster.js';
import type { OthersPrometheus, ServiceIs } from '../../support/others-cluster.js';
import { CHILD, OTHER, PARENT, sampleConfig } from '../../support/sample-room.js';
import { asks } from '../../support/scripted-runner.js';
import type { Step } from '../../support/scripted-runner.js';
import { asksMetrics, asksNodes } from './answers.js';
import { SHOP, endpoints, shopService } from './scenarios-watch-app.js';
import { play } from './stage-run.js';
import type { Setting } from './stage-run.js';

const monitoring = { ...sampleConfig().monitoring, profile: 'existing' as const };
const setting: Setting = { machine: PARENT, about: [PARENT, CHILD, OTHER], config: { monitoring } };
const PROXY = '/namespaces/obs/services/kps-prometheus:http-web/proxy/api/v1/';

const finds = (operated: readonly OthersPrometheus[], more: readonly ServiceIs[] = []): readonly Step[] => [
  asks('/v1/prometheuses', prometheuses(operated)),
  asks('get --raw /api/v1/services', services([...operated.flatMap(servicesOf), ...more])),
];
const FOUND = finds([OF_RELEASE]);
const nodes = asksNodes({ name: 'pc-10' }, { name: 'pc-11' }, { name: 'pc-12' });
/** What the room is, under the job that it has among others. */
const metrics: Step = {
  ...asksMetrics({ 'pc-10': 5, 'pc-11': 1, 'pc-12': 2 }),
  wanted: new RegExp(
    `${PROXY.replaceAll('/', '\\/')}query\\?query=label_replace%28up%7Bjob%3D%22kmon-node-exporter%22%7D`,
  ),
};
const target = (job: string, node: string, health: string): object => ({
  labels: { job, node },
  health,
  lastError: health === 'down' ? 'connection refused' : '',
});
const GROUPS = ['theirs', 'kmon.rules', 'kmon.alerts'];

describe('a Prometheus of somebody else’s', () => {
  it('is asked for the machines, by their own job', async () => {
    const played = await play(measured, { parent: [nodes, ...FOUND, metrics] }, setting);
    expect(played.outcome).toBe('unchanged');
    expect(played.because).toMatch(/^targets up 3\/3; no temperature sensor/);
  });

  it('is not there, and verify says so', async () => {
    const seen = new SeenByStage();
    const played = await play(
      lookVerified,
      { parent: [nodes, ...finds([]), ...finds([])] },
      { ...setting, seen },
    );
    expect(played.error?.message).toBe("there is no Prometheus of somebody else's in this cluster");
  });

  const verify = async (
    targets: readonly object[],
    groups: readonly string[],
    urls: readonly string[],
    how = setting,
  ) => {
    const seen = new SeenByStage();
    const said = answers(
      { activeTargets: targets },
      { groups: groups.map((name) => ({ name })) },
      { activeAlertmanagers: urls.map((url) => ({ url })) },
    );
    const steps = [nodes, ...FOUND, metrics, asks(`${PROXY}targets`, said)];
    const played = await play(lookVerified, { parent: steps }, { ...how, seen });
    expect(played.error).toBeUndefined();
    return seen.of(lookVerified).get(PARENT.name) as VerifiedSeen;
  };

  it('is verified by what kmon wants of it, and not by what its keeper has it do', async () => {
    const found = await verify(
      [
        target('kmon-node-exporter', 'pc-10', 'up'),
        target('node-exporter', '', 'down'),
        target('apiserver', '', 'down'),
        target('kubelet', 'pc-11', 'up'),
      ],
      GROUPS,
      ['http://10.244.0.9:9093/api/v2/alerts', 'http://10.244.0.9:9093/api/v2/alerts'],
    );
    expect(found.missing).toEqual([]);
    expect(found.targets).toHaveLength(1);
    expect(found.health.map(({ what, good }) => [what, good])).toEqual([
      ['Prometheus (obs/kps)', true],
      ["kmon's rules", true],
    ]);
    expect(found.notes).toEqual([
      "alerts are told to somebody else's Alertmanager (10.244.0.9:9093), which decides who hears of them",
      'of the 3 targets of others 2 are down',
      'the dashboards are ConfigMaps in monitoring with the label grafana_dashboard=1: whether a Grafana takes them cannot be seen from here',
    ]);
  });

  it('lacks no alerts where the profile was chosen for it, and says that there are none', async () => {
    const open = { ...setting, config: { monitoring: { ...monitoring, profileIsOpen: true as const } } };
    const rules = (groups: readonly string[]): Promise<VerifiedSeen> =>
      verify([target('kmon-node-exporter', 'pc-10', 'up')], groups, [], open);
    expect((await rules(['kmon.rules'])).health[1]).toMatchObject({
      good: true,
      because: 'it has all of them but the alerts, which come when kmon.yaml says `profile: existing`',
    });
    expect((await rules(['theirs'])).health[1]).toMatchObject({
      good: false,
      because: 'it lacks kmon.rules',
    });
    const named = await verify([target('kmon-node-exporter', 'pc-10', 'up')], ['kmon.rules'], []);
    expect(named.health[1]).toMatchObject({ good: false, because: 'it lacks kmon.alerts' });
  });

  it('lacks rules, and tells nobody of alerts', async () => {
    const found = await verify([target('observed', 'mac', 'down')], ['theirs'], []);
    expect(found.missing).toEqual([
      {
        what: "kmon's rules",
        because: 'it lacks kmon.rules and kmon.alerts',
        fix: 'run `kmon deploy-monitoring`: it brings them, or says which lines to write',
      },
    ]);
    expect(found.notes[0]).toBe(
      'no Alertmanager is told of alerts: what fires is shown by `kmon alerts`, and sent to nobody',
    );
  });

  it('says what fires, and where that is told', async () => {
    const seen = new SeenByStage();
    const said = answers({ alerts: [] }, { activeAlertmanagers: [{ url: 'http://am.obs.svc:9093/x' }] });
    await play(askAlerts, { parent: [...FOUND, asks(`${PROXY}alerts`, said), nodes] }, { ...setting, seen });
    expect(seen.of(askAlerts).get(PARENT.name)?.toldTo).toContain('(am.obs.svc:9093)');
  });

  it('has an Alertmanager that gets no test', async () => {
    const { error, journal } = await play(testAlert, {}, setting);
    expect(error?.message).toContain("somebody else's Alertmanager, which gets no test from kmon");
    expect(journal).toEqual([]);
  });

  describe('has pages', () => {
    const grafana: ServiceIs = {
      namespace: 'dash',
      name: 'grafana',
      labels: { 'app.kubernetes.io/name': 'grafana' },
      address: '10.96.0.40',
      ports: [{ name: 'service', port: 80 }],
    };
    const alertmanager: ServiceIs = {
      namespace: 'obs',
      name: 'kps-alertmanager',
      selector: { 'app.kubernetes.io/name': 'alertmanager', alertmanager: 'kps' },
      address: '10.96.0.41',
      ports: [{ name: 'http-web', port: 9093 }],
    };
    const look = async (
      operated: readonly OthersPrometheus[],
      all: readonly ServiceIs[],
      ...more: readonly Step[]
    ) => {
      const seen = new SeenByStage();
      const [, everything] = finds(operated, all);
      const steps = [
        ...finds(operated, all),
        ...(everything === undefined ? [] : [everything]),
        ...more,
        nodes,
      ];
      await play(askPages, { parent: steps }, { ...setting, seen });
      const found = seen.of(askPages).get(PARENT.name);
      if (found === undefined) throw new TypeError('nothing was seen');
      return found;
    };
    const config = sampleConfig({ monitoring });

    it('wherever its Services are', async () => {
      const found = await look([OF_RELEASE], [alertmanager, grafana]);
      expect(placeOf('prometheus', found, config)).toEqual({ host: '10.96.0.20', port: 9090 });
      expect(placeOf('alertmanager', found, config)).toEqual({ host: '10.96.0.41', port: 9093 });
      expect(placeOf('grafana', found, config)).toEqual({ host: '10.96.0.40', port: 80 });
    });

    it('at a pod, where its Service has no address', async () => {
      const operated: ServiceIs = {
        namespace: 'watch',
        name: 'prometheus',
        labels: { 'app.kubernetes.io/name': 'prometheus' },
        ports: [{ name: 'web', port: 9090 }],
      };
      const pods = asks(
        '/namespaces/watch/endpointslices?labelSelector=kubernetes.io%2Fservice-name%3Dprometheus',
        JSON.stringify({
          items: [
            {
              addressType: 'IPv4',
              ports: [{ name: 'web', port: 9090 }],
              endpoints: [{ addresses: ['10.244.1.9'], conditions: { ready: true } }],
            },
          ],
        }),
      );
      const found = await look([], [operated], pods);
      expect(placeOf('prometheus', found, config)).toEqual({ host: '10.244.1.9', port: 9090 });
      expect(() => placeOf('grafana', found, config)).toThrow(
        'there is no Grafana in this cluster that says so',
      );
      expect(() => placeOf('alertmanager', found, config)).toThrow(
        'there is no Alertmanager in this cluster',
      );
    });
  });

  describe('watches applications', () => {
    const open = { ...OF_TEAM, spec: { ...OF_TEAM.spec, serviceMonitorNamespaceSelector: {} } };
    const before = (operated: readonly OthersPrometheus[], more: readonly ServiceIs[] = []) => [
      ...finds(operated, more),
      shopService(true),
      endpoints(),
      asks(
        '/proxy/api/v1/targets',
        answers({ activeTargets: [] }, { resultType: 'vector', result: [] }, { scrapePools: [] }),
      ),
    ];

    it('by monitors with the labels that it wants', async () => {
      const steps = [
        ...before([open]),
        asks('get --raw /api/v1/namespaces', namespaces({ red: {} })),
        asks('/servicemonitors/kmon-watch-shop', { exitCode: 1, stderr: 'Error from server (NotFound): x' }),
        asks('diff --server-side', { exitCode: 1 }),
      ];
      const played = await play(watchApp(SHOP), { parent: steps }, { ...setting, dryRun: true });
      const diff = played.journal.at(-1)?.command.stdin;
      expect(JSON.parse(typeof diff === 'string' ? diff : '')).toMatchObject({
        kind: 'ServiceMonitor',
        metadata: {
          namespace: 'red',
          labels: { team: 'frontend', 'kmon/watch': 'monitor', 'app.kubernetes.io/managed-by': 'kmon' },
        },
      });
    });

    it.each([
      ['it looks into no other namespace', [OF_TEAM], [], 'looks for no ServiceMonitor in red'],
      ['it has no operator', [], [PLAIN], 'the Prometheus watch/prometheus-server has no operator'],
    ] as const)('or says why not: %s', async (_, operated, more, says) => {
      const asked =
        operated.length === 0 ? [] : [asks('get --raw /api/v1/namespaces', namespaces({ red: {} }))];
      const { error, journal } = await play(
        watchApp(SHOP),
        { parent: [...before(operated, more), ...asked] },
        setting,
      );
      expect(error?.message).toContain(says);
      expect(journal.every(({ verb }) => verb === 'query')).toBe(true);
    });
  });
});
