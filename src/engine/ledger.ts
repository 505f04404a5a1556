import { KmonError } from '../errors/kmon-error.js';
import { parseRoomMark } from '../room/room-mark.js';
import type { RoomMark } from '../room/room-mark.js';
import type { Json, Reversible } from '../resources/resource.js';
import { otherChanges, parseOtherChanges } from '../runner/change-mark.js';
import type { Runner } from '../runner/runner.js';
import type { Reader } from './context.js';
import { changes, reads, withOptions } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import { replaceFile } from '../shell/replace-file.js';

/** One line of the ledger: how something was before kmon changed it. `kind` and `params` are enough to make the thing again. */
export interface LedgerEntry {
  /** Counts up from 1 on each machine; what was noted last is given back first. */
  readonly seq: number;
  /** ISO 8601, by the clock of the computer that runs kmon. */
  readonly at: string;
  readonly run: string;
  /** Whose change it is; absent in ledgers of before there were marks. */
  readonly room?: RoomMark;
  readonly stage: string;
  readonly id: string;
  readonly kind: string;
  readonly params: Json;
  readonly found: Json;
}

/** The things in a ledger, in the order in which they are given back: what was noted first comes last. */
export function toGiveBack(entries: readonly LedgerEntry[]): readonly string[] {
  const first = entries.toSorted((a, b) => a.seq - b.seq).map((e) => e.id);
  return [...new Set(first)].toReversed();
}

/** What a stage has noted. */
export function notedBy(stage: string, entries: readonly LedgerEntry[]): readonly LedgerEntry[] {
  return entries.filter((e) => e.stage === stage);
}

/** Where the ledger of one place lies, and how it is read and written. Of the place's own room alone. */
export interface LedgerStore {
  /** In the order in which they were written; none when there is no ledger. @throws KmonError `precondition` when it is damaged. */
  read(say?: (text: string) => void): Promise<readonly LedgerEntry[]>;
  /** The same, and what an earlier kmon began there and is still at. */
  readWithChanges(): Promise<{
    readonly entries: readonly LedgerEntry[];
    readonly underWay: readonly string[];
  }>;
  /** On disk when it resolves, all or none. */
  append(entries: readonly LedgerEntry[]): Promise<void>;
  /** Takes entries out; of an empty ledger nothing stays. */
  forget(seqs: readonly number[]): Promise<void>;
  /** Takes away what a crash left of a ledger without entries. */
  sweep(): Promise<void>;
}

/** The ledger on the machine itself. */
export function machineLedger(run: Runner): LedgerStore {
  return {
    read: (say) => readLedger(run, say),
    readWithChanges: () => readLedgerAndChanges(run),
    append: (entries) => appendLedger(run, entries),
    forget: (seqs) => forgetLedger(run, seqs),
    sweep: async () => {
      if (await hasRemains(run)) await forgetRemains(run);
    },
  };
}

const FOLDER = '/var/lib/kmon';
const FILE = `${FOLDER}/ledger.jsonl`;

/**
 * The entries of the machine's ledger in the order they were written; none when there is no ledger. A last line that is torn is left out:
 * its change had not begun, since an entry is on disk before.
 *
 * @param say Is told when a line was torn.
 * @throws KmonError `precondition` when a line before the last cannot be read: it may be the only trace of a change.
 */
export async function readLedger(run: Reader, say?: (text: string) => void): Promise<readonly LedgerEntry[]> {
  return parseLedger((await run.query(readFile)).stdout, { ...fileOn(run), say });
}

/** The same, and in the same round trip what an earlier kmon began on the machine and is still under way. */
export async function readLedgerAndChanges(
  run: Reader,
): Promise<{ readonly entries: readonly LedgerEntry[]; readonly underWay: readonly string[] }> {
  const { stdout } = await run.query(reads`${otherChanges}
${readFile}`);
  const underWay = parseOtherChanges(stdout);
  const rest = stdout.slice(underWay.map((text) => `under way ${text}\n`).join('').length);
  return { entries: parseLedger(rest, fileOn(run)), underWay };
}

const readFile = reads`if [ -e ${FILE} ]; then cat ${FILE}; fi`;

const fileOn = ({ machine }: Pick<Runner, 'machine'>): LedgerText => ({
  machine,
  file: FILE,
  where: `on ${machine}`,
});

/** Whose a text is that ought to be a ledger, and who is told of a torn line. */
export interface LedgerText {
  readonly machine: string;
  readonly file: string;
  /** Such as "on pc-11": who is to look at it has to know where. */
  readonly where: string;
  readonly say?: ((text: string) => void) | undefined;
}

/** @throws KmonError `precondition` when a line before the last cannot be read. */
export function parseLedger(text: string, { machine, file, where, say }: LedgerText): readonly LedgerEntry[] {
  const lines = text.split('\n');
  // What follows the last line feed is nothing, or half a line.
  let torn = lines.pop() !== '';
  const entries = lines.flatMap((line, i) => {
    const entry = parseEntry(line);
    if (entry !== undefined) return [entry];
    if (i < lines.length - 1 || torn) {
      throw new KmonError('precondition', `line ${i + 1} of ${file} is damaged`, {
        machine,
        hint: `look at ${file} ${where} and put that line right, or remove it and undo by hand what it was about`,
        evidence: line.slice(0, 120),
      });
    }
    torn = true;
    return [];
  });
  if (torn) say?.('the last line of the ledger is torn: what it was about had not begun');
  return entries;
}

/**
 * Whether the ledger holds what is needed to give this thing back. The same thing with other parameters (a file with a new text) has to be
 * noted again: how it was found stays as in the first entry, and the newer parameters tell what kmon made since.
 */
export function isNoted(entries: readonly LedgerEntry[], thing: Pick<Reversible, 'id' | 'params'>): boolean {
  const params = JSON.stringify(thing.params);
  return entries.some((e) => e.id === thing.id && JSON.stringify(e.params) === params);
}

/**
 * Adds entries and has them on disk when it resolves. The file is replaced as a whole, so that a power cut leaves the old one or the new
 * one; entries that did not arrive whole are refused, and so are entries of another room than the one that the ledger is of: two rooms
 * may look at a fresh machine at the same moment. They travel on stdin, since a command line has its limits.
 */
export async function appendLedger(run: Runner, entries: readonly LedgerEntry[]): Promise<void> {
  const [first] = entries;
  if (first === undefined) return;
  const text = ledgerText(entries);
  await run.mutate(
    `note how ${entries.length === 1 ? (entries[0]?.id ?? '') : `${entries.length} things`} was before`,
    withOptions(
      changes`set -e
umask 077
${refuseOthers(entries)}
trap ${`rmdir ${FOLDER} 2>/dev/null || :`} EXIT
mkdir -p ${FOLDER}
${replaceFile({
  path: FILE,
  make: changes`if [ -s "$p" ]; then
  if [ "$(tail -c 1 "$p" | od -An -tx1 | tr -d ' ')" = 0a ]; then cat "$p"; else sed '$d' "$p"; fi
fi >"$n"
before=$(wc -c <"$n")
cat >>"$n"
if [ $(($(wc -c <"$n") - before)) -ne ${Buffer.byteLength(text)} ]; then echo 'the entry did not arrive whole' >&2; exit 1; fi`,
})}`,
      { stdin: text },
    ),
    first.stage,
  );
}

/** As it lies in the file. */
export function ledgerText(entries: readonly LedgerEntry[]): string {
  return entries.map((e) => `${JSON.stringify(inOrder(e))}\n`).join('');
}

function refuseOthers(entries: readonly LedgerEntry[]): Command<'changes'> {
  const room = entries[0]?.room;
  if (room === undefined) return changes`:`;
  return changes`if [ -s ${FILE} ] && ! head -n 1 ${FILE} | grep -qF ${`"room":{"id":${JSON.stringify(room.id)},`}; then
  echo 'the machine belongs to another room: its ledger is not of this one' >&2; exit 1
fi`;
}

/** Takes entries out of the ledger; when it is empty then, kmon's folder goes too, the ledger last. */
export async function forgetLedger(run: Runner, seqs: readonly number[]): Promise<void> {
  if (seqs.length === 0) return;
  const these = `^\\{"seq":(${seqs.join('|')}),`;
  await run.mutate(
    'forget what is as found',
    changes`set -e
umask 077
if [ -e ${FILE} ] && grep -qvE ${these} ${FILE}; then
${replaceFile({ path: FILE, make: changes`grep -vE ${these} "$p" >"$n"` })}
exit 0
fi
${removeFolder}`,
  );
}

/** Whether a crash left kmon's folder behind without a ledger in it; `forgetRemains` removes it. */
export async function hasRemains(run: Reader): Promise<boolean> {
  const { stdout } = await run.query(reads`if [ -d ${FOLDER} ] && [ ! -s ${FILE} ]; then echo yes; fi`);
  return stdout.trim() === 'yes';
}

export async function forgetRemains(run: Runner): Promise<void> {
  await run.mutate('remove the empty ledger', changes`[ -s ${FILE} ] || { ${removeFolder}; }`);
}

const removeFolder = changes`if [ -d ${FOLDER} ]; then
  find ${FOLDER} -xdev -mindepth 1 ! -path ${FILE} -delete; rm -f ${FILE}; rmdir ${FOLDER}
fi`;

/** `seq` first: a line is found by how it begins. `found` last: what stands before it is told by a look at the machine. */
function inOrder(e: LedgerEntry): LedgerEntry {
  const { seq, at, run, room, stage, id, kind, params, found } = e;
  const mark = parseRoomMark(room);
  return { seq, at, run, ...(mark === undefined ? {} : { room: mark }), stage, id, kind, params, found };
}

function parseEntry(line: string): LedgerEntry | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return isEntry(value) ? inOrder(value) : undefined;
  } catch {
    return undefined;
  }
}

function isEntry(value: unknown): value is LedgerEntry {
  if (typeof value !== 'object' || value === null) return false;
  const texts = ['at', 'run', 'stage', 'id', 'kind'] as const;
  const of: Partial<Record<string, unknown>> = { ...value };
  return (
    Number.isSafeInteger(of['seq']) &&
    texts.every((t) => typeof of[t] === 'string') &&
    of['params'] !== undefined &&
    of['found'] !== undefined
  );
}
