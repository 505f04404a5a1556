import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineEvent } from '../../src/engine/events.js';
import { KmonError } from '../../src/errors/kmon-error.js';
import type { LiveLesson } from '../../src/lesson/lesson.js';
import type { Room } from '../../src/room/room.js';
import { SeenByStage } from '../../src/engine/results.js';
import { Transcript } from '../../src/ui/transcript.js';
import { CHILD, OTHER, PARENT } from './sample-room.js';

/** A morning in a room of a parent and two children, one of which had its difficulties. */
export const LESSON_ROOM: Room = {
  name: 'atelier-1',
  parent: PARENT,
  children: [CHILD, OTHER],
  observed: [{ name: 'laptop-7', address: '192.0.2.27', exporterPort: 9182, team: 'blue' }],
};

export const LESSON_DAY = '2026-11-30';

/** When the report is made, in milliseconds since the epoch. */
export const LESSON_NOW = at('10:00:00');

export function at(time: string): number {
  return Date.parse(`${LESSON_DAY}T${time}Z`);
}

/** What a transcript has: what is told, or how the run ended, each at its time. */
export type ToldAt = readonly [time: string, event: EngineEvent | Ends];

interface Ends {
  readonly type: 'ends';
  readonly failure?: KmonError;
  /** Machines that were set aside. */
  readonly aside?: readonly string[];
}

/** Writes a transcript as kmon does, into `.kmon`. */
export function tellRun(stateDir: string, command: string, told: readonly ToldAt[]): string {
  let now = at(told[0]?.[0] ?? '08:00:00');
  const transcript = Transcript.open({
    folder: join(stateDir, 'transcripts'),
    command,
    version: '1.2.3',
    now: () => now,
  });
  for (const [time, event] of told) {
    now = at(time);
    if (event.type !== 'ends') transcript.handle(event);
    else
      transcript.finish({
        command,
        dryRun: false,
        rows: [],
        seen: new SeenByStage(),
        setAside: (event.aside ?? []).map((machine) => ({ machine, error: new KmonError('command', 'x') })),
        ...(event.failure === undefined ? {} : { failure: event.failure }),
      });
  }
  for (const machine of [PARENT, CHILD])
    transcript.machine(machine.name, {
      model: machine === PARENT ? 'ThinkPad X270' : 'OptiPlex 7050',
      cpus: machine === PARENT ? 4 : 8,
      memoryBytes: 8 * 1024 ** 3,
      system: 'Debian GNU/Linux 13 (trixie)',
      architecture: 'amd64',
    });
  transcript.close();
  return transcript.path;
}

export const started = (machines: readonly string[], dryRun = false): EngineEvent => ({
  type: 'run-started',
  command: 'x',
  machines,
  dryRun,
});

export const stage = (id: string, title: string): EngineEvent => ({
  type: 'stage-started',
  stage: id,
  title,
  machines: [],
});

export const finished = (
  id: string,
  machine: string,
  outcome: 'changed' | 'unchanged' | 'planned' | 'failed',
  error?: KmonError,
): EngineEvent => ({
  type: 'machine-finished',
  stage: id,
  machine,
  outcome,
  ...(error === undefined ? {} : { error: error.at({ stage: id, machine }) }),
});

/** `.kmon` of that morning, as kmon itself writes it. */
export function writeSampleLesson(stateDir: string): void {
  const runs = join(stateDir, 'runs');
  mkdirSync(runs, { recursive: true });
  writeFileSync(join(runs, `${LESSON_DAY}T09-20-00.000Z-load.json`), JSON.stringify(HTTP_LOAD));
  const taken = new KmonError('precondition', 'port 10250 is taken by k3s-agent (pid 812)', {
    evidence: 'LISTEN 0 4096 *:10250 *:* users:(("k3s-agent",pid=812,fd=11))',
    hint: 'stop it on that machine (sudo systemctl stop k3s-agent) and run `kmon join-child --only pc-12`',
  });
  const all = [PARENT.name, CHILD.name, OTHER.name];
  tellRun(stateDir, 'up', [
    ['08:00:00', started(all)],
    ['08:00:02', stage('check', 'Check the machine')],
    ['08:00:05', finished('check', OTHER.name, 'failed', taken)],
    ['08:00:05', { type: 'set-aside', machine: OTHER.name, stage: 'check', error: taken }],
    ['08:01:30', finished('init-parent', PARENT.name, 'changed')],
    ['08:02:10', finished('join-child', CHILD.name, 'changed')],
    ['08:04:00', { type: 'ends', aside: [OTHER.name] }],
  ]);
  tellRun(stateDir, 'join-child', [
    ['08:06:00', started([OTHER.name])],
    ['08:06:01', stage('check', 'Check the machine')],
    ['08:06:02', finished('check', OTHER.name, 'failed', taken)],
    ['08:06:02', { type: 'ends', failure: taken.at({ stage: 'check', machine: OTHER.name }) }],
  ]);
  tellRun(stateDir, 'join-child', [
    ['08:10:00', started([OTHER.name])],
    ['08:10:01', stage('check', 'Check the machine')],
    ['08:10:02', finished('check', OTHER.name, 'unchanged')],
    ['08:10:40', finished('join-child', OTHER.name, 'changed')],
    ['08:10:55', { type: 'ends' }],
  ]);
  tellRun(stateDir, 'status', [
    ['08:20:00', started([PARENT.name])],
    ['08:20:01', { type: 'ends' }],
  ]);
  tellRun(stateDir, 'stress', [
    ['09:00:00', started([CHILD.name, OTHER.name])],
    ['09:00:01', stage('stress-tools', 'Install the load')],
    ['09:00:02', finished('stress-tools', OTHER.name, 'failed', new KmonError('timeout', 'apt is busy'))],
    ['09:02:00', { type: 'ends', aside: [OTHER.name] }],
  ]);
  writeFileSync(
    join(runs, `${LESSON_DAY}T09-00-00.000Z-stress.json`),
    JSON.stringify({
      record: 1,
      command: 'stress',
      version: '1.2.3',
      who: { user: 'ada', computer: 'desk' },
      room: 'atelier-1',
      began: `${LESSON_DAY}T09:00:00.000Z`,
      ended: `${LESSON_DAY}T09:02:00.000Z`,
      exitCode: 24,
      load: { model: 'constant', text: '80 % CPU for 60 s', cpuPercent: 80, seconds: 60, maxCelsius: 90 },
      children: [
        {
          machine: CHILD.name,
          began: `${LESSON_DAY}T09:00:20.000Z`,
          ended: `${LESSON_DAY}T09:01:20.000Z`,
          before: { cpuPercent: 3.2, memoryPercent: 31, temperature: 48 },
          peak: { cpuPercent: 83.9, memoryPercent: 33, temperature: 79.5 },
          after: { cpuPercent: 5, memoryPercent: 31, temperature: 60 },
          end: 'over',
          why: 'it went to its end',
        },
        {
          machine: OTHER.name,
          before: { cpuPercent: 2, temperature: 'no sensor' },
          peak: {},
          after: {},
          end: 'refused',
          why: 'apt is busy',
        },
      ],
    }),
  );
}

/** A record of `kmon load`. */
export const HTTP_LOAD = {
  record: 1,
  command: 'load',
  version: '1.2.3',
  who: { user: 'ada', computer: 'desk' },
  room: 'atelier-1',
  began: `${LESSON_DAY}T09:20:00.000Z`,
  ended: `${LESSON_DAY}T09:22:00.000Z`,
  exitCode: 0,
  load: { url: 'http://192.0.2.10:30080/', from: 'pc-10', steps: [10, 50], seconds: 30, generator: 'hey' },
  end: 'over',
  why: 'it went to its end',
  steps: [
    {
      connections: 10,
      seconds: 30,
      requests: 30_000,
      answersPerSecond: 999.6,
      p50Ms: 4.2,
      p95Ms: 12.4,
      p99Ms: 40,
      errors: 0,
      errorsBy: [],
      statuses: { 200: 30_000 },
      replicas: [1, 2, 4],
      busiest: { machine: 'pc-11', cpuPercent: 71.2 },
      samples: [],
    },
    { connections: 0, seconds: 30, requests: null, answersPerSecond: null, replicas: [4, 1], busiest: null },
  ],
};

/** What the cluster and its Prometheus told of that morning. */
export function sampleLive(): LiveLesson {
  const steps = 120;
  const wave = (low: number, high: number, phase: number): readonly (number | null)[] =>
    Array.from({ length: steps }, (_, i) =>
      // It was off for a while.
      phase === 2 && i > 40 && i < 60
        ? null
        : Math.round(10 * (low + (high - low) * (0.5 + 0.5 * Math.sin(i / 9 + phase)))) / 10,
    );
  return {
    nodes: {
      kind: 'told',
      told: [PARENT, CHILD].map(({ name, address }) => ({
        name,
        state: name === CHILD.name ? 'not-ready' : 'ready',
        pressures: [],
        cordoned: false,
        internalIp: address,
        roles: [],
        labels: {},
        kubeletVersion: 'v1.36.3',
        createdAt: `${LESSON_DAY}T08:01:00Z`,
      })),
    },
    alerts: {
      kind: 'told',
      told: [
        {
          machine: CHILD.name,
          alert: 'KmonNodeHot',
          severity: 'warning',
          state: 'firing',
          since: `${LESSON_DAY}T09:58:00Z`,
          what: 'pc-11 is 91 °C',
          remedy: 'free its vents, put it on something hard, or end the load on it',
        },
      ],
    },
    fired: {
      kind: 'told',
      told: [
        {
          alert: 'KmonNodeDown',
          machine: OTHER.name,
          severity: 'critical',
          from: `${LESSON_DAY}T08:40:00.000Z`,
          until: `${LESSON_DAY}T09:00:00.000Z`,
        },
        {
          alert: 'KmonNodeHot',
          machine: CHILD.name,
          severity: 'warning',
          from: `${LESSON_DAY}T09:58:00.000Z`,
          until: null,
        },
      ],
    },
    curves: {
      kind: 'told',
      told: {
        from: `${LESSON_DAY}T08:00:00.000Z`,
        stepSeconds: 60,
        machines: [
          {
            machine: PARENT.name,
            cpuPercent: wave(5, 40, 0),
            memoryPercent: wave(30, 55, 1),
            celsius: wave(45, 66, 0),
          },
          {
            machine: CHILD.name,
            cpuPercent: wave(1, 99, 1),
            memoryPercent: wave(20, 35, 2),
            celsius: wave(40, 92, 1),
          },
          { machine: OTHER.name, cpuPercent: wave(3, 80, 2), memoryPercent: wave(20, 25, 2), celsius: [] },
        ],
      },
    },
  };
}
