import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { metricGate } from '../../../src/observe/gate.js';
import { QUERIES, type QueryName } from '../../../src/observe/queries.js';
import { readRoom, roomQuestions, type RoomAnswer } from '../../../src/observe/room-metrics.js';
import { instant, parseAnswers, type PrometheusAnswer } from '../../../src/tools/prometheus.js';
import {
  fetchMonitoringPrograms,
  runHelm,
  type MonitoringPrograms,
} from '../../support/monitoring-programs.js';

const chart = fileURLToPath(new URL('../../../templates/monitoring/lite', import.meta.url));

/**
 * A room on loopback: each machine is an address of its own, with a node-exporter that is started with the chart's own arguments and reads
 * its sensors from a made-up /sys. The last machine has nothing that answers.
 */
const machines = [
  { name: 'parent', address: '127.0.0.2', role: 'parent' },
  { name: 'child-1', address: '127.0.0.3', role: 'child', team: 'red' },
  { name: 'child-2', address: '127.0.0.4', role: 'child' },
  { name: 'child-3', address: '127.0.0.5', role: 'child' },
];

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

let programs: MonitoringPrograms;
let port: number;
let api: string;
const children: ChildProcess[] = [];

beforeAll(async () => {
  programs = fetchMonitoringPrograms();
  port = await freePort();
  const apiPort = await freePort();
  api = `http://127.0.0.1:${apiPort}/api/v1/`;
  const out = runHelm(programs, ['template', 'kmon', chart], {
    parent: 'parent',
    machines,
    scrape: { intervalSeconds: 2, timeoutSeconds: 1 },
    nodeExporter: { port },
  });
  const manifests = parseAllDocuments(out.text).map((document) => document.toJS() as Manifest);
  const named = (kind: string, name: string): Manifest | undefined =>
    manifests.find((m) => m.kind === kind && m.metadata.name === name);
  const args = named('DaemonSet', 'kmon-node-exporter')?.spec?.template.spec.containers[0].args ?? [];
  for (const [i, sensors] of [nothing, coretempBesideHotDisk, zoneOnly].entries()) {
    const sysfs = join(programs.folder, `sys-${i}`);
    sensors(sysfs);
    const here = args.map((arg) =>
      arg
        .replace('$(NODE_ADDRESS)', machines[i]?.address ?? '')
        .replace('/host/proc', '/proc')
        .replace('/host/sys', sysfs)
        .replace(/\/host\/root$/, '/')
        .replace('/host/root/', '/'),
    );
    start(programs.nodeExporter, here);
  }
  for (const [name, text] of Object.entries(named('ConfigMap', 'kmon-prometheus')?.data ?? {}))
    writeFileSync(join(programs.folder, name), text);
  start(programs.prometheus, [
    `--config.file=${join(programs.folder, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(programs.folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${apiPort}`,
  ]);
});

afterAll(async () => {
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
  readRoom(await ask(roomQuestions({ scrapeIntervalSeconds: 2 })));

async function samples(query: QueryName): Promise<Readonly<Record<string, number>>> {
  const [answer] = await ask([instant(QUERIES[query]({ window: '20s' }))]);
  if (answer?.kind !== 'vector') throw new Error(JSON.stringify(answer));
  return Object.fromEntries(answer.samples.map((s) => [s.labels['node'] ?? '', s.value]));
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
    expect(gate.rows[3]?.because).toBe('its node-exporter does not answer: connection refused');
    for (const row of gate.rows.slice(0, 3)) {
      expect(row.cpuPercent).toBeGreaterThanOrEqual(0);
      expect(row.memoryPercent).toBeGreaterThan(0);
    }
  });

  it('answers the other queries too', async () => {
    const all = {
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
    expect(await samples('degreesLeft')).toEqual({ 'child-1': 45 });
    expect(await samples('sensors')).toMatchObject({ 'child-1': 90 });
  });

  it('agrees with the machine itself about its memory', async () => {
    const total = Number(/^MemTotal:\s+(\d+) kB/m.exec(readFileSync('/proc/meminfo', 'utf8'))?.[1]) * 1024;
    expect((await samples('memoryTotalBytes'))['parent']).toBe(total);
  });
});

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

/** A Raspberry Pi. */
function zoneOnly(sysfs: string): void {
  write(sysfs, {
    'class/thermal/thermal_zone0/type': 'cpu-thermal',
    'class/thermal/thermal_zone0/temp': '47000',
    'class/thermal/thermal_zone0/policy': 'step_wise',
  });
}
