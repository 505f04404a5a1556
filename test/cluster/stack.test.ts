import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { parseDocument } from 'yaml';
import { notAsItWas, snapshotsOf } from '../support/as-it-was.js';
import type { Snapshots } from '../support/as-it-was.js';
import { kmon } from '../support/kmon.js';
import type { Ended } from '../support/kmon.js';
import { makeLab } from '../support/lab.js';
import type { TestLab } from '../support/lab.js';
import { sampleApp } from '../support/sample-app.js';
import { SHIPPED } from '../../src/dashboards/shipped.js';
import { grafanaInCluster, leadOut } from '../support/grafana-in-cluster.js';
import { StandInGrafana } from '../support/stand-in-grafana.js';
import { startMailServer } from '../support/mail-server.js';
import { STAND_IN } from '../support/stack-charts.js';
import { startWebhook } from '../support/webhook.js';

/**
 * The profile `stack` on a real cluster of parent and child, with the real operator, by a bundle that has a chart for it: the stand-in of
 * test/support/stack-stand-in, or the real one where `scripts/try-stack` is given a copy of it. In the order of a lesson; each test stands on
 * the ones before it.
 */
const CHART = process.env['KMON_STACK_CHART'] ?? STAND_IN;
/** Archives of images that the bundle lacks. */
const IMAGES = (process.env['KMON_STACK_IMAGES'] ?? '').split('\n').filter((path) => path !== '');
/** How often the monitoring is taken from the running cluster and put back. */
const ROUNDS = Number(process.env['KMON_ROUNDS'] ?? 0);
const IS_WANTED = process.env['KMON_BUNDLE'] !== undefined || process.env['CI'] === 'true';
const script = (name: string): string => fileURLToPath(new URL(`../../scripts/${name}`, import.meta.url));

/** Kinds of object that a cluster has one set of: what is left of them is left for everybody. */
const SHARED = [
  'customresourcedefinitions',
  'clusterroles',
  'clusterrolebindings',
  'validatingwebhookconfigurations',
  'mutatingwebhookconfigurations',
];

/** What is asked, each at all its places. */
const JOBS = [
  ...[
    'apiserver',
    'coredns',
    'kmon-alertmanager',
    'kmon-operator',
    'kmon-prometheus',
    'kube-controller-manager',
  ],
  ...[
    'kube-etcd',
    'kube-proxy',
    'kube-scheduler',
    'kube-state-metrics',
    'kubelet',
    'node-exporter',
    'observed',
  ],
];

interface StackValues {
  readonly prometheusOperator: object;
  readonly prometheus: { readonly service: object; readonly prometheusSpec: object };
  readonly 'prometheus-node-exporter': { readonly prometheus: { readonly monitor: object } };
}

interface Target {
  readonly labels: Readonly<Record<string, string>>;
  readonly health: string;
  readonly lastError: string;
}

describe.runIf(IS_WANTED)('the profile stack', () => {
  let lab: TestLab;
  let visitor: Server | undefined;
  let before: Snapshots;
  let bare: string;
  /** What kmon gave the chart. */
  let values: StackValues;
  const run = (...args: readonly string[]): Promise<Ended> =>
    kmon([...args, '--plain'], { cwd: lab.dir, timeoutMs: 900_000 });
  /** This computer's own, with the room's kubeconfig: as somebody's who has a cluster and no room. */
  const environment = (): NodeJS.ProcessEnv => ({
    ...process.env,
    PATH: `${join(lab.dir, 'bin')}:${process.env['PATH'] ?? ''}`,
    KUBECONFIG: join(lab.dir, '.kmon/kubeconfig'),
  });
  const kubectl = (...args: readonly string[]): string =>
    execFileSync('kubectl', args, { encoding: 'utf8', env: environment(), stdio: 'pipe' }).trim();
  const ask = (path: string): { readonly data: Readonly<Record<string, unknown>> } =>
    JSON.parse(
      kubectl(
        ...[
          'get',
          '--raw',
          `/api/v1/namespaces/monitoring/services/kmon-prometheus:http/proxy/api/v1/${path}`,
        ],
      ),
    ) as { readonly data: Readonly<Record<string, unknown>> };
  /** What a cluster has of those kinds, and of Services where the control plane is. */
  const sharedThings = (): string =>
    [
      ...SHARED.map((kind) => kubectl('get', kind, '-o', 'name')),
      kubectl('get', 'services,endpoints', '--namespace', 'kube-system', '-o', 'name'),
    ].join('\n');

  /** Writes what kmon.yaml says of the monitoring anew. */
  const monitoring = (text: string): void => {
    const file = join(lab.dir, 'kmon.yaml');
    writeFileSync(file, readFileSync(file, 'utf8').replace(/^monitoring: .*$/m, `monitoring: ${text}`));
  };

  beforeAll(async () => {
    const base = process.env['KMON_STACK_BUNDLE'] ?? bundleWithParts();
    lab = await makeLab({ children: 1, bundle: base });
    const bundle = join(lab.dir, 'bundle');
    execFileSync(script('lib/stack-bundle'), [base, CHART, bundle, ...IMAGES], { stdio: 'pipe' });
    const file = join(lab.dir, 'kmon.yaml');
    const here = lab.machine('parent').sh("ip -4 route show default | awk '{ print $3 }'").trim();
    visitor = await visitorAt(here);
    const { port } = visitor.address() as AddressInfo;
    const document = parseDocument(readFileSync(file, 'utf8'));
    document.set('bundle', './bundle');
    const observed = { address: here, name: 'visitor', kind: 'observed', exporter: port };
    document.addIn(['children'], document.createNode(observed, { flow: true }));
    writeFileSync(file, document.toString());
    // Oftener than kmon has it: whether all targets are up is known sooner.
    const spec = '{ retention: 12h, scrapeInterval: 5s, scrapeTimeout: 4s }';
    writeFileSync(join(lab.dir, 'stack.yaml'), `prometheus: { prometheusSpec: ${spec} }\n`);
    monitoring('{ profile: stack, values: stack.yaml }');
    mkdirSync(join(lab.dir, 'bin'));
    for (const name of ['kubectl', 'helm']) {
      const packed = join(bundle, 'bin', `${name}.gz`);
      const program = existsSync(packed)
        ? gunzipSync(readFileSync(packed))
        : readFileSync(join(bundle, 'bin', name));
      writeFileSync(join(lab.dir, 'bin', name), program);
      chmodSync(join(lab.dir, 'bin', name), 0o755);
    }
    before = await snapshotsOf(lab.machines);
  });
  afterAll(async () => {
    visitor?.close();
    await lab.down();
  });

  it('refuses values that the chart does not know before anything is touched', async () => {
    const file = join(lab.dir, 'stack.yaml');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('retention', 'retentoin'));
    const refused = await run('up');
    expect(refused.exitCode, refused.stderr).toBe(3);
    expect(refused.stderr).toContain('did you mean prometheus.prometheusSpec.retention?');
    writeFileSync(file, text);
    expect(notAsItWas(before, await snapshotsOf(lab.machines))).toEqual([]);
  });

  it('is what a room gets that names none, since the bundle has it', async () => {
    monitoring('{}');
    const planned = await run('up', '--dry-run');
    expect(planned.exitCode, planned.stderr).toBe(0);
    expect(planned.stderr).toContain(
      'the monitoring has the profile stack: kmon.yaml names none, and the bundle has its parts',
    );
    expect(planned.stdout + planned.stderr).toContain('helm upgrade --install kmon-stack');
    expect(notAsItWas(before, await snapshotsOf(lab.machines))).toEqual([]);
    monitoring('{ profile: stack, values: stack.yaml }');
  });

  it('comes up with the room, and has every machine measured', async () => {
    const init = await run('init-parent');
    expect(init.exitCode, init.stderr.slice(-3000)).toBe(0);
    bare = sharedThings();
    const started = Date.now();
    const up = await run('up');
    expect(up.exitCode, up.stderr.slice(-4000)).toBe(0);
    expect(up.stderr).toContain('targets up 2/2');
    say(`kmon up behind init-parent, with the child's join: ${Math.round((Date.now() - started) / 1000)} s`);
  });

  it('has nothing to change a second time', async () => {
    const again = await run('deploy-monitoring');
    expect(again.exitCode, again.stderr).toBe(0);
    expect(again.stdout).toContain('nothing to change');
  });

  it('verifies all of it, every target up, the control plane and an observed computer among them', async () => {
    // Not all targets have been asked yet, and Prometheus has to have asked itself twice.
    await expect
      .poll(async () => (await run('verify')).stdout, { timeout: 60_000, interval: 3000 })
      .toMatch(/^everything is there$/m);
    const targets = ask('targets?state=active').data['activeTargets'] as readonly Target[];
    expect(targets.filter((t) => t.health !== 'up')).toEqual([]);
    const jobs = [...new Set(targets.map((t) => t.labels['job'] ?? ''))].toSorted();
    say(`${targets.length} targets up, of the jobs ${jobs.join(', ')}`);
    expect(jobs).toEqual(expect.arrayContaining(JOBS));
    const machines = targets
      .filter((t) => ['node-exporter', 'observed'].includes(t.labels['job'] ?? ''))
      .map(({ labels: { node, instance, role } }) => [node, instance, role]);
    expect(machines.toSorted()).toEqual([
      ['child-1', 'child-1', 'child'],
      ['parent', 'parent', 'parent'],
      ['visitor', 'visitor', 'observed'],
    ]);
    // By the pods' own labels, and not by those of kube-state-metrics.
    const running = ask('query?query=kube_pod_status_phase{namespace="monitoring",phase="Running"}==1').data[
      'result'
    ] as readonly { readonly metric: Readonly<Record<string, string>> }[];
    expect(running.map(({ metric }) => metric['pod'])).toContain('prometheus-kmon-prometheus-0');
  });

  it('says that there is no Grafana, and proves one that is there: a stand-in, since its image cannot be had', async () => {
    expect((await run('verify')).stdout).toContain('· there is no Grafana: it was left out');
    const parent = lab.machine('parent');
    const here = parent.sh("ip -4 route show default | awk '{ print $3 }'").trim();
    const grafana = new StandInGrafana();
    const way = leadOut(parent, `${here}:${await grafana.open('0.0.0.0')}`);
    onTestFinished(() => {
      grafana.close();
      way.close();
      kubectl('delete', 'service', 'stand-in-grafana', '--namespace', 'monitoring');
    });
    const exporter =
      'jsonpath={range .items[?(@.spec.hostNetwork==true)]}{.metadata.name} {.status.podIP}{end}';
    const [name = '', ip = ''] = kubectl(
      ...[
        'get',
        'pods',
        '--namespace',
        'monitoring',
        '--field-selector',
        'spec.nodeName=parent',
        '-o',
        exporter,
      ],
    ).split(' ');
    execFileSync('kubectl', ['apply', '-f', '-'], {
      input: grafanaInCluster('stand-in-grafana', { name, ip }),
      env: environment(),
      stdio: 'pipe',
    });
    grafana.dashboards = SHIPPED.slice(1);
    grafana.trouble = 'connection refused';
    const lacking = await run('verify');
    expect(lacking.exitCode).toBe(23);
    expect(lacking.stdout).toContain("✖ Grafana's dashboards: kmon-room is not there");
    expect(lacking.stdout).toContain("✖ Grafana's data source: Prometheus does not answer it");
    grafana.dashboards = [...SHIPPED, 'of-the-class'];
    grafana.trouble = undefined;
    const whole = await run('verify');
    expect(whole.stdout).toContain("✔ Grafana's dashboards: all 5 of kmon's, of 6");
    expect(whole.stdout).toContain("✔ Grafana's data source: Prometheus answers it");
    expect(whole.exitCode, whole.stdout).toBe(0);
  });

  it('measures how soon a load on a child shows', async () => {
    const verified = await run('verify', '--latency');
    const row = verified.stdout.split('\n').find((line) => line.startsWith('child-1 '));
    say(`how soon a load shows: ${row ?? 'no row'}`);
    // The machines of a lab have the processors of this computer, which may be busy with something else.
    if (verified.stdout.includes('its processors are busy already')) return;
    expect(row).toMatch(/ \d+\.\d s$/);
    expect(Number(/ ([\d.]+) s$/.exec(row ?? '')?.[1])).toBeLessThan(20);
    expect(lab.machine('child-1').sh('systemctl is-active kmon-latency.service || :').trim()).toBe(
      'inactive',
    );
  });

  it("has kmon's rules, and nothing fires but what always does", () => {
    const recorded = ask('query?query=kmon:node_cpu_usage:percent').data['result'] as readonly unknown[];
    expect(recorded).toHaveLength(2);
    const firing = ask('query?query=ALERTS%7Balertstate%3D%22firing%22%7D').data['result'] as readonly {
      readonly metric: Readonly<Record<string, string>>;
    }[];
    const names = [...new Set(firing.map((f) => f.metric['alertname'] ?? ''))].toSorted();
    say(`firing: ${names.join(', ') || 'nothing yet'}`);
    expect(names.filter((name) => name === 'TargetDown')).toEqual([]);
  });

  it('has an application of the class watched by a monitor of its own', async () => {
    const image = kubectl(
      ...['get', 'daemonsets', '--namespace', 'monitoring', '-o'],
      'jsonpath={.items[0].spec.template.spec.containers[0].image}',
    );
    writeFileSync(join(lab.dir, 'shop.yaml'), sampleApp(image));
    kubectl('apply', '-f', join(lab.dir, 'shop.yaml'));
    kubectl('--namespace', 'red', 'rollout', 'status', 'deployment', 'shop', '--timeout', '60s');
    const started = Date.now();
    const rest = poking('monitoring', 'prometheus-kmon-prometheus-0');
    const watched = await run('watch-app', 'shop', '--port', 'metrics', '--namespace', 'red').finally(rest);
    expect(watched.exitCode, watched.stderr).toBe(0);
    say(`kmon watch-app: ${Math.round((Date.now() - started) / 1000)} s`);
    expect(watched.stdout).toMatch(/^\S+:9090 +child-1 +up +-$/m);
    expect(watched.stdout).toMatch(/^[1-9]\d* series of its own/m);
    expect((await run('verify')).stdout).toContain('application red/shop: 1 of 1 targets up');
  });

  it('lets alerts leave by a webhook and by mail, and sends one to prove it', async () => {
    const here = lab.machine('parent').sh("ip -4 route show default | awk '{ print $3 }'").trim();
    const [webhook, mail] = [await startWebhook(join(lab.dir, 'told.jsonl')), await startMailServer(here)];
    onTestFinished(() => {
      webhook.stop();
      mail.stop();
    });
    writeFileSync(join(lab.dir, 'webhook.txt'), `http://${here}:${webhook.port}/s3cret-path\n`, {
      mode: 0o600,
    });
    const email = `{ to: teacher@school.example, server: "${here}:${mail.port}", tls: false }`;
    monitoring(
      `{ profile: stack, values: stack.yaml, alerts: { webhook: { urlFile: webhook.txt }, email: ${email} } }`,
    );
    const deploy = await run('deploy-monitoring');
    expect(deploy.exitCode, deploy.stderr.slice(-3000)).toBe(0);
    const test = await run('alerts', '--test');
    expect(test.exitCode, test.stderr).toBe(0);
    expect(test.stdout).toBe('the test alert arrived (email, webhook); it is over in a minute\n');
    expect(webhook.told()).toContain('firing KmonTest');
    expect(mail.mails()[0]).toMatch(/^Subject: kmon: KmonTest\r$/m);
    const values = execFileSync('helm', ['get', 'values', 'kmon-stack', '--namespace', 'monitoring'], {
      encoding: 'utf8',
      env: environment(),
    });
    expect(values).toContain('/etc/alertmanager/secrets/kmon-alerts/webhook');
    expect(values).not.toContain('s3cret-path');
  });

  it('asks what pushgateway and blackbox have, and another keyboard touches neither', async () => {
    const started = Date.now();
    for (const [id, object] of [
      ['pushgateway', 'serviceMonitor/kmon-pushgateway/'],
      ['blackbox', 'scrapeConfig/kmon-blackbox/'],
    ] as const) {
      const adding = run('addon', 'add', id);
      await renewed(object);
      const added = await adding;
      expect(added.exitCode, added.stderr.slice(-3000)).toBe(0);
    }
    say(`kmon addon add, of two: ${Math.round((Date.now() - started) / 1000)} s`);
    const probed = ask('query?query=probe_success').data['result'] as readonly {
      readonly metric: Readonly<Record<string, string>>;
      readonly value: readonly [number, string];
    }[];
    const nodes = probed.map(({ metric: { probe, node, role, job } }) => [job, probe, node, role].join(' '));
    expect(nodes.toSorted()).toEqual([
      'probe kubelet child-1 child',
      'probe kubelet parent parent',
      'probe ping child-1 child',
      'probe ping parent parent',
      'probe ping visitor observed',
    ]);
    expect(ask('query?query=up{job="pushgateway"}').data['result']).toMatchObject([
      { value: [expect.any(Number), '1'] },
    ]);
    const elsewhere = (...args: readonly string[]): Promise<Ended> =>
      kmon([...args, '--context', kubectl('config', 'current-context'), '--plain'], {
        cwd: join(lab.dir, 'elsewhere'),
        env: environment(),
        timeoutMs: 120_000,
      });
    mkdirSync(join(lab.dir, 'elsewhere'));
    const roomId = readFileSync(join(lab.dir, '.kmon/room-id'), 'utf8').trim();
    const left = await elsewhere('addon', 'remove', 'pushgateway');
    expect(left.exitCode, left.stderr).toBe(22);
    expect(left.stderr).toContain(
      `pushgateway (kmon/owner: ${roomId}) on this cluster is somebody else's, and stays`,
    );
    const refused = await elsewhere('addon', 'add', 'pushgateway');
    expect(refused.exitCode, refused.stderr).toBe(22);
    expect(refused.stderr).toContain(`made from another computer or folder (kmon/owner: ${roomId})`);
    const removed = await run('addon', 'remove', 'blackbox');
    expect(removed.exitCode, removed.stderr).toBe(0);
    say(`pushgateway and blackbox: ${Math.round((Date.now() - started) / 1000)} s`);
  });

  it.each(Array.from({ length: ROUNDS }, (_, i) => i + 1))(
    'goes from the cluster as it came, and comes again: round %i',
    async () => {
      await takeAway();
      const back = await run('deploy-monitoring');
      expect(back.exitCode, back.stderr.slice(-3000)).toBe(0);
      expect(back.stderr).toContain('targets up 2/2');
      // What has an application watched went with the monitoring.
      const rest = poking('monitoring', 'prometheus-kmon-prometheus-0');
      const watched = await run('watch-app', 'shop', '--port', 'metrics', '--namespace', 'red').finally(rest);
      expect(watched.exitCode, watched.stderr).toBe(0);
    },
  );

  it('gives its place to the profile lite, and then nothing of either is left', async () => {
    const given = execFileSync('helm', ['get', 'values', 'kmon-stack', '-n', 'monitoring', '-o', 'json'], {
      encoding: 'utf8',
      env: environment(),
    });
    values = JSON.parse(given) as StackValues;
    monitoring('{ profile: lite }');
    const changed = await run('deploy-monitoring');
    expect(changed.exitCode, changed.stderr.slice(-3000)).toBe(0);
    expect(changed.stderr).toContain('targets up 2/2');
    expect(kubectl('get', 'statefulsets,deployments', '--namespace', 'monitoring', '-o', 'name')).toBe(
      'deployment.apps/kmon-prometheus',
    );
    // What was watched goes on being watched.
    await expect
      .poll(async () => (await run('verify')).stdout, { timeout: 60_000, interval: 3000 })
      .toContain('application red/shop: 1 of 1 targets up');
    monitoring('{}');
    const silent = await run('deploy-monitoring');
    expect(silent.stderr).toContain('profile lite: kmon.yaml names none, and it is what is installed');
    expect(silent.stdout).toContain('nothing to change');
    const gone = await takeAway();
    expect(kubectl('get', 'service', 'shop', '--namespace', 'red', '-o', 'yaml')).not.toContain('kmon/');
    // The room's add-on is not of who has a context alone.
    expect(gone.stderr).toContain(
      "there is none from here; somebody else's stays: pushgateway (kmon/owner: ",
    );
    const removed = await run('addon', 'remove', 'pushgateway');
    expect(removed.exitCode, removed.stderr).toBe(0);
    expect(kubectl('get', 'namespaces', '-l', 'kmon/addon', '-o', 'name')).toBe('');
  });

  it.runIf(CHART === STAND_IN)(
    'uses the monitoring that somebody else has there, and leaves it as it was',
    async () => {
      const started = Date.now();
      const kinds =
        'services,daemonsets,deployments,servicemonitors,podmonitors,prometheusrules,prometheuses';
      const theirs = (): string =>
        kubectl(
          'get',
          kinds,
          '-n',
          'theirs',
          '-o',
          'jsonpath={range .items[*]}{.kind}/{.metadata.name} {.metadata.generation}{"\\n"}{end}',
        );
      installTheirs();
      kubectl(
        '-n',
        'theirs',
        'wait',
        'prometheus/theirs-prometheus',
        '--for=condition=Available',
        '--timeout=2m',
      );
      // Not before: the operator makes a Service of its own.
      const was = theirs();
      const shared = sharedThings();
      monitoring('{}');
      const rest = poking('theirs', 'prometheus-theirs-prometheus-0');
      const context = kubectl('config', 'current-context');
      const deploy = await kmon(['deploy-monitoring', '--context', context, '--plain'], {
        cwd: lab.dir,
        env: environment(),
        timeoutMs: 300_000,
      }).finally(rest);
      expect(deploy.exitCode, deploy.stderr.slice(-3000)).toBe(0);
      expect(deploy.stderr).toContain(
        "the profile existing: kmon.yaml names none, and the cluster has an operator of somebody else's already, with theirs/theirs-prometheus",
      );
      expect(deploy.stderr).toContain('targets up 2/2');
      // Their exporter is asked once more, and there is no second one.
      expect(
        kubectl(
          'get',
          'daemonsets',
          '--all-namespaces',
          '-l',
          'app.kubernetes.io/part-of=kmon',
          '-o',
          'name',
        ),
      ).toBe('');
      const verified = await run('verify');
      expect(verified.stdout).toContain('✔ Prometheus (theirs/theirs-prometheus): it answers');
      expect(verified.stdout).toContain("✔ kmon's rules: it has all of them");
      expect(verified.stdout).toContain('no Alertmanager is told of alerts');
      expect(verified.exitCode, verified.stdout).toBe(0);
      const top = await run('top', '--once', '--json');
      expect(top.stdout).toMatch(/"machine":"child-1"[^}]*"cpuPercent":\d/);
      const began = Date.now();
      const again = poking('theirs', 'prometheus-theirs-prometheus-0');
      const watched = await run('watch-app', 'shop', '--port', 'metrics', '--namespace', 'red').finally(
        again,
      );
      expect(watched.exitCode, watched.stderr).toBe(0);
      expect(watched.stdout).toMatch(/^\S+:9090 +child-1 +up +-$/m);
      expect(watched.stdout).toMatch(/^[1-9]\d* series of its own/m);
      say(`kmon watch-app, by theirs: ${Math.round((Date.now() - began) / 1000)} s`);
      await takeAway(shared);
      expect(theirs()).toBe(was);
      expect(kubectl('get', 'servicemonitors', '-A', '-l', 'app.kubernetes.io/managed-by=kmon')).toBe('');
      say(`the monitoring of somebody else: ${Math.round((Date.now() - started) / 1000)} s`);
    },
  );

  it('gives every machine back as it was found', async () => {
    const teardown = await run('teardown', '--yes', '--room', lab.name);
    expect(teardown.exitCode, teardown.stderr.slice(-3000)).toBe(0);
    expect(teardown.stdout).toContain('machines as found: 2/2');
    expect(notAsItWas(before, await snapshotsOf(lab.machines))).toEqual([]);
  });

  /**
   * A kubelet looks once a minute whether a pod's configuration has changed, and at once when the pod has: nobody has to wait for it here.
   *
   * @returns what ends it
   */
  function poking(namespace: string, pod: string): () => void {
    const poke = setInterval(() => {
      kubectl('annotate', 'pod', pod, '-n', namespace, '--overwrite', `poke=${Date.now()}`);
    }, 5000);
    return () => {
      clearInterval(poke);
    };
  }

  /**
   * Makes the pod of Prometheus anew once its configuration has that: it reads what there is then. The reloader of one that runs may see a change only
   * at its own look, every three minutes.
   */
  async function renewed(object: string): Promise<void> {
    const configured = (): boolean => {
      const packed = kubectl(
        ...['get', 'secret', 'prometheus-kmon-prometheus', '--namespace', 'monitoring', '-o'],
        String.raw`jsonpath={.data.prometheus\.yaml\.gz}`,
      );
      return gunzipSync(Buffer.from(packed, 'base64')).toString().includes(object);
    };
    await expect.poll(configured, { timeout: 60_000, interval: 500 }).toBe(true);
    kubectl('delete', 'pod', 'prometheus-kmon-prometheus-0', '-n', 'monitoring', '--grace-period', '1');
  }

  /** The same chart, as somebody installs it who knows of no kmon: it takes what has the label of its release. */
  function installTheirs(): void {
    const spec = Object.fromEntries(
      ['serviceMonitor', 'podMonitor', 'probe', 'rule', 'scrapeConfig'].map((kind) => [
        `${kind}SelectorNilUsesHelmValues`,
        true,
      ]),
    );
    const { prometheus, ['prometheus-node-exporter']: exporter } = values;
    const own = {
      ...values,
      crds: { enabled: true },
      fullnameOverride: 'theirs',
      alertmanager: { enabled: false },
      additionalPrometheusRulesMap: {},
      prometheusOperator: {
        ...values.prometheusOperator,
        prometheusInstanceNamespaces: ['theirs'],
        alertmanagerInstanceNamespaces: ['theirs'],
        thanosRulerInstanceNamespaces: ['theirs'],
      },
      prometheus: {
        service: { ...prometheus.service, nodePort: 30_091 },
        prometheusSpec: { ...prometheus.prometheusSpec, ...spec },
      },
      // Without the names of the machines, as charts have it.
      'prometheus-node-exporter': {
        ...exporter,
        prometheus: { monitor: { ...exporter.prometheus.monitor, relabelings: [] } },
      },
    };
    const charts = join(lab.dir, 'bundle/charts');
    const chart = readdirSync(charts).find((name) => name.startsWith('kube-prometheus-stack')) ?? '';
    execFileSync(
      'helm',
      ['install', 'theirs', join(charts, chart), '--namespace', 'theirs', '--create-namespace', '-f', '-'],
      {
        env: environment(),
        input: JSON.stringify(own),
        stdio: 'pipe',
      },
    );
  }

  /** As somebody who has a cluster and no room; then the cluster is as it was before there was a monitoring. */
  async function takeAway(left = bare): Promise<Ended> {
    const context = kubectl('config', 'current-context');
    const gone = await kmon(['teardown', '--yes', '--context', context, '--plain'], {
      cwd: lab.dir,
      env: environment(),
      timeoutMs: 300_000,
    });
    expect(gone.exitCode, gone.stderr.slice(-3000)).toBe(0);
    await expect.poll(() => sharedThings(), { timeout: 30_000, interval: 1000 }).toBe(left);
    await expect
      .poll(() => kubectl('get', 'all,secrets', '--namespace', 'monitoring', '-o', 'name'), {
        timeout: 60_000,
        interval: 1000,
      })
      .toBe('');
    return gone;
  }
});

/** What a person who tries the real chart wants to know. */
function say(text: string): void {
  process.stderr.write(`stack: ${text}\n`);
}

function bundleWithParts(): string {
  const built = execFileSync(script('bundle/build'), ['--with', 'stack'], {
    encoding: 'utf8',
    stdio: 'pipe',
  });
  return built.trimEnd().split('\n').at(-1) ?? '';
}

/** A stand-in for the exporter of a computer that is only observed, on an address of this one. */
async function visitorAt(address: string): Promise<Server> {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    const idle = `node_cpu_seconds_total{cpu="0",mode="idle"} ${Date.now() / 1000}`;
    response.end(`${idle}\nnode_memory_MemTotal_bytes 4e9\nnode_memory_MemAvailable_bytes 1e9\n`);
  });
  await new Promise<void>((resolve) => {
    server.listen(0, address, resolve);
  });
  return server;
}
