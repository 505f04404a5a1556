import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { QUERIES, rateWindow, together, type QueryName } from '../../../src/observe/queries.js';
import { alertmanagerConfig } from '../../../src/addons/alertmanager-config.js';
import { rulesAt } from '../../../src/addons/lite/rules.js';
import { renderExisting } from '../../../src/addons/existing/rendered.js';
import { foreseenValues } from '../../../src/addons/lite/values.js';
import { decideNetwork, withNetwork } from '../../../src/artifacts/pod-network.js';
import { withProfile } from '../../../src/artifacts/profile.js';
import { onlineSupply } from '../../../src/artifacts/online-supply.js';
import { configOf } from '../../../src/config/load.js';
import { SHIPPED, shippedDashboard } from '../../../src/dashboards/shipped.js';
import { filled, panelsOf, readDashboard, VARIABLES } from '../../support/dashboards.js';
import {
  fetchMonitoringPrograms,
  runHelm,
  withoutKubernetes,
  type MonitoringPrograms,
} from '../../support/monitoring-programs.js';

const chart = fileURLToPath(new URL('../../../templates/addons/lite', import.meta.url));

/** Any: no secret is read here. */
const FILE = { file: '/r/secret.txt' };
const SECRETS = '/etc/kmon-alerts';

const room = {
  parent: 'parent',
  machines: [
    { name: 'parent', address: '10.9.0.10', role: 'parent' },
    { name: 'child-1', address: '10.9.0.11', role: 'child', team: 'l\'équipe "rouge": {{ x }}' },
  ],
};

interface Container {
  readonly image: string;
  readonly args?: readonly string[];
  readonly ports: readonly { readonly protocol?: string }[];
  readonly resources: { readonly limits: { readonly memory?: string } };
  readonly securityContext: object;
  readonly readinessProbe: object;
}
interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly ports?: readonly { readonly protocol?: string; readonly nodePort?: number }[];
    readonly template?: {
      readonly metadata: { readonly annotations?: Readonly<Record<string, string>> };
      readonly spec: {
        readonly affinity?: object;
        readonly tolerations: readonly object[];
        readonly securityContext: object;
        readonly containers: readonly [Container];
        readonly volumes: readonly object[];
        readonly hostNetwork?: boolean;
        readonly automountServiceAccountToken?: boolean;
      };
    };
  };
}

let programs: MonitoringPrograms;
beforeAll(() => {
  programs = fetchMonitoringPrograms();
});
afterAll(() => {
  rmSync(programs.folder, { recursive: true, force: true });
});

function helm(args: readonly string[], values: object): { readonly ok: boolean; readonly text: string } {
  return runHelm(programs, args, values);
}

function render(values: object, kubernetes = '1.30.0'): readonly Manifest[] {
  const out = helm(['template', 'kmon', chart, '-n', 'monitoring', '--kube-version', kubernetes], values);
  if (!out.ok) throw new Error(out.text);
  return parseAllDocuments(out.text).map((document) => document.toJS() as Manifest);
}

function find(manifests: readonly Manifest[], kind: string, name: string): Manifest {
  const found = manifests.find((m) => m.kind === kind && m.metadata.name === name);
  if (found === undefined) throw new Error(`no ${kind} ${name}`);
  return found;
}

function podOf(manifests: readonly Manifest[], kind: string, name: string) {
  const template = find(manifests, kind, name).spec?.template;
  if (template === undefined) throw new Error(`${kind} ${name} has no pod`);
  return template;
}

const leaving = { config: alertmanagerConfig({ webhook: FILE, slack: FILE }, SECRETS) };
const withEverything = { ...room, grafana: { enabled: true }, alertmanager: leaving };

describe('the chart', () => {
  it('passes helm lint', () => {
    const out = helm(['lint', '--strict', chart], withEverything);
    expect(out.ok, out.text).toBe(true);
  });

  it('is the same for every Kubernetes from 1.28 to 1.37, and refuses 1.27', () => {
    const oldest = render(withEverything, '1.28.15');
    for (let minor = 29; minor <= 37; minor++) expect(render(withEverything, `1.${minor}.0`)).toEqual(oldest);
    expect(() => render(withEverything, '1.27.9')).toThrow('kubeVersion');
  });

  it('uses no rights in the cluster but to see where applications and kubelets are, and no deprecated API', () => {
    const kinds = render(withEverything).map((m) => `${m.apiVersion} ${m.kind}`);
    expect([...new Set(kinds)].sort()).toEqual([
      'apps/v1 DaemonSet',
      'apps/v1 Deployment',
      'rbac.authorization.k8s.io/v1 ClusterRole',
      'rbac.authorization.k8s.io/v1 ClusterRoleBinding',
      'v1 ConfigMap',
      'v1 Secret',
      'v1 Service',
      'v1 ServiceAccount',
    ]);
  });

  it('takes the values that are foreseen from kmon.yaml alone', async () => {
    const text = 'room: r\nparent: 10.9.0.10\nchildren: [{ address: 10.9.0.11, team: red }]\n';
    const read = await configOf(text, '/r/kmon.yaml', 'kmon.yaml', '/r');
    const config = withNetwork(withProfile(read, { profile: 'lite' }), decideNetwork(read));
    const names = render(await foreseenValues({ config, supply: onlineSupply })).map((m) => m.metadata.name);
    expect(names).toContain('kmon-grafana-dashboards');
  });

  it('leaves Grafana out unless asked', () => {
    expect(render(room).map((m) => m.metadata.name)).not.toContain('kmon-grafana');
  });

  it('lets no alert leave unless asked', () => {
    expect(JSON.stringify(render(room))).not.toMatch(/alertmanager|alerting/i);
  });

  it('brings an Alertmanager that Prometheus tells, where alerts are to leave', () => {
    const everything = render({ ...room, alertmanager: leaving });
    const config = find(everything, 'ConfigMap', 'kmon-prometheus').data?.['prometheus.yml'] ?? '';
    expect(parse(config)).toMatchObject({
      alerting: {
        alertmanagers: [{ static_configs: [{ targets: ['kmon-alertmanager.monitoring.svc:9093'] }] }],
      },
    });
    expect(find(everything, 'Service', 'kmon-alertmanager').spec?.ports).toMatchObject([{ port: 9093 }]);
    // What is secret is in a Secret, and nowhere else.
    const { spec } = podOf(everything, 'Deployment', 'kmon-alertmanager');
    expect(spec.volumes).toContainEqual({
      name: 'secrets',
      secret: { secretName: 'kmon-alerts', defaultMode: 0o440 },
    });
  });

  it('starts Alertmanager anew when where it sends to changes, and only then', () => {
    const annotations = (values: object): unknown =>
      podOf(render({ ...room, alertmanager: values }), 'Deployment', 'kmon-alertmanager').metadata
        .annotations;
    const [one, other] = ['a'.repeat(64), 'b'.repeat(64)];
    expect(annotations({ ...leaving, secretsDigest: one })).not.toEqual(
      annotations({ ...leaving, secretsDigest: other }),
    );
    expect(annotations(leaving)).not.toEqual(
      annotations({ config: alertmanagerConfig({ slack: FILE }, SECRETS) }),
    );
    expect(annotations(leaving)).toEqual(annotations({ ...leaving, memoryLimit: '64Mi' }));
  });

  it.each(['kmon-prometheus', 'kmon-grafana', 'kmon-alertmanager'])(
    'pins %s to the parent, in spite of its taint',
    (name) => {
      const { spec } = podOf(render(withEverything), 'Deployment', name);
      expect(JSON.stringify(spec.affinity)).toContain(
        '{"key":"metadata.name","operator":"In","values":["parent"]}',
      );
      expect(spec.tolerations).toEqual([
        { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' },
      ]);
    },
  );

  it('runs node-exporter everywhere, on the node’s own address', () => {
    const { spec } = podOf(render(room), 'DaemonSet', 'kmon-node-exporter');
    expect(spec.tolerations).toEqual([{ operator: 'Exists' }]);
    expect(spec.hostNetwork).toBe(true);
    expect(spec.containers[0].args).toContain('--web.listen-address=$(NODE_ADDRESS):9100');
    expect(spec.containers[0].args).toContain('--path.rootfs=/host/root');
  });

  it('takes another sysfs, another port, and no root mount', () => {
    const nodeExporter = { hostRootMount: false, sysfs: '/srv/sys', port: 9101 };
    const { spec } = podOf(render({ ...room, nodeExporter }), 'DaemonSet', 'kmon-node-exporter');
    expect(spec.volumes).toEqual([
      { name: 'proc', hostPath: { path: '/proc', type: 'Directory' } },
      { name: 'sys', hostPath: { path: '/srv/sys', type: 'Directory' } },
    ]);
    expect(JSON.stringify(spec.containers[0].args)).not.toContain('/host/root');
    expect(JSON.stringify(render({ ...room, nodeExporter }))).toContain('10.9.0.11:9101');
  });

  it('asks observed computers by address, and is the same without any', () => {
    const config = (values: object): string =>
      find(render(values), 'ConfigMap', 'kmon-prometheus').data?.['prometheus.yml'] ?? '';
    const observed = [
      { name: 'teacher-mac', address: '10.9.0.20', port: 9100 },
      { name: 'pc-win', address: '10.9.0.21', port: 9182, team: 'l\'équipe "rouge"' },
    ];
    const jobs = (parse(config({ ...room, observed })) as { readonly scrape_configs: readonly object[] })
      .scrape_configs;
    expect(jobs.at(-1)).toEqual({
      job_name: 'observed',
      static_configs: [
        {
          targets: ['10.9.0.20:9100'],
          labels: { node: 'teacher-mac', instance: 'teacher-mac', role: 'observed' },
        },
        {
          targets: ['10.9.0.21:9182'],
          labels: { node: 'pc-win', instance: 'pc-win', role: 'observed', team: 'l\'équipe "rouge"' },
        },
      ],
    });
    expect(config({ ...room, observed: [] })).toBe(config(room));
    // It is named where it is said what nobody may push, and nowhere else.
    expect(config(room).replace(/^.*action: drop, source_labels: \[job\].*$/m, '')).not.toContain('observed');
  });

  it('gives no container more than it needs', () => {
    const manifests = render(withEverything);
    const pods = manifests.flatMap((m) => (m.spec?.template === undefined ? [] : [m.spec.template.spec]));
    expect(pods).toHaveLength(4);
    // Prometheus alone may ask the API, and of it nothing but where applications and kubelets are.
    const asking = podOf(manifests, 'Deployment', 'kmon-prometheus').spec;
    expect(pods.filter((pod) => pod.automountServiceAccountToken !== false)).toEqual([asking]);
    expect(find(manifests, 'ClusterRole', 'kmon-prometheus')).toMatchObject({
      rules: [
        { apiGroups: [''], resources: ['services', 'pods', 'nodes'], verbs: ['get', 'list', 'watch'] },
        { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['get', 'list', 'watch'] },
      ],
    });
    // What kubelets are shown, whoever they are, is good for nothing else.
    expect(find(manifests, 'ClusterRole', 'kmon-kubelets')).toMatchObject({
      rules: [{ apiGroups: [''], resources: ['nodes/metrics'], verbs: ['get'] }],
    });
    expect(manifests.filter((m) => /Role/.test(m.kind)).map((m) => `${m.kind} ${m.metadata.name}`)).toEqual([
      'ClusterRole kmon-prometheus',
      'ClusterRole kmon-kubelets',
      'ClusterRoleBinding kmon-prometheus',
      'ClusterRoleBinding kmon-kubelets',
    ]);
    for (const pod of pods) {
      expect(pod.securityContext).toMatchObject({
        runAsNonRoot: true,
        seccompProfile: { type: 'RuntimeDefault' },
      });
      const [container] = pod.containers;
      expect(container.securityContext).toEqual({
        allowPrivilegeEscalation: false,
        readOnlyRootFilesystem: true,
        capabilities: { drop: ['ALL'] },
      });
      expect(container.resources.limits.memory).toBeDefined();
      expect(container.readinessProbe).toBeDefined();
    }
  });

  it('rolls Prometheus when its configuration changes, and only then', () => {
    const checksum = (values: object): string | undefined =>
      podOf(render(values), 'Deployment', 'kmon-prometheus').metadata.annotations?.['kmon/config'];
    expect(checksum(room)).toBe(checksum({ ...room, prometheus: { nodePort: 30091 } }));
    expect(checksum(room)).not.toBe(checksum({ ...room, machines: room.machines.slice(0, 1) }));
    expect(checksum(room)).not.toBe(checksum({ ...room, scrape: { intervalSeconds: 6 } }));
  });

  it('carries every dashboard as it is, and opens with the room', async () => {
    const manifests = render(withEverything);
    const config = find(manifests, 'ConfigMap', 'kmon-grafana-dashboards');
    expect(Object.keys(config.data ?? {}).toSorted()).toEqual(
      SHIPPED.map((name) => `${name}.json`).toSorted(),
    );
    for (const name of SHIPPED)
      expect(JSON.parse(config.data?.[`${name}.json`] ?? '')).toEqual(
        JSON.parse(await shippedDashboard(name)),
      );
    // The API server takes no larger one.
    expect(JSON.stringify(config).length).toBeLessThan(1_048_576);
    expect(JSON.stringify(podOf(manifests, 'Deployment', 'kmon-grafana'))).toContain(
      '"/etc/kmon/dashboards/kmon-room.json"',
    );
  });

  it('carries dashboards of the room’s own as they are, in a folder beside, and has none without', () => {
    const lesson = '{ "title": "{{node}} \\"é\\"", "panels": [] }\n';
    const grafana = { ...withEverything.grafana, dashboards: { 'lesson.json': lesson } };
    const manifests = render({ ...withEverything, grafana });
    expect(find(manifests, 'ConfigMap', 'kmon-grafana-class').data).toEqual({ 'lesson.json': lesson });
    const pod = (of: readonly Manifest[]): string => JSON.stringify(podOf(of, 'Deployment', 'kmon-grafana'));
    expect(pod(manifests)).toContain('/etc/kmon/class');
    const providers = find(manifests, 'ConfigMap', 'kmon-grafana').data?.['dashboards.yaml'] ?? '';
    expect(parse(providers)).toMatchObject({
      providers: [{ folder: 'kmon' }, { folder: 'class', options: { path: '/etc/kmon/class' } }],
    });
    const without = render(withEverything);
    expect(without.filter((m) => m.metadata.name === 'kmon-grafana-class')).toEqual([]);
    expect(pod(without)).not.toContain('/etc/kmon/class');
  });

  it('tells the data source how often machines are asked, which the windows of all panels follow', () => {
    const source = find(
      render({ ...withEverything, scrape: { intervalSeconds: 15 } }),
      'ConfigMap',
      'kmon-grafana',
    );
    expect(parse(source.data?.['datasource.yaml'] ?? '')).toMatchObject({
      datasources: [{ type: 'prometheus', isDefault: true, jsonData: { timeInterval: '15s' } }],
    });
  });
});

describe('the schema', () => {
  it.each([
    [
      'an observed computer without a port',
      { ...room, observed: [{ name: 'a', address: '1.2.3.4' }] },
      'port',
    ],
    ['a configuration of Alertmanager as text', { ...room, alertmanager: { config: 'pager' } }, 'config'],
    ['a misspelt key', { ...room, promtheus: {} }, "'promtheus' not allowed"],
    ['a misspelt key further down', { ...room, prometheus: { nodeport: 1 } }, "'nodeport' not allowed"],
    [
      'a misspelt key of a machine',
      { ...room, machines: [{ ...room.machines[0], ip: '' }] },
      "'ip' not allowed",
    ],
    ['no parent', { machines: room.machines }, 'parent'],
    ['no machine', { parent: 'parent' }, 'machines'],
    [
      'a name for an address',
      { ...room, machines: [{ name: 'a', address: 'pc', role: 'child' }] },
      'address',
    ],
    [
      'one byte too many',
      { ...room, machines: [{ name: 'a', address: '1.2.3.4.', role: 'child' }] },
      'address',
    ],
    ['another role', { ...room, machines: [{ name: 'a', address: '1.2.3.4', role: 'pupil' }] }, 'role'],
    ['an image without a version', { ...room, prometheus: { image: 'prometheus' } }, 'image'],
    ['text for a number', { ...room, scrape: { intervalSeconds: '5' } }, 'intervalSeconds'],
    ['a timeout above the interval', { ...room, scrape: { timeoutSeconds: 6 } }, 'timeoutSeconds'],
  ])('refuses %s', (_, values, named) => {
    const out = helm(['template', 'kmon', chart], values);
    expect(out.ok).toBe(false);
    expect(out.text).toContain(named);
  });
});

describe('promtool', () => {
  const check = (kind: 'config' | 'rules', files: Readonly<Record<string, string>>): string => {
    const folder = join(programs.folder, 'check');
    mkdirSync(folder, { recursive: true });
    for (const [name, text] of Object.entries(files))
      writeFileSync(join(folder, name), name === 'prometheus.yml' ? withoutKubernetes(text) : text);
    const file = kind === 'config' ? 'prometheus.yml' : 'rules.yml';
    return execFileSync(programs.promtool, ['check', kind, join(folder, file)], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
  };
  const rules = (exprs: readonly string[]): Readonly<Record<string, string>> => ({
    'rules.yml': JSON.stringify({
      groups: [{ name: 'g', rules: exprs.map((expr, i) => ({ record: `r${i}`, expr })) }],
    }),
  });

  it.each([1, 5, 60, 300])(
    'accepts the configuration and the rules at an interval of %d s',
    (intervalSeconds) => {
      const scrape = { intervalSeconds, timeoutSeconds: Math.max(1, intervalSeconds - 1) };
      const { data = {} } = find(render({ ...room, scrape }), 'ConfigMap', 'kmon-prometheus');
      expect(check('config', data)).toContain('SUCCESS: 10 rules found');
      const window = intervalSeconds === 1 || intervalSeconds === 5 ? '[30s]' : `[${4 * intervalSeconds}s]`;
      expect(data['rules.yml']).toContain(window);
      // What `kmon render monitoring` writes for another Prometheus.
      const own = readFileSync(join(chart, 'files/rules.yaml'), 'utf8');
      expect(data['rules.yml']?.trim()).toBe(rulesAt(own, intervalSeconds).trim());
    },
  );

  it('accepts the lines and the rules that are written for a Prometheus of somebody else’s', async () => {
    const text = 'room: r\nparent: 10.9.0.10\nchildren: [{ address: 10.9.0.11, team: red }]\n';
    const read = await configOf(text, '/r/kmon.yaml', 'kmon.yaml', '/r');
    const { files } = await renderExisting(
      withNetwork(withProfile(read, { profile: 'existing' }), decideNetwork(read)),
      onlineSupply,
    );
    const written = (path: string): string => files.find((file) => file.path === path)?.text ?? '';
    // The Prometheus that is at hand here is built without Kubernetes.
    const jobs = written('scrape.yaml').replace('  kubernetes_sd_configs:\n    - role: node\n', '');
    const folder = join(programs.folder, 'check');
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      join(folder, 'prometheus.yml'),
      JSON.stringify({ rule_files: ['rules.yml'], scrape_configs: parse(jobs) as unknown }),
    );
    writeFileSync(join(folder, 'rules.yml'), written('rules.yaml'));
    const said = execFileSync(programs.promtool, ['check', 'config', join(folder, 'prometheus.yml')], {
      encoding: 'utf8',
      stdio: 'pipe',
    });
    expect(said).toContain('SUCCESS: 10 rules found');
  });

  it('accepts every query', () => {
    const names = Object.keys(QUERIES) as QueryName[];
    const scope = { only: 'role="child"', window: rateWindow(5) };
    const exprs = [...names.map((name) => QUERIES[name](scope)), together(names, scope)];
    expect(check('rules', rules(exprs))).toContain(`SUCCESS: ${exprs.length} rules found`);
    expect(() => check('rules', rules(['sum by (node']))).toThrow();
  });

  it('accepts every expression of the dashboards', async () => {
    const dashboards = (await Promise.all(SHIPPED.map(shippedDashboard))).map(readDashboard);
    const asked = dashboards.flatMap(panelsOf).flatMap((p) => (p.targets ?? []).map((t) => t.expr));
    const marked = dashboards.flatMap((d) => d.annotations.list.flatMap((a) => a.expr ?? []));
    const exprs = [...new Set([...asked, ...marked])].map((expr) => filled(expr, VARIABLES));
    expect(exprs.length).toBeGreaterThan(60);
    expect(check('rules', rules(exprs))).toContain(`SUCCESS: ${exprs.length} rules found`);
  });
});
