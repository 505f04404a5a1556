import { difference } from '../as-it-was.js';
import type { CrashRoom, Name } from './crash-room.js';
import { MACHINES } from './crash-room.js';
import { ledgerFaults } from './ledger.js';
import type { LedgerSeen } from './ledger.js';
import type { Blow, Changing, Line, Moment, Point, When } from './point.js';
import type { Struck } from './strike.js';

/** One line of the crash table. */
export interface Row {
  readonly command: Changing;
  readonly name: string;
  readonly where: string;
  readonly blow: Blow;
  /** `chain`: the run before was struck too. `alone`: the only blow between a room as found and its cluster, or back. */
  readonly mode: 'chain' | 'alone';
  /** What is wrong; a row without faults has passed. By what they are about. */
  readonly faults: { end: string[]; ledger: string[]; converged: string[]; asFound: string[] };
  /** The cycle came to its end, so that all of it was looked at: a row of one that was interrupted has not passed. */
  proven: boolean;
}

/** What a room is like that was set up without a blow; `undefined`: not known, only what kubeadm always makes is asked for. */
export type Shape = readonly string[] | undefined;

export interface CycleOptions {
  readonly room: CrashRoom;
  readonly points: readonly Point[];
  readonly moments?: readonly Moment[];
  readonly shape: Shape;
  /** Gets a row a blow, also when the cycle comes to no end. */
  readonly rows: Row[];
  /** Hears what happens, line by line. */
  readonly say: (text: string) => void;
}

/** Bounds on how long a Ctrl-C may take: the second leaves at once; after the first the running command ends. */
const LEAVES_WITHIN_MS = 5_000;

/** What `kubeadm init` makes last, and what nothing works without. */
const OF_KUBEADM = [
  'ConfigMap kube-public cluster-info',
  'ConfigMap kube-system kubeadm-config',
  'ConfigMap kube-system kube-proxy',
  'DaemonSet kube-system kube-proxy',
  'ServiceAccount kube-system kube-proxy',
  'RoleBinding kube-public kubeadm:bootstrap-signer-clusterinfo',
  'ClusterRoleBinding kubeadm:kubelet-bootstrap',
  'ClusterRoleBinding kubeadm:node-autoapprove-bootstrap',
  'ClusterRoleBinding kubeadm:node-autoapprove-certificate-rotation',
  'ClusterRoleBinding kubeadm:node-proxier',
];

/**
 * From a room as found to its cluster and back, with a blow at every point: each run is struck at the first point that it comes to, the next
 * one goes on from there. In the end `up` must have converged, must have nothing to do, and teardown must leave every machine as found.
 * What fails at the end of a chain is told at each of its rows, since any of them may be the cause.
 *
 * @returns points that no run came to
 */
export async function cycle(o: CycleOptions): Promise<readonly Point[]> {
  const { room } = o;
  const mode = o.points.length + (o.moments?.length ?? 0) > 2 ? 'chain' : 'alone';
  const up = await through('up', mode, o);
  for (const fault of await notConverged(o)) blame(up.rows, 'converged', fault, o);
  const down = await through('teardown', mode, o);
  const rows = [...up.rows, ...down.rows];
  const changed = await room.notAsFound();
  if (changed.length > 0) {
    blame(rows, 'asFound', inShort(changed), o);
    o.say('making the machines anew');
    await room.remake();
  }
  for (const row of rows) row.proven = true;
  return [...up.missed, ...down.missed];
}

/** Runs one command until it has come to its end, through all its points. */
async function through(
  command: Changing,
  mode: Row['mode'],
  o: CycleOptions,
): Promise<{ readonly rows: readonly Row[]; readonly missed: readonly Point[] }> {
  const { room, say } = o;
  const rows: Row[] = [];
  const points = new Set(o.points.filter((p) => p.command === command));
  const moments = (o.moments ?? []).filter((m) => m.command === command);
  let before = await ledgers(room);
  let failures = 0;
  for (;;) {
    const struck = await room.strike(command, [...points], moments.shift());
    const now = await ledgers(room);
    const { point } = struck;
    if (point !== undefined) {
      if ('when' in point) points.delete(point);
      const row = rowOf(command, mode, struck, point);
      rows.push(row);
      o.rows.push(row);
      say(`${row.blow} in ${command}, ${row.name}, ${row.where}`);
    }
    for (const machine of MACHINES)
      for (const fault of ledgerFaults(before.get(machine) ?? EMPTY, now.get(machine) ?? EMPTY, command))
        blame(rows.slice(-1), 'ledger', `${machine}: ${fault}`, o);
    before = now;
    if (struck.hung === true)
      blame(rows.slice(-1), 'converged', `did not end: ${lastWords(struck.lines)}`, o);
    if (point !== undefined) {
      const row = rows.at(-1);
      const fault = badEnd(struck, row?.blow ?? 'kill');
      if (fault !== undefined) blame(rows.slice(-1), 'end', fault, o);
      continue;
    }
    if (struck.exitCode === 0) return { rows, missed: [...points] };
    // Nobody struck this run: the one before is to blame. Once more may help people, but is a fault.
    blame(rows.slice(-1), 'converged', `exit code ${String(struck.exitCode)}: ${lastWords(struck.lines)}`, o);
    if (++failures === 2) return { rows, missed: [...points] };
  }
}

const EMPTY: LedgerSeen = { entries: new Map(), damage: [] };

async function ledgers(room: CrashRoom): Promise<ReadonlyMap<Name, LedgerSeen>> {
  return new Map(await Promise.all(MACHINES.map(async (name) => [name, await room.ledger(name)] as const)));
}

function rowOf(command: Changing, mode: Row['mode'], struck: Struck, point: Point | Moment): Row {
  const faults: Row['faults'] = { end: [], ledger: [], converged: [], asFound: [] };
  if (!('when' in point)) {
    const where = `${(point.atMs / 1000).toFixed(1)} s after its beginning`;
    return { command, name: 'any moment', where, blow: 'kill', mode, faults, proven: false };
  }
  const where = struck.late === true ? 'ends' : whereText(point.when);
  return { command, name: point.name, where, blow: point.blow, mode, faults, proven: false };
}

function whereText(when: When): string {
  if (typeof when === 'string') return when;
  return 'afterMs' in when ? `${(when.afterMs / 1000).toFixed(1)} s into it` : 'half done';
}

/** How a run must end that was struck: kmon ends in an orderly way when it is asked to. */
function badEnd({ exitCode, msToEnd, lines }: Struck, blow: Blow): string | undefined {
  if (blow === 'ctrl-c twice' && msToEnd > LEAVES_WITHIN_MS)
    return `left ${Math.round(msToEnd / 1000)} s after Ctrl-C twice`;
  if (blow === 'kill' || exitCode === 0 || exitCode === 130) return undefined;
  // Without a network the run fails, and says so.
  if (blow === 'cable' && exitCode !== null && exitCode !== 1) return undefined;
  return `exit code ${String(exitCode)} after ${blow}: ${lastWords(lines)}`;
}

/** What is wrong with the room when `up` says that it is done. */
async function notConverged({ room, shape }: CycleOptions): Promise<readonly string[]> {
  const faults: string[] = [];
  try {
    const now = await room.shape();
    if (shape === undefined) {
      faults.push(
        ...OF_KUBEADM.filter((line) => !now.includes(line)).map((line) => `not in the cluster: ${line}`),
      );
    } else faults.push(...difference(shape, now).map((line) => `the cluster is another: ${line}`));
    faults.push(...(await room.notReady()));
  } catch (error) {
    return [`nothing answers: ${error instanceof Error ? error.message.slice(0, 200) : String(error)}`];
  }
  const again = await room.strike('up', []);
  const changes = again.lines
    .filter((line) => line['type'] === 'command-started')
    .map((line) => String(line['intent']));
  if (again.exitCode !== 0)
    faults.push(`up again: exit code ${String(again.exitCode)}: ${lastWords(again.lines)}`);
  else if (changes.length > 0) faults.push(`up again still changes: ${changes.join('; ').slice(0, 200)}`);
  return faults;
}

/** The first differences: a machine on which packages stay has hundreds. */
export function inShort(changed: readonly string[]): string {
  const more = changed.length > 12 ? [`and ${changed.length - 12} more`] : [];
  return [...changed.slice(0, 12), ...more].join('\n');
}

/** Why a run failed, in its own words. */
export function lastWords(lines: readonly Line[]): string {
  const report = lines.findLast((line) => line['type'] === 'report');
  const errors = [
    report?.['failure'],
    ...((report?.['setAside'] ?? []) as readonly Line[]).map((a) => a['error']),
  ];
  const first = errors.find((e) => e !== undefined) as Line | undefined;
  if (first !== undefined) {
    const { stage, machine, message, evidence } = first;
    return [stage, machine, message, evidence]
      .filter((x) => x !== undefined)
      .map(String)
      .join(', ')
      .slice(0, 1200);
  }
  const last = lines.findLast((line) => line['intent'] !== undefined || line['text'] !== undefined);
  const words = last?.['text'] ?? last?.['intent'];
  return typeof words === 'string' ? words : 'no word';
}

function blame(rows: readonly Row[], about: keyof Row['faults'], fault: string, o: CycleOptions): void {
  o.say(`FAULT (${about}): ${fault}`);
  if (rows.length === 0) throw new Error(`without any blow: ${fault}`);
  for (const row of rows) row.faults[about].push(fault);
}
