import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { Server } from 'node:http';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import type { Room } from '../../../src/room/room.js';
import { SENSORS as SENSORS_OF_LAB } from '../../../src/lab/sensors/kinds.js';
import type { SensorKind } from '../../../src/lab/sensors/kinds.js';
import { sensorTree } from '../../../src/lab/sensors/tree.js';
import { metricGate } from '../../../src/observe/gate.js';
import { NEEDS } from '../../../src/dashboards/meaning.js';
import { SHIPPED, shippedDashboard } from '../../../src/dashboards/shipped.js';
import { healthQuestion, readHealth } from '../../../src/observe/prometheus-health.js';
import { QUERIES, QUERY_LABEL, type QueryName } from '../../../src/observe/queries.js';
import { POD_QUERIES } from '../../../src/observe/pod-queries.js';
import { ROOM_QUERIES } from '../../../src/observe/room-queries.js';
import { roomStatus } from '../../../src/observe/room-status.js';
import {
  readRoom,
  roomQuestions,
  type RoomAnswer,
  type RoomMetrics,
} from '../../../src/observe/room-metrics.js';
import { readTop, topRows, type TopAnswer, type TopRow } from '../../../src/observe/room-top.js';
import { TopPast } from '../../../src/observe/top-past.js';
import { pastQuestion, topQuestion } from '../../../src/observe/top-queries.js';
import { startWatch, watchMore } from '../../../src/observe/stress-watch.js';
import {
  activeTargets,
  instant,
  parseAnswers,
  type PrometheusAnswer,
  type Sample,
} from '../../../src/tools/prometheus.js';
import { filled, needOf, panelsOf, readDashboard, VARIABLES } from '../../support/dashboards.js';
import {
  fetchMonitoringPrograms,
  runHelm,
  withoutKubernetes,
  type MonitoringPrograms,
} from '../../support/monitoring-programs.js';

const chart = fileURLToPath(new URL('../../../templates/addons/lite', import.meta.url));

/**
 * A room on loopback: each machine is an address of its own, with a node-exporter that is started with the chart's own arguments and reads
 * its sensors from a made-up /sys. The last machine has nothing that answers.
 */
const machines: readonly { name: string; address: string; role: string; team?: string }[] = [
  { name: 'parent', address: '127.0.0.2', role: 'parent' },
  { name: 'child-1', address: '127.0.0.3', role: 'child', team: 'red' },
  { name: 'child-2', address: '127.0.0.4', role: 'child', team: 'blue' },
  { name: 'child-3', address: '127.0.0.5', role: 'child' },
  // Their sensors lie: all of them, or some.
  ...['lies-cold', 'lies-huge', 'lies-zero', 'lies-partly', 'lies-zone'].map((name, i) => ({
    name,
    address: `127.0.0.${10 + i}`,
    role: 'child',
  })),
  // Of their sensors another one is hotter than the processor's.
  { name: 'amd', address: '127.0.0.17', role: 'child' },
  { name: 'laptop', address: '127.0.0.18', role: 'child' },
];
/** Machines whose temperature is not simply read. */
const ODD = machines.map((m) => m.name).filter((name) => /^(lies-|amd|laptop)/.test(name));

/**
 * Computers that are only observed: a real node_exporter on a port of its own; a stand-in that says what windows_exporter says, and one
 * for node_exporter on a Mac; and one that is off. The stand-ins have the names, labels and kinds of the exporters' own documentation:
 * https://github.com/prometheus-community/windows_exporter/blob/master/docs/collector.cpu.md and collector.memory.md,
 * https://github.com/prometheus/node_exporter/blob/master/collector/meminfo_darwin.go
 */
const observed = ['127.0.0.6', '127.0.0.7', '127.0.0.8', '127.0.0.9', '127.0.0.15'].map((address, i) => ({
  name: ['own-linux', 'own-windows', 'own-mac', 'own-off', 'own-lies'][i] ?? '',
  address,
}));
const OBSERVED_PORT = 19_182;
const SOON = { timeout: 40_000, interval: 500 };

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: {
    readonly template: {
      readonly spec: { readonly containers: readonly [{ readonly args: readonly string[] }] };
    };
  };
}

/** What each machine that answers has in its /sys. */
const SENSORS: Readonly<Record<string, (sysfs: string) => void>> = {
  parent: nothing,
  'child-1': coretempBesideHotDisk,
  'child-2': (sysfs) => {
    zoneOnly(sysfs);
    everythingElse(sysfs);
  },
  'lies-cold': (sysfs) => {
    chips(sysfs, { coretemp: [-263_000, -128_000] });
  },
  'lies-huge': (sysfs) => {
    chips(sysfs, { k10temp: [3_892_314_000, 127_000] });
    zone(sysfs, 0, 'acpitz', 255_000);
  },
  // And one that tells degrees where thousandths belong.
  'lies-zero': (sysfs) => {
    chips(sysfs, { coretemp: [0, 42] });
  },
  'lies-partly': (sysfs) => {
    chips(sysfs, { coretemp: [61_000, 0], k10temp: [3_892_314_000] });
  },
  'lies-zone': (sysfs) => {
    chips(sysfs, { coretemp: [-273_150] });
    zone(sysfs, 0, 'acpitz', -268_800);
    zone(sysfs, 1, 'x86_pkg_temp', 46_000);
  },
  amd: (sysfs) => {
    asInLab(sysfs, 'amd');
  },
  laptop: (sysfs) => {
    asInLab(sysfs, 'laptop');
  },
};

let programs: MonitoringPrograms;
let port: number;
let api: string;
const children: ChildProcess[] = [];
const servers: Server[] = [];

beforeAll(async () => {
  programs = fetchMonitoringPrograms();
  port = await freePort();
  const apiPort = await freePort();
  api = `http://127.0.0.1:${apiPort}/api/v1/`;
  const out = runHelm(programs, ['template', 'kmon', chart], {
    parent: 'parent',
    machines,
    observed: observed.map((o) => ({ ...o, port: OBSERVED_PORT })),
    scrape: { intervalSeconds: 2, timeoutSeconds: 1 },
    nodeExporter: { port },
  });
  const manifests = parseAllDocuments(out.text).map((document) => document.toJS() as Manifest);
  const named = (kind: string, name: string): Manifest | undefined =>
    manifests.find((m) => m.kind === kind && m.metadata.name === name);
  const args = named('DaemonSet', 'kmon-node-exporter')?.spec?.template.spec.containers[0].args ?? [];
  for (const [name, sensors] of Object.entries(SENSORS)) {
    const sysfs = join(programs.folder, `sys-${name}`);
    sensors(sysfs);
    const here = args.map((arg) =>
      arg
        .replace('$(NODE_ADDRESS)', machines.find((machine) => machine.name === name)?.address ?? '')
        .replace('/host/proc', '/proc')
        .replace('/host/sys', sysfs)
        .replace(/\/host\/root$/, '/')
        .replace('/host/root/', '/'),
    );
    start(programs.nodeExporter, here);
  }
  start(programs.nodeExporter, [`--web.listen-address=127.0.0.6:${OBSERVED_PORT}`]);
  await standIn('127.0.0.7', windowsExporter);
  await standIn('127.0.0.8', macExporter);
  await standIn('127.0.0.15', lyingExporter);
  await standIn('127.0.0.16', kubeStateMetrics);
  await standIn('127.0.0.19', pinged);
  await standIn('127.0.0.20', answeredByKubelet);
  await standIn('127.0.0.21', kubelet);
  for (const [name, text] of Object.entries(named('ConfigMap', 'kmon-prometheus')?.data ?? {}))
    writeFileSync(
      join(programs.folder, name),
      // Itself it asks where it listens here. `scrape_configs` comes last: one more job of the profile stack, for the panels about Kubernetes, and
      // what the add-on blackbox and a kubelet have.
      name === 'prometheus.yml'
        ? `${withoutKubernetes(text).trimEnd().replace('localhost:9090', `127.0.0.1:${apiPort}`)}\n${KUBE_STATE_METRICS}${BLACKBOX}${KUBELET}`
        : text,
    );
  start(programs.prometheus, [
    `--config.file=${join(programs.folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(programs.folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${apiPort}`,
  ]);
});

afterAll(async () => {
  for (const server of servers) server.close();
  for (const child of children) child.kill('SIGTERM');
  for (const child of children)
    if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  rmSync(programs.folder, { recursive: true, force: true });
});

function start(program: string, args: readonly string[]): void {
  children.push(spawn(program, args, { stdio: 'ignore' }));
}

/** As kubectl would print it. */
async function ask(questions: readonly string[]): Promise<readonly PrometheusAnswer[]> {
  const bodies = await Promise.all(
    questions.map((question) =>
      fetch(`${api}${question}`).then(
        async (response) => `${await response.text()}\n@@kmon 0\n`,
        () => 'connection refused\n@@kmon 1\n',
      ),
    ),
  );
  return parseAnswers({ exitCode: 0, stdout: bodies.join(''), stderr: '', durationMs: 0 }, questions.length);
}

const room = async (): Promise<RoomAnswer> =>
  readRoom(await ask(roomQuestions({ scrapeIntervalSeconds: 2, observed: true })));

/** The values of an expression, by machine. */
async function valuesOf(expr: string): Promise<readonly (readonly [machine: string, value: number])[]> {
  return (await vector(expr)).map((s) => [s.labels['node'] ?? '', s.value] as const);
}

async function vector(expr: string): Promise<readonly Sample[]> {
  const [answer] = await ask([instant(expr)]);
  if (answer?.kind !== 'vector') throw new Error(`${expr}: ${JSON.stringify(answer)}`);
  return answer.samples;
}

async function samples(query: QueryName): Promise<Readonly<Record<string, number>>> {
  return Object.fromEntries(await valuesOf(QUERIES[query]({ window: '20s' })));
}

describe('a real Prometheus with the configuration of the chart', () => {
  it('opens the gate for the machines that answer, and for no other', { timeout: 90_000 }, async () => {
    const answering = ['parent', 'child-1', 'child-2'];
    expect(metricGate(answering, { kind: 'silent', because: 'not started' }).open).toBe(false);
    const deadline = Date.now() + 60_000;
    while (!metricGate(answering, await room()).open && Date.now() < deadline) await delay(500);
    const gate = metricGate([...answering, 'child-3', 'child-9'], await room());
    expect(gate.rows.map((row) => [row.machine, row.lacks, row.temperature])).toEqual([
      ['parent', [], 'no sensor'],
      ['child-1', [], 55],
      ['child-2', [], 47],
      ['child-3', ['answer'], undefined],
      ['child-9', ['target'], undefined],
    ]);
    expect(gate.rows[3]?.because).toBe('its exporter does not answer: connection refused');
    for (const row of gate.rows.slice(0, 3)) {
      expect(row.cpuPercent).toBeGreaterThanOrEqual(0);
      expect(row.memoryPercent).toBeGreaterThan(0);
    }
  });

  it(
    'takes what cannot be for a sensor that lies, and of several sensors the one of the processor',
    { timeout: 90_000 },
    async () => {
      const ready = (seen: RoomAnswer): boolean => metricGate(ODD, seen).open;
      let answer = await room();
      for (
        const deadline = Date.now() + 60_000;
        !ready(answer) && Date.now() < deadline;
        answer = await room()
      )
        await delay(500);
      const expected = {
        'lies-cold': 'sensor lies',
        'lies-huge': 'sensor lies',
        'lies-zero': 'sensor lies',
        'lies-partly': 61,
        'lies-zone': 46,
        amd: 68,
        laptop: 55,
      };
      const gate = metricGate(ODD, answer);
      expect(gate.open).toBe(true);
      expect(Object.fromEntries(gate.rows.map((row) => [row.machine, row.temperature]))).toEqual(expected);

      const status = roomStatus(asRoom(), undefined, answer);
      const shown = status.filter((row) => ODD.includes(row.machine));
      expect(Object.fromEntries(shown.map((row) => [row.machine, row.temperature]))).toEqual(expected);

      if (answer.kind !== 'metrics') throw new Error(answer.because);
      const watch = watchMore(startWatch(ODD), 'load', answer.metrics);
      expect(Object.fromEntries(watch.rows.map((row) => [row.machine, row.peak.temperature]))).toEqual(
        expected,
      );
    },
  );

  it('records and draws none of these', { timeout: 60_000 }, async () => {
    const sane = [
      ['amd', 68],
      ['child-1', 55],
      ['child-2', 47],
      ['laptop', 55],
      ['lies-partly', 61],
      ['lies-zone', 46],
    ] as const;
    let recorded = await valuesOf('kmon:node_temp:celsius');
    for (const deadline = Date.now() + 30_000; recorded.length < sane.length && Date.now() < deadline;) {
      await delay(500);
      recorded = await valuesOf('kmon:node_temp:celsius');
    }
    expect(recorded.toSorted()).toEqual(sane);

    const dashboards = (await Promise.all(SHIPPED.map(shippedDashboard))).map(readDashboard);
    const exprs = new Set(
      dashboards.flatMap(panelsOf).flatMap((p) => (p.targets ?? []).map((t) => filled(t.expr, VARIABLES))),
    );
    const hottest: number[] = [];
    for (const expr of exprs) {
      const isHeat = /temp_celsius|thermal_zone_temp/.test(expr) && !expr.includes('kmon_query');
      for (const [machine, value] of await valuesOf(expr)) {
        // No number is what a machine without a sensor has there, and no other.
        const none = expr.includes('* NaN') && machine === 'parent';
        expect(none || Number.isFinite(value), `${machine}: ${value} of ${expr}`).toBe(true);
        if (!isHeat || none) continue;
        hottest.push(value);
        expect(value, `${machine}: ${expr}`).toBeGreaterThan(0.2);
        expect(value, `${machine}: ${expr}`).toBeLessThan(126);
      }
    }
    expect(hottest).toContain(61);
    // What AMD's chip tells its fan is nobody's temperature.
    expect(hottest).not.toContain(95);
  });

  it('draws every machine in every panel, or says what it needs', { timeout: 120_000 }, async () => {
    const answering = machines.map((m) => m.name).filter((name) => name !== 'child-3');
    const lying = Object.keys(await samples('sensorLies'));
    expect(lying.toSorted()).toEqual(['lies-cold', 'lies-huge', 'lies-zero']);
    // What happens only now and then: that somebody is silent has to be noticed by a rule.
    for (
      const deadline = Date.now() + 60_000;
      Date.now() < deadline && (await valuesOf('ALERTS{alertstate="firing"}')).length === 0;
    )
      await delay(500);

    const faults: string[] = [];
    const seen = new Map<string, boolean>();
    for (const name of SHIPPED) {
      for (const panel of panelsOf(readDashboard(await shippedDashboard(name)))) {
        for (const { expr, legendFormat = '' } of panel.targets ?? []) {
          const where = `${name}, ${panel.title}, ${legendFormat}`;
          const need = needOf(panel, legendFormat);
          const each = expr.includes('node="$node"') || panel.title === '$node';
          const rows: Sample[] = [];
          for (const node of each ? answering : ['.+'])
            rows.push(...(await vector(filled(expr, { ...VARIABLES, node }))));
          if (need !== undefined) seen.set(need, seen.get(need) === true || rows.length > 0);
          for (const [, label = ''] of legendFormat.matchAll(/\{\{(\w+)\}\}/g))
            if (rows.some(({ labels }) => (labels[label] ?? '') === ''))
              faults.push(`${where}: no label ${label}`);
          if (rows.length === 0 && need === undefined) faults.push(`${where}: nothing`);
          // What is about machines is about all of them; those of no team are in no team.
          const about = each || (rows[0]?.labels['node'] !== undefined && name !== 'kmon-team');
          const drawn = new Set(rows.map(({ labels }) => labels['node']));
          const wanted =
            expr.includes('* NaN') && !expr.includes('kmon_query')
              ? answering.filter((n) => !lying.includes(n))
              : answering;
          if (about && need === undefined && !expr.startsWith('topk'))
            faults.push(...wanted.filter((n) => !drawn.has(n)).map((n) => `${where}: ${n} is missing`));
        }
      }
    }
    expect(faults).toEqual([]);
    // Each need was met by somebody, so that the queries of these panels have been seen to give something too. Swap, disks and
    // pressure are those of the computer that this runs on; nobody is under load, or all are.
    const here = [NEEDS.swap, NEEDS.disk, NEEDS.pressure, NEEDS.load] as const satisfies readonly string[];
    expect([...seen].filter(([need, met]) => !met && !here.some((h) => h === need))).toEqual([]);
  });

  it('shows a tile of a machine with all it says, and of a silent one that it is', async () => {
    const tile = panelsOf(readDashboard(await shippedDashboard('kmon-room'))).find(
      (p) => p.title === '$node',
    );
    const of = async (node: string): Promise<Readonly<Record<string, number>>> =>
      Object.fromEntries(
        (await vector(filled(tile?.targets?.[0]?.expr ?? '', { ...VARIABLES, node }))).map((s) => [
          s.labels[QUERY_LABEL] ?? '',
          s.value,
        ]),
      );
    const always = ['cpu', 'loadPerCore', 'memory', 'received', 'sent', 'up'];
    const hot = await of('child-1');
    expect(Object.keys(hot).toSorted()).toEqual([...always, 'temperatureOrNone'].toSorted());
    expect([hot['up'], hot['temperatureOrNone']]).toEqual([1, 55]);
    expect((await of('parent'))['temperatureOrNone']).toBeNaN();
    expect(Object.keys(await of('lies-cold')).toSorted()).toEqual([...always, 'sensorLies'].toSorted());
    expect(await of('child-3')).toEqual({ up: 0 });
  });

  it('finds machines and teams to choose from, and says when there is no team', async () => {
    const values = async (metric: string, of: string, label: string): Promise<readonly string[]> =>
      (await vector(`count by (${label}) (${metric}{${of}})`)).map((s) => s.labels[label] ?? '').toSorted();
    for (const name of SHIPPED)
      for (const variable of readDashboard(await shippedDashboard(name)).templating.list) {
        if (variable.type === 'datasource' || typeof variable.query === 'string') continue;
        const [, metric = '', of = '', label = ''] =
          /^label_values\((\w+)\{(.*)\}, (\w+)\)$/.exec(variable.query.query) ?? [];
        const wanted: Readonly<Record<string, readonly string[]>> = {
          team: ['blue', 'red'],
          // Neither what Kubernetes has there, nor what kmon has.
          namespace: ['coins'],
          node: machines.filter((m) => name !== 'kmon-stress' || m.role === 'child').map((m) => m.name),
        };
        expect(await values(metric, of, label), `${name}, ${variable.name}`).toEqual(
          wanted[label]?.toSorted(),
        );
      }
    const teams = async (only: string): Promise<number | undefined> =>
      (await vector(ROOM_QUERIES.teams({ window: '20s', only })))[0]?.value;
    expect([await teams('node=~".+"'), await teams('node="parent"')]).toEqual([2, 0]);
  });

  it('knows what pods were made of, and counts none twice', { timeout: 60_000 }, async () => {
    const workloads = async (
      query: keyof typeof POD_QUERIES,
      steps = 100,
    ): Promise<Readonly<Record<string, number>>> =>
      Object.fromEntries(
        (await vector(POD_QUERIES[query]({ window: '20s', only: 'namespace="coins"' }))).map(
          ({ labels, value }) => [labels['workload'] ?? '', Math.round(steps * value) / steps],
        ),
      );
    const each = (rng: number, other: number): object => ({
      ...{ rng, 'log-reader': other, 'db-0': other, nightly: other, page: other },
    });
    expect(await workloads('workloadPods')).toEqual(each(2, 1));
    expect(await workloads('workloadMemoryBytes')).toEqual(each(2 ** 21, 2 ** 20));
    // A rate is too low until its window is full.
    await expect.poll(() => workloads('workloadCores'), SOON).toEqual(each(0.5, 0.25));
    // By percent, as exactly as the cores: scrapes come when a busy computer lets them.
    expect(await workloads('workloadOfLimit', 1)).toEqual({ rng: 50 });
    expect(await workloads('workloadHeldBack', 1)).toEqual({ rng: 20 });
  });

  it('answers the other queries too', async () => {
    const all = {
      ...Object.fromEntries(ODD.map((name) => [name, expect.any(Number) as number])),
      parent: expect.any(Number) as number,
      'child-1': expect.any(Number) as number,
      'child-2': expect.any(Number) as number,
    };
    for (const query of [
      'cores',
      'memoryUsedBytes',
      'memoryTotalBytes',
      'load1',
      'loadPerCore',
      'uptimeSeconds',
      'received',
      'sent',
    ] as const)
      expect(await samples(query), query).toEqual(all);
    expect(await samples('degreesLeft')).toEqual({ 'child-1': 45, amd: 28, laptop: 10 });
    expect(await samples('sensors')).toMatchObject({ 'child-1': 90 });
  });

  it('measures observed computers of three systems', { timeout: 60_000 }, async () => {
    const look = async (): Promise<RoomMetrics> => {
      const answer = await room();
      if (answer.kind !== 'metrics') throw new Error(answer.because);
      return answer.metrics;
    };
    let metrics = await look();
    // A rate is too low, and so the load too high, until its window is full.
    const settled = (): boolean => (metrics.get('own-windows')?.cpuPercent ?? 100) < 52;
    for (const deadline = Date.now() + 40_000; !settled() && Date.now() < deadline; metrics = await look())
      await delay(500);
    expect(metrics.get('own-linux')?.memoryPercent).toBeGreaterThan(0);
    expect(metrics.get('own-linux')?.cpuPercent).toBeGreaterThanOrEqual(0);
    // Two cores, one busy; 12 of 16 GiB used.
    expect(Math.abs((metrics.get('own-windows')?.cpuPercent ?? 0) - 50)).toBeLessThan(3);
    expect(metrics.get('own-windows')?.memoryPercent).toBe(75);
    expect(Math.abs((metrics.get('own-mac')?.cpuPercent ?? 0) - 25)).toBeLessThan(5);
    expect(metrics.get('own-mac')?.memoryPercent).toBe(50);
    const lying = metrics.get('own-lies');
    expect([lying?.cpuPercent, lying?.memoryPercent, lying?.lies?.memoryPercent]).toEqual([
      undefined,
      undefined,
      -25,
    ]);
    expect(lying?.lies?.cpuPercent).toBeLessThan(-100);
    const [row] = metricGate(['own-lies'], { kind: 'metrics', metrics }).rows;
    expect(row?.because).toMatch(
      /^its CPU reading cannot be \(-\d.* %\), its memory reading cannot be \(-25 %\)$/,
    );
    expect((await samples('observedMemory'))['own-lies']).toBeUndefined();
    expect(metrics.get('own-off')).toEqual({ up: false, lastError: 'connection refused' });
    // They are none of the room's nodes.
    expect(Object.keys(await samples('up')).sort()).toEqual(machines.map((m) => m.name).sort());
  });

  it('agrees with the machine itself about its memory', async () => {
    const total = Number(/^MemTotal:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) * 1024;
    expect((await samples('memoryTotalBytes'))['parent']).toBe(total);
  });
});

describe('the room live, of a real Prometheus', () => {
  const scope = { scrapeIntervalSeconds: 2, observed: true };
  const line = { points: 10, stepSeconds: 2 };
  const look = async (): Promise<{
    readonly answer: Extract<TopAnswer, { kind: 'room' }>;
    readonly rows: ReadonlyMap<string, TopRow>;
  }> => {
    const [values, targets] = await ask([topQuestion(scope, true), activeTargets]);
    const answer = readTop(values, targets);
    if (answer.kind === 'silent') throw new Error(answer.because);
    const rows = topRows(asRoom(), answer, answer.heard, undefined);
    return { answer, rows: new Map(rows.map((row) => [row.machine, row])) };
  };

  it('has every value of one moment, and how it went', { timeout: 60_000 }, async () => {
    const { answer, rows } = await look();
    expect(Math.abs(answer.at - Date.now() / 1000)).toBeLessThan(10);
    expect(rows.get('child-1')).toMatchObject({ state: 'answers', team: 'red', temperature: 55, pods: null });
    for (const key of [
      'cpuPercent',
      'memoryPercent',
      'load1',
      'receivedBitsPerSecond',
      'sentBitsPerSecond',
    ] as const)
      expect(rows.get('parent')?.[key], key).toBeGreaterThanOrEqual(0);
    expect(rows.get('parent')?.temperature).toBe('no sensor');
    expect(rows.get('lies-huge')?.temperature).toBe('sensor lies');
    expect(rows.get('own-mac')).toMatchObject({ role: 'observed', memoryPercent: 50, temperature: null });
    // Neither was ever heard.
    for (const name of ['child-3', 'own-off'])
      expect(rows.get(name)).toMatchObject({
        state: 'silent',
        silentSince: null,
        because: 'connection refused',
      });

    const [before] = await ask([pastQuestion(scope, line)]);
    const past = new TopPast(line);
    past.recall(before);
    for (const [machine, kind] of [
      ['parent', 'cpu'],
      ['own-mac', 'cpu'],
      ['child-1', 'celsius'],
      ['parent', 'bits'],
    ] as const)
      expect(
        past.of(machine)[kind].filter((v) => v !== undefined).length,
        `${kind} of ${machine}`,
      ).toBeGreaterThan(2);
    expect(past.of('child-1').celsius.at(-1)).toBe(55);
    expect(past.of('parent').celsius).toEqual([]);
  });

  it('knows what Prometheus says of itself', { timeout: 60_000 }, async () => {
    const keeping = { parent: 'parent', retention: '24h' };
    const checks = async () => readHealth((await ask([healthQuestion(keeping)]))[0], keeping);
    let health = await checks();
    for (
      const deadline = Date.now() + 40_000;
      health.length < 5 && Date.now() < deadline;
      health = await checks()
    )
      await delay(500);
    expect(health.map((check) => [check.what, check.good])).toEqual([
      ['write-ahead log', true],
      ['values', true],
      ['rules', true],
      ['configuration', true],
      ['disk', true],
    ]);
    expect(health.at(-1)?.because).toMatch(/^\d+ [MG]B for 24h at this pace, \d+ MB there; /);
  });

  // Last: from here on one of them is gone.
  it('says since when a machine is silent', { timeout: 60_000 }, async () => {
    const gone = Date.now() / 1000;
    children[Object.keys(SENSORS).indexOf('child-2')]?.kill('SIGTERM');
    let { rows } = await look();
    for (
      const deadline = Date.now() + 30_000;
      rows.get('child-2')?.state !== 'silent' && Date.now() < deadline;
    ) {
      await delay(500);
      ({ rows } = await look());
    }
    const row = rows.get('child-2');
    expect(row).toMatchObject({ state: 'silent', because: 'connection refused', cpuPercent: null });
    const since = Date.parse(row?.silentSince ?? '') / 1000;
    // It is looked every five seconds when it was heard, and it is asked every two.
    expect(since).toBeGreaterThan(gone - 8);
    expect(since).toBeLessThan(gone + 1);
  });
});

function asRoom(): Room {
  const [parent, ...others] = machines.map((m) => ({
    name: m.name,
    address: m.address,
    ...(m.team === undefined ? {} : { team: m.team }),
  }));
  if (parent === undefined) throw new Error('no parent');
  return {
    name: 'r',
    parent: { ...parent, role: 'parent' },
    children: others.map((c) => ({ ...c, role: 'child' as const })),
    observed: observed.map((o) => ({ ...o, exporterPort: OBSERVED_PORT })),
  };
}

/** A stand-in for an exporter: its counters run on with the clock. */
async function standIn(address: string, text: (seconds: number) => string): Promise<void> {
  const server = createHttpServer((_, response) => {
    response.setHeader('content-type', 'text/plain; version=0.0.4');
    // Not from zero: a rate takes a counter that small for one that has just begun.
    response.end(text(100_000 + performance.now() / 1000));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(OBSERVED_PORT, address, resolve));
}

function windowsExporter(seconds: number): string {
  const modes = (core: string, idle: number): string =>
    ['idle', 'user', 'privileged', 'interrupt', 'dpc']
      .map((mode) => {
        const value = mode === 'idle' ? idle : mode === 'user' ? seconds - idle : 0;
        return `windows_cpu_time_total{core="${core}",mode="${mode}"} ${value}\n`;
      })
      .join('');
  return `# TYPE windows_cpu_time_total counter
${modes('0,0', seconds)}${modes('0,1', 0)}# TYPE windows_memory_available_bytes gauge
windows_memory_available_bytes ${4 * 1024 ** 3}
# TYPE windows_memory_physical_total_bytes gauge
windows_memory_physical_total_bytes ${16 * 1024 ** 3}
`;
}

/** Idle for longer than the clock runs, and more memory free than there is. */
function lyingExporter(seconds: number): string {
  return `# TYPE windows_cpu_time_total counter
windows_cpu_time_total{core="0,0",mode="idle"} ${4 * seconds}
# TYPE windows_memory_available_bytes gauge
windows_memory_available_bytes ${20 * 1024 ** 3}
# TYPE windows_memory_physical_total_bytes gauge
windows_memory_physical_total_bytes ${16 * 1024 ** 3}
`;
}

/** One job more than the profile lite has. */
const KUBE_STATE_METRICS = `  - job_name: kube-state-metrics
    static_configs:
      - targets: ['127.0.0.16:${OBSERVED_PORT}']
`;

/** What the add-on blackbox tells of the machines that answer, by the labels that it gives them; on a cluster its own series are asked. */
const BLACKBOX = `  - job_name: probe-ping
    static_configs:
      - targets: ['127.0.0.19:${OBSERVED_PORT}']
        labels: { probe: ping }
    relabel_configs: [{ target_label: job, replacement: probe }]
    honor_labels: true
  - job_name: probe-kubelet
    static_configs:
      - targets: ['127.0.0.20:${OBSERVED_PORT}']
        labels: { probe: kubelet }
    relabel_configs: [{ target_label: job, replacement: probe }]
    honor_labels: true
`;

/** What a kubelet tells of pods; on a cluster its own series are asked. */
const KUBELET = `  - job_name: kubelet
    static_configs:
      - targets: ['127.0.0.21:${OBSERVED_PORT}']
`;

/**
 * A stand-in for a kubelet, with the names and labels of cAdvisor: pods of a Deployment, a DaemonSet, a StatefulSet and a CronJob, and one that nobody made.
 * Only the first have a limit, and use half of it. What a kubelet tells of their containers besides is told of one that was begun anew, and of its sandbox.
 */
function kubelet(seconds: number): string {
  const labels = (pod: string, container: string, image: string, id: string): string =>
    `container="${container}",id="/kubepods/${pod}${id}",image="${image}",namespace="${pod.startsWith('coredns') ? 'kube-system' : 'coins'}",pod="${pod}"`;
  const usage = (of: string, cores: number): string =>
    `container_cpu_usage_seconds_total{${of}} ${seconds * cores}\ncontainer_memory_working_set_bytes{${of}} ${2 ** 20}\n`;
  const limit = (of: string): string => `container_spec_cpu_quota{${of}} 50000
container_spec_cpu_period{${of}} 100000
container_cpu_cfs_periods_total{${of}} ${10 * seconds}
container_cpu_cfs_throttled_periods_total{${of}} ${2 * seconds}
`;
  return [
    'coredns-7c65d6cfc9-x2xkz',
    'rng-6d9f7c5b8d-2xkzq',
    'rng-6d9f7c5b8d-w7vbn',
    'log-reader-9dqzx',
    'db-0',
    'nightly-29390520-tq4km',
    'page',
  ]
    .map((pod) => {
      const whole = labels(pod, '', '', '');
      const inside = ['a', 'b'].map((id) => usage(labels(pod, 'it', 'an/image:1', `/${id}`), 0.2));
      const sandbox = usage(labels(pod, '', 'pause:3', '/sandbox'), 0.1);
      return [
        ...[usage(whole, 0.25), ...inside, sandbox],
        ...(pod.startsWith('rng-') ? [limit(whole), limit(labels(pod, 'it', 'an/image:1', '/a'))] : []),
      ].join('');
    })
    .join('');
}

/** A stand-in for blackbox-exporter: of a machine that does not answer it tells how long it has waited. */
function pinged(): string {
  return ['parent', 'child-1', 'child-3']
    .map((node) => {
      const answers = node === 'child-3' ? 0 : 1;
      return `probe_success{node="${node}"} ${answers}
probe_icmp_duration_seconds{node="${node}",phase="rtt"} ${answers === 1 ? 0.002 : 0}
probe_icmp_duration_seconds{node="${node}",phase="setup"} 0.0001
`;
    })
    .join('');
}

function answeredByKubelet(): string {
  return `probe_success{node="parent"} 1
probe_duration_seconds{node="parent"} 0.012
probe_success{node="child-1"} 0
probe_duration_seconds{node="child-1"} 4
`;
}

/**
 * A stand-in for kube-state-metrics, with the names and labels of its documentation: a node that is not Ready, a pod that waits, a container
 * that begins anew. https://github.com/kubernetes/kube-state-metrics/tree/main/docs/metrics
 */
function kubeStateMetrics(seconds: number): string {
  return `# TYPE kube_node_info gauge
kube_node_info{node="parent"} 1
kube_node_info{node="child-1"} 1
# TYPE kube_node_status_condition gauge
kube_node_status_condition{node="parent",condition="Ready",status="true"} 1
kube_node_status_condition{node="child-1",condition="Ready",status="true"} 0
# TYPE kube_pod_status_phase gauge
kube_pod_status_phase{namespace="red",pod="web-1",phase="Pending"} 1
kube_pod_status_phase{namespace="red",pod="web-1",phase="Running"} 0
# TYPE kube_pod_container_status_restarts_total counter
kube_pod_container_status_restarts_total{namespace="red",pod="web-1",container="web"} ${Math.floor(seconds)}
`;
}

function macExporter(seconds: number): string {
  const gib = { total: 16, internal: 5, purgeable: 1, wired: 3, compressed: 1, active: 6, free: 2 };
  const memory = Object.entries(gib).map(
    ([kind, n]) => `# TYPE node_memory_${kind}_bytes gauge\nnode_memory_${kind}_bytes ${n * 1024 ** 3}\n`,
  );
  return `# TYPE node_cpu_seconds_total counter
node_cpu_seconds_total{cpu="0",mode="idle"} ${seconds * 0.75}
node_cpu_seconds_total{cpu="0",mode="nice"} 0
node_cpu_seconds_total{cpu="0",mode="system"} ${seconds * 0.05}
node_cpu_seconds_total{cpu="0",mode="user"} ${seconds * 0.2}
${memory.join('')}`;
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '0.0.0.0', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

function write(root: string, files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), `${text}\n`);
  }
}

/** A virtual machine. */
function nothing(sysfs: string): void {
  mkdirSync(join(sysfs, 'class'), { recursive: true });
}

/** An Intel processor at 55 °C; the disk at 90 °C must not pass for it. */
function coretempBesideHotDisk(sysfs: string): void {
  write(sysfs, {
    'devices/platform/coretemp.0/hwmon/hwmon0/name': 'coretemp',
    'devices/platform/coretemp.0/hwmon/hwmon0/temp1_label': 'Package id 0',
    'devices/platform/coretemp.0/hwmon/hwmon0/temp1_input': '55000',
    'devices/platform/coretemp.0/hwmon/hwmon0/temp1_crit': '100000',
    'devices/nvme0/hwmon/hwmon1/name': 'nvme',
    'devices/nvme0/hwmon/hwmon1/temp1_input': '90000',
  });
  mkdirSync(join(sysfs, 'class/hwmon'), { recursive: true });
  symlinkSync('../../../coretemp.0', join(sysfs, 'devices/platform/coretemp.0/hwmon/hwmon0/device'));
  symlinkSync('../../../nvme0', join(sysfs, 'devices/nvme0/hwmon/hwmon1/device'));
  symlinkSync('../../devices/platform/coretemp.0/hwmon/hwmon0', join(sysfs, 'class/hwmon/hwmon0'));
  symlinkSync('../../devices/nvme0/hwmon/hwmon1', join(sysfs, 'class/hwmon/hwmon1'));
}

/** Chips of the processor with their readings, in thousandths of a degree. */
function chips(sysfs: string, readings: Readonly<Record<string, readonly number[]>>): void {
  mkdirSync(join(sysfs, 'class/hwmon'), { recursive: true });
  for (const [i, [chip, inputs]] of Object.entries(readings).entries()) {
    const folder = `devices/platform/${chip}.0/hwmon/hwmon${i}`;
    write(sysfs, {
      [`${folder}/name`]: chip,
      ...Object.fromEntries(inputs.map((input, j) => [`${folder}/temp${j + 1}_input`, String(input)])),
    });
    symlinkSync(`../../../${chip}.0`, join(sysfs, folder, 'device'));
    symlinkSync(`../../${folder}`, join(sysfs, `class/hwmon/hwmon${i}`));
  }
}

/** As `kmon lab sensors` makes them. */
function asInLab(sysfs: string, kind: SensorKind): void {
  const { files, links } = sensorTree(SENSORS_OF_LAB[kind]);
  write(join(sysfs, 'class'), files);
  for (const [path, to] of Object.entries(links)) {
    mkdirSync(join(sysfs, 'class', dirname(path), to), { recursive: true });
    symlinkSync(to, join(sysfs, 'class', path));
  }
}

/** A thermal zone. */
function zone(sysfs: string, place: number, type: string, reading: number): void {
  const folder = `class/thermal/thermal_zone${place}`;
  write(sysfs, {
    [`${folder}/type`]: type,
    [`${folder}/temp`]: String(reading),
    [`${folder}/policy`]: 'step_wise',
  });
}

/** A Raspberry Pi. */
function zoneOnly(sysfs: string): void {
  write(sysfs, {
    'class/thermal/thermal_zone0/type': 'cpu-thermal',
    'class/thermal/thermal_zone0/temp': '47000',
    'class/thermal/thermal_zone0/policy': 'step_wise',
  });
}

/** What else a laptop tells of itself: fan, clock, throttling, what its processor takes, charger, maker. */
function everythingElse(sysfs: string): void {
  const cpu = 'devices/system/cpu/cpu0';
  write(sysfs, {
    'devices/platform/fan.0/hwmon/hwmon0/name': 'pwmfan',
    'devices/platform/fan.0/hwmon/hwmon0/fan1_input': '2400',
    [`${cpu}/topology/physical_package_id`]: '0',
    [`${cpu}/topology/core_id`]: '0',
    [`${cpu}/thermal_throttle/core_throttle_count`]: '3',
    [`${cpu}/thermal_throttle/package_throttle_count`]: '3',
    ...Object.fromEntries(
      [
        'cpuinfo_min_freq',
        'cpuinfo_max_freq',
        'scaling_min_freq',
        'scaling_max_freq',
        'scaling_cur_freq',
      ].map((name) => [`${cpu}/cpufreq/${name}`, '2400000']),
    ),
    [`${cpu}/cpufreq/cpuinfo_transition_latency`]: '0',
    [`${cpu}/cpufreq/scaling_available_governors`]: 'performance powersave',
    [`${cpu}/cpufreq/scaling_driver`]: 'intel_pstate',
    [`${cpu}/cpufreq/scaling_governor`]: 'powersave',
    [`${cpu}/cpufreq/related_cpus`]: '0',
    [`${cpu}/cpufreq/scaling_setspeed`]: '<unsupported>',
    'class/powercap/intel-rapl:0/name': 'package-0',
    'class/powercap/intel-rapl:0/energy_uj': '1000000',
    'class/powercap/intel-rapl:0/max_energy_range_uj': '262143328850',
    'class/power_supply/AC/type': 'Mains',
    'class/power_supply/AC/online': '1',
    'class/dmi/id/sys_vendor': 'A maker',
    'class/dmi/id/product_name': 'A model',
    'class/dmi/id/board_name': 'A board',
    'class/dmi/id/bios_version': '1.0',
    'class/dmi/id/bios_date': '01/01/2026',
  });
  mkdirSync(join(sysfs, 'class/hwmon'), { recursive: true });
  symlinkSync('../../../fan.0', join(sysfs, 'devices/platform/fan.0/hwmon/hwmon0/device'));
  symlinkSync('../../devices/platform/fan.0/hwmon/hwmon0', join(sysfs, 'class/hwmon/hwmon0'));
}
