import { createHash } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { parse, parseAllDocuments, stringify } from 'yaml';
import { runProgram } from '../../../src/cli/program.js';
import { SHIPPED, shippedDashboard } from '../../../src/dashboards/shipped.js';
import { STAND_IN } from '../../support/stack-charts.js';
import { standInStack } from '../../support/stand-in-stack.js';
import { FakeIo } from './fake-io.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'kmon-render-'));
  mkdirSync(join(folder, 'bin'));
  vi.stubEnv('PATH', `${join(folder, 'bin')}:${process.env['PATH'] ?? ''}`);
  // As a shell says it; this computer may have one.
  haveHelm('exit 127');
  writeRoom('192.168.1.10');
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function writeRoom(parent: string, rest = 'monitoring: { profile: lite }\n'): void {
  writeFileSync(
    join(folder, 'kmon.yaml'),
    `room: a-room\nparent: ${parent}\nchildren: [{ address: 192.168.1.11, team: red }]\n${rest}`,
  );
}

function haveHelm(script: string): void {
  writeFileSync(join(folder, 'bin/helm'), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, 'bin/helm'), 0o755);
}

async function render(...words: readonly string[]): Promise<{ readonly code: number; readonly io: FakeIo }> {
  const io = new FakeIo(folder);
  return { code: await runProgram(['render', 'monitoring', ...words], io), io };
}
/** With the stand-in for kube-prometheus-stack, and no image. */
async function writeStackBundle(): Promise<void> {
  const file = 'charts/kube-prometheus-stack.tgz';
  const chart = await standInStack({
    'values.yaml': readFileSync(join(STAND_IN, 'values.yaml'), 'utf8'),
  });
  mkdirSync(join(folder, 'bundle/charts'), { recursive: true });
  writeFileSync(join(folder, 'bundle', file), chart);
  writeFileSync(
    join(folder, 'bundle/bundle.yaml'),
    stringify({
      ...{ format: 'kmon-bundle/1', name: 'small', kubernetes: 'v1.36.3', architecture: 'amd64' },
      parts: [
        {
          ...{ name: 'kube-prometheus-stack', kind: 'chart', version: '0.0.0', file, for: ['parent'] },
          ...{ size: chart.length, sha256: createHash('sha256').update(chart).digest('hex') },
        },
      ],
    }),
  );
}
const text = (path: string): string => readFileSync(join(folder, path), 'utf8');

describe('kmon render monitoring', () => {
  it('writes values, chart, rules and dashboards, and what would make the manifests', async () => {
    const { code, io } = await render('--out', 'out');
    expect([code, io.err.raw]).toEqual([0, '']);
    expect(parse(text('out/values.yaml'))).toMatchObject({
      parent: 'parent',
      machines: [
        { name: 'parent', address: '192.168.1.10', role: 'parent' },
        { name: 'child-1', address: '192.168.1.11', role: 'child', team: 'red' },
      ],
      grafana: { enabled: true, nodePort: 30300 },
    });
    for (const name of SHIPPED)
      expect(text(`out/dashboards/${name}.json`)).toBe(await shippedDashboard(name));
    expect(text('out/chart/Chart.yaml')).toContain('name: kmon-lite');
    expect(text('out/rules.yaml')).toContain('[30s]');
    expect(io.out.raw).toContain(
      'manifests are left out: there is no helm on this computer; where there is one, `helm template kmon out/chart --namespace monitoring -f out/values.yaml` makes them',
    );
    expect(io.out.raw).toContain('the Secret kmon-grafana-admin');
  });

  it('has manifests where there is a helm, by the version of kmon.yaml', async () => {
    haveHelm('echo "asked: $*"');
    writeRoom(
      '192.168.1.10',
      'kubernetes: { version: "1.35" }\nmonitoring: { profile: lite, namespace: watch }\n',
    );
    const { code, io } = await render('--out', 'out', '--json');
    expect(code).toBe(0);
    expect(text('out/manifests.yaml')).toBe(
      `asked: template kmon ${folder}/out/chart --namespace watch --kube-version 1.35 -f ${folder}/out/values.yaml\n`,
    );
    expect(JSON.parse(io.out.raw.trim().split('\n')[0] ?? '')).toMatchObject({
      type: 'result',
      data: { folder: join(folder, 'out'), profile: 'lite', manifests: true },
    });
  });

  it('says in helm’s own words why there are no manifests', async () => {
    haveHelm('echo "Error: values do not meet the schema" >&2; exit 1');
    const { code, io } = await render('--out', 'out');
    expect(code).toBe(20);
    expect(io.err.raw).toContain('values do not meet the schema');
  });

  it('has the windows of rules follow the interval', async () => {
    writeRoom('192.168.1.10', 'monitoring: { profile: lite, scrapeInterval: 20 }\n');
    await render('--out', 'out');
    expect(text('out/rules.yaml')).toContain('[80s]');
    expect(text('out/rules.yaml')).not.toMatch(/\[(30s|1m)\]/);
    expect(parse(text('out/values.yaml'))).toMatchObject({
      scrape: { intervalSeconds: 20, timeoutSeconds: 19 },
    });
  });

  it('writes its own folder again, without what is no longer of it, and leaves the rest', async () => {
    haveHelm('echo manifests');
    await render('--out', 'out');
    writeFileSync(join(folder, 'out/mine.txt'), 'mine');
    haveHelm('exit 127');
    writeRoom('192.168.1.20');
    expect((await render('--out', 'out')).code).toBe(0);
    expect(text('out/values.yaml')).toContain('192.168.1.20');
    expect(existsSync(join(folder, 'out/manifests.yaml'))).toBe(false);
    expect(text('out/mine.txt')).toBe('mine');
  });
});

describe('kmon render monitoring, of a profile that kmon.yaml leaves open,', () => {
  it('is of the one that can be had, and says why', async () => {
    writeRoom('192.168.1.10', '');
    const { code, io } = await render('--out', 'out');
    expect(code).toBe(0);
    expect(io.out.raw).toContain('the monitoring of the profile stack is in out');
    expect(io.out.raw).toContain('kmon.yaml names none, and the Internet has its parts (monitoring.profile)');

    await writeStackBundle();
    writeRoom('192.168.1.10', 'bundle: bundle\n');
    expect((await render('--out', 'out')).io.out.raw).toContain('and the bundle has its parts');
  });
});

describe('kmon render monitoring, of the profile stack,', () => {
  const observed = '{ address: 192.168.1.30, name: visitor, kind: observed, exporter: 9100 }';
  const stackRoom = (rest = ''): void => {
    writeFileSync(
      join(folder, 'kmon.yaml'),
      `room: a-room\nparent: { address: 192.168.1.10, name: pc-10 }\nchildren: [192.168.1.11, ${observed}]\n${rest}monitoring: { profile: stack, values: own.yaml }\n`,
    );
    writeFileSync(join(folder, 'own.yaml'), 'prometheus: { prometheusSpec: { retention: 12h } }\n');
  };

  it('writes the values, and what is applied beside the chart, which it does not fetch', async () => {
    haveHelm('echo "helm was asked"');
    stackRoom();
    const { code, io } = await render('--out', 'out');
    expect([code, io.err.raw]).toEqual([0, '']);
    const values: unknown = parse(text('out/values.yaml'));
    expect(values).toMatchObject({
      fullnameOverride: 'kmon',
      prometheus: { prometheusSpec: { retention: '12h', portName: 'http' } },
      grafana: { enabled: true },
      kubeEtcd: { enabled: true },
    });
    expect(JSON.stringify(values)).toContain('"values":["pc-10"]');
    const objects = parseAllDocuments(text('out/objects.yaml')).map(
      (doc) => doc.toJS() as { readonly kind: string; readonly metadata: { readonly name: string } },
    );
    expect(objects.map((o) => `${o.kind} ${o.metadata.name}`)).toEqual([
      'Namespace monitoring',
      ...SHIPPED.map((name) => `ConfigMap ${name}-dashboard`),
      'ConfigMap kmon-class-dashboards',
      'ScrapeConfig observed-visitor',
    ]);
    expect((parse(text('out/rules.yaml')) as { readonly groups: readonly unknown[] }).groups).toHaveLength(2);
    for (const name of SHIPPED)
      expect(text(`out/dashboards/${name}.json`)).toBe(await shippedDashboard(name));
    expect(existsSync(join(folder, 'out/manifests.yaml'))).toBe(false);
    expect(io.out.raw).toMatch(
      /the chart's manifests are left out: it is not fetched for this; `helm template kmon-stack oci:\/\/ghcr\.io\/prometheus-community\/charts\/kube-prometheus-stack --version [\d.]+ --namespace monitoring -f out\/values\.yaml` fetches it and makes them/,
    );
    expect(io.out.raw).toContain("the operator's kinds of object");
    expect(io.out.raw).toContain('the Secret kmon-grafana-admin in monitoring');
  });

  it('has manifests where a bundle has the chart, without what the bundle lacks', async () => {
    haveHelm('echo "asked: $*"');
    await writeStackBundle();
    stackRoom('bundle: bundle\n');
    const { code, io } = await render('--out', 'out');
    expect([code, io.err.raw]).toEqual([0, '']);
    expect(text('out/manifests.yaml')).toMatch(
      /^asked: template kmon-stack \S+\/bundle\/charts\/kube-prometheus-stack\.tgz --namespace monitoring /,
    );
    expect(parse(text('out/values.yaml'))).toMatchObject({ grafana: { enabled: false } });
    expect(text('out/objects.yaml')).not.toContain('ConfigMap');
    expect(io.out.raw).not.toContain('kmon-grafana-admin');
  });
});

describe('kmon render monitoring, of the profile existing,', () => {
  it('writes what an operator takes, and the same as lines for a Prometheus without one', async () => {
    const observed = '{ address: 192.168.1.30, name: mac, kind: observed, exporter: 9100 }';
    writeFileSync(
      join(folder, 'kmon.yaml'),
      `room: a-room\nparent: 192.168.1.10\nchildren: [{ address: 192.168.1.11, team: red }, ${observed}]\nmonitoring: { profile: existing }\n`,
    );
    const { code, io } = await render('--out', 'out');
    expect([code, io.err.raw]).toEqual([0, '']);
    const values = parse(text('out/values.yaml')) as {
      readonly objects: readonly { readonly kind: string }[];
    };
    expect(values).toMatchObject({ prometheus: { enabled: false }, nodeExporter: { port: 9100 } });
    expect([...new Set(values.objects.map(({ kind }) => kind))]).toEqual([
      'PodMonitor',
      'PrometheusRule',
      'ScrapeConfig',
      'ConfigMap',
    ]);
    expect(text('out/scrape.yaml')).toMatchSnapshot();
    const rules = text('out/rules.yaml');
    expect(rules).toContain('node_cpu_seconds_total{job="kmon-node-exporter"');
    for (const name of SHIPPED)
      expect(text(`out/dashboards/${name}.json`)).not.toContain('"node-exporter\\"');
    expect(text('out/chart/Chart.yaml')).toContain('name: kmon-lite');
    expect(io.out.raw).toContain('helm template kmon-existing out/chart');
  });
});

describe('kmon render monitoring refuses, and writes nothing,', () => {
  const nothing = async (words: readonly string[], wanted: number, message: string): Promise<void> => {
    const { code, io } = await render(...words);
    expect(io.err.raw).toContain(message);
    expect([code, io.out.raw]).toEqual([wanted, '']);
  };

  it('without a folder', () => nothing([], 2, 'does not know where to write'));

  it('without a kmon.yaml', async () => {
    rmSync(join(folder, 'kmon.yaml'));
    await nothing(['--out', 'out'], 3, 'there is no kmon.yaml in this folder');
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });

  it('a folder with something in it that is not its own', async () => {
    mkdirSync(join(folder, 'out'));
    writeFileSync(join(folder, 'out/thesis.txt'), 'mine');
    await nothing(['--out', 'out'], 22, 'out is not empty, and kmon did not fill it; nothing was written');
    writeFileSync(join(folder, 'out/kmon-rendered.json'), 'no list');
    await nothing(['--out', 'out'], 22, 'out is not empty, and kmon did not fill it');
  });

  it('a folder of its own that somebody changed', async () => {
    await render('--out', 'out');
    writeFileSync(join(folder, 'out/values.yaml'), 'parent: mine\n');
    await nothing(['--out', 'out'], 22, 'somebody changed values.yaml in out since kmon wrote it');
    expect(text('out/values.yaml')).toBe('parent: mine\n');
  });

  it('a file, and a folder that cannot be made', async () => {
    await nothing(['--out', 'kmon.yaml'], 22, 'kmon.yaml is not a folder');
    await nothing(['--out', 'kmon.yaml/below'], 22, 'kmon.yaml/below is not a folder');
    await nothing(['--out', '/proc/kmon/below'], 22, '/proc/kmon/below cannot be written (ENOENT)');
  });

  it('values that the chart of the bundle does not know', async () => {
    await writeStackBundle();
    writeRoom('192.168.1.10', 'bundle: bundle\nmonitoring: { profile: stack, values: own.yaml }\n');
    writeFileSync(join(folder, 'own.yaml'), 'prometheus: { prometheusSpec: { retentoin: 1d } }\n');
    await nothing(['--out', 'out'], 3, 'did you mean prometheus.prometheusSpec.retention?');
    expect(existsSync(join(folder, 'out'))).toBe(false);
  });

  it('a list that leads out of the folder', async () => {
    writeFileSync(join(folder, 'thesis.txt'), 'mine');
    mkdirSync(join(folder, 'out'));
    const digest = 'c4bb0a9b51ac3a8b8a4e5d1f0c2b3f0e';
    writeFileSync(join(folder, 'out/kmon-rendered.json'), JSON.stringify({ '../thesis.txt': digest }));
    expect((await render('--out', 'out')).code).toBe(0);
    expect(text('thesis.txt')).toBe('mine');
  });
});
