import { liesText, temperatureOf, type Lies, type Temperature } from './sensors.js';
import type { RoomAnswer } from './room-metrics.js';

/** What a machine lacks before it counts as watched. */
export type Lack = 'target' | 'answer' | 'cpu' | 'memory';

/** One machine before the gate. */
export interface GateRow {
  readonly machine: string;
  readonly up: boolean;
  readonly cpuPercent?: number;
  readonly memoryPercent?: number;
  /** Absent while the machine does not answer. A machine without a sensor passes. */
  readonly temperature?: Temperature;
  /** Empty: it passes. */
  readonly lacks: readonly Lack[];
  /** What is missing, in words. */
  readonly because?: string;
}

export interface Gate {
  readonly open: boolean;
  /** In the order asked. */
  readonly rows: readonly GateRow[];
}

/**
 * Whether monitoring really works: every machine answers (`up == 1`) and has a CPU and a memory value in Prometheus. Silence of Prometheus
 * is the lack of every machine.
 */
export function metricGate(machines: readonly string[], room: RoomAnswer): Gate {
  const rows = machines.map((machine) => gateRow(machine, room));
  return { open: rows.every((row) => row.lacks.length === 0), rows };
}

function gateRow(machine: string, room: RoomAnswer): GateRow {
  if (room.kind === 'silent')
    return { machine, up: false, lacks: ['target'], because: `Prometheus does not answer: ${room.because}` };
  const known = room.metrics.get(machine);
  if (known === undefined)
    return { machine, up: false, lacks: ['target'], because: 'Prometheus has not asked it yet' };
  if (!known.up) {
    const because = `its exporter does not answer${known.lastError === undefined ? '' : `: ${known.lastError}`}`;
    return { machine, up: false, lacks: ['answer'], because };
  }
  const { cpuPercent, memoryPercent } = known;
  const temperature = temperatureOf(known);
  const lacks: readonly Lack[] = [
    ...(cpuPercent === undefined ? (['cpu'] as const) : []),
    ...(memoryPercent === undefined ? (['memory'] as const) : []),
  ];
  return {
    machine,
    up: true,
    ...(cpuPercent === undefined ? {} : { cpuPercent }),
    ...(memoryPercent === undefined ? {} : { memoryPercent }),
    ...(temperature === undefined ? {} : { temperature }),
    lacks,
    ...(lacks.length === 0 ? {} : { because: whyLacking(lacks, known.lies) }),
  };
}

/** A value is not there yet (the first one of the CPU needs two answers of the machine), or it is, and cannot be. */
function whyLacking(lacks: readonly Lack[], lies: Lies = {}): string {
  const { cpuPercent, memoryPercent } = lies;
  const missing = lacks.filter((lack) => (lack === 'cpu' ? cpuPercent : memoryPercent) === undefined);
  const told = liesText({
    ...(cpuPercent === undefined ? {} : { cpuPercent }),
    ...(memoryPercent === undefined ? {} : { memoryPercent }),
  });
  return [
    ...told,
    ...(missing.length === 0 ? [] : [`no ${missing.map(inWords).join(' and no ')} value yet`]),
  ].join(', ');
}

function inWords(lack: Lack): string {
  return lack === 'cpu' ? 'CPU' : lack;
}
