import type { AlertRow } from '../observe/alerts.js';
import type { Role } from '../room/machine.js';
import { allComputers } from '../room/room.js';
import type { Room } from '../room/room.js';
import type { ClusterNode } from '../tools/kubernetes-objects.js';
import { comingsIn } from './comings.js';
import type { Coming } from './comings.js';
import type { Curves } from './curves.js';
import { difficultiesIn } from './difficulties.js';
import type { Difficulty } from './difficulties.js';
import type { FiredAlert } from './fired.js';
import type { LoadRun } from './load-records.js';
import type { LessonSpan } from './span.js';
import type { ToldRun } from './told-run.js';

/** A computer of the room; also as JSON: null is "not known". */
export interface LessonMachine {
  /** Also the name of its node. */
  readonly machine: string;
  readonly role: Role | 'observed';
  readonly address: string;
  readonly team: string | null;
  /** In Kubernetes, at the time of the report; `null`: the cluster could not be asked. */
  readonly node: ClusterNode['state'] | 'absent' | 'no node' | null;
  readonly model: string | null;
  readonly cpus: number | null;
  readonly memoryBytes: number | null;
  readonly system: string | null;
}

/** A command that was run; also as JSON. */
export interface LessonRun {
  readonly at: string;
  readonly command: string;
  readonly seconds: number;
  readonly dryRun: boolean;
  readonly machines: readonly string[];
  /** `null`: it ended without a word. */
  readonly exitCode: number | null;
}

/** What only a running cluster tells, or why it did not. */
export type Told<T> =
  { readonly kind: 'told'; readonly told: T } | { readonly kind: 'silent'; readonly because: string };

/** What the cluster and its Prometheus told. */
export interface LiveLesson {
  readonly nodes: Told<readonly ClusterNode[]>;
  /** What fires or is about to. */
  readonly alerts: Told<readonly AlertRow[]>;
  readonly fired: Told<readonly FiredAlert[]>;
  readonly curves: Told<Curves>;
}

/** A file that could not be read, or not whole; also as JSON. */
export interface UnreadFile {
  readonly file: string;
  readonly because: 'unreadable' | 'cut off' | 'of a newer kmon' | 'of an unknown kind';
}

/** A lesson as its report tells it: plain data, also as JSON. Times are RFC 3339, by the clock of this computer. */
export interface Lesson {
  readonly room: string;
  readonly madeAt: string;
  readonly from: string;
  readonly until: string;
  /** The room was given back. */
  readonly isOver: boolean;
  readonly machines: readonly LessonMachine[];
  readonly joined: readonly Coming[];
  readonly difficulties: readonly Difficulty[];
  readonly loads: readonly LoadRun[];
  readonly alerts: { readonly now: Told<readonly AlertRow[]>; readonly fired: Told<readonly FiredAlert[]> };
  readonly curves: Told<Curves>;
  readonly runs: readonly LessonRun[];
  readonly unread: readonly UnreadFile[];
}

/** What lies beside kmon.yaml. */
export interface LessonFiles {
  readonly span: LessonSpan;
  /** Of the lesson, in the order of time. */
  readonly runs: readonly ToldRun[];
  /** The newest that is known of each machine, from whatever lesson. */
  readonly facts: ReadonlyMap<string, ToldRun['facts'][number]>;
  readonly loads: readonly LoadRun[];
  readonly unread: readonly UnreadFile[];
}

/** The commands that only look: what was done does not tell of them. */
const LOOKS = ['addon list', 'alerts', 'open', 'report', 'status', 'teams card', 'teams list', 'top'];

export function lessonOf(room: Room, files: LessonFiles, live: LiveLesson, now: number): Lesson {
  const { span, runs, facts, loads, unread } = files;
  const nodes = live.nodes.kind === 'told' ? live.nodes.told : undefined;
  return {
    room: room.name,
    madeAt: new Date(now).toISOString(),
    from: new Date(span.from).toISOString(),
    until: new Date(span.until).toISOString(),
    isOver: span.isOver,
    machines: machinesOf(room, facts, nodes),
    joined: comingsIn(runs, room, nodes),
    difficulties: difficultiesIn(runs),
    loads,
    alerts: { now: live.alerts, fired: live.fired },
    curves: live.curves,
    runs: runs.filter(({ command }) => !LOOKS.includes(command)).map(runOf),
    unread,
  };
}

function machinesOf(
  room: Room,
  facts: LessonFiles['facts'],
  nodes: readonly ClusterNode[] | undefined,
): readonly LessonMachine[] {
  return allComputers(room).map((computer) => {
    const known = facts.get(computer.name);
    const isNode = 'role' in computer;
    const there = nodes?.find(({ name }) => name === computer.name);
    return {
      machine: computer.name,
      role: isNode ? computer.role : 'observed',
      address: computer.address,
      team: computer.team ?? null,
      node: isNode ? (nodes === undefined ? null : (there?.state ?? 'absent')) : 'no node',
      model: textOf(known?.model),
      cpus: countOf(known?.cpus),
      memoryBytes: countOf(known?.memoryBytes),
      system: textOf(known?.system),
    };
  });
}

/** A machine that does not tell says nothing, or 0. */
function textOf(text = ''): string | null {
  return text === '' ? null : text;
}

function countOf(count = 0): number | null {
  return count === 0 ? null : count;
}

function runOf({ at, endedAt, command, dryRun, machines, exitCode }: ToldRun): LessonRun {
  return {
    at: new Date(at).toISOString(),
    command,
    seconds: Math.round(Math.max(0, endedAt - at) / 1000),
    dryRun,
    machines,
    exitCode: exitCode ?? null,
  };
}
