import type { FactLines } from './lines.js';
import type { RoomMark } from '../room/room-mark.js';
import { parseRoomMark } from '../room/room-mark.js';

/** What kmon's own ledger on a machine says in short. */
export interface LedgerFacts {
  readonly entries: number;
  /** When the first of them was written (ISO 8601); empty when it does not say. */
  readonly since: string;
  /** Of the room that wrote it; absent in ledgers of before there were marks, and in damaged ones. */
  readonly room?: RoomMark;
  /**
   * What there was of Kubernetes when kmon first went about to make the machine a node; absent: it never did. Empty: what there is of
   * Kubernetes now, kmon has made.
   */
  readonly nodeBefore?: readonly string[];
  /** kmon set up the kubelet's unit: it may be there, and wait for its configuration, before there is a node. */
  readonly kubelet: boolean;
  /** kmon has begun an installation of packages: what dpkg was stopped in may be that. */
  readonly packages: boolean;
}

/** The part of the facts that comes from the ledger: its first entry, the entry about kubeadm, and how many there are. */
export function parseLedger(lines: FactLines): LedgerFacts | undefined {
  const told = lines.section('ledger').filter((line) => line.trim() !== '');
  if (told.length === 0) return undefined;
  const entries = told.flatMap(parseLine);
  const first = entries.find((e) => e['seq'] !== undefined);
  const room = parseRoomMark(first?.['room']);
  const nodeBefore = tracesOf(entries.find((e) => e['kind'] === 'kubeadm-node'));
  const count = Number(told.find((line) => /^\d+$/.test(line)) ?? 0);
  if (count === 0) return undefined;
  return {
    entries: count,
    since: typeof first?.['at'] === 'string' ? first['at'] : '',
    ...(room === undefined ? {} : { room }),
    ...(nodeBefore === undefined ? {} : { nodeBefore }),
    kubelet: entries.some((e) => e['id'] === 'unit kubelet.service'),
    packages: lines.has('own-packages'),
  };
}

/** Whether what there is of Kubernetes on the machine was made by kmon: its ledger says that there was nothing of it before. */
export function madeNode(ledger: LedgerFacts | undefined): boolean {
  return ledger?.nodeBefore?.length === 0;
}

type Entry = Readonly<Partial<Record<string, unknown>>>;

function parseLine(line: string): readonly Entry[] {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? [{ ...value }] : [];
  } catch {
    return [];
  }
}

/** `found` of a kubeadm-node entry; what cannot be read counts as something that was there. */
function tracesOf(entry: Entry | undefined): readonly string[] | undefined {
  if (entry === undefined) return undefined;
  const { found } = entry;
  if (typeof found !== 'object' || found === null) return ['?'];
  const { traces, pods, data = [] }: Readonly<Partial<Record<'traces' | 'pods' | 'data', unknown>>> = found;
  const files = [traces, data].flatMap((list) => (Array.isArray(list) ? list.map(String) : ['?']));
  return typeof pods === 'number' && pods > 0 ? [...files, 'pods'] : files;
}
