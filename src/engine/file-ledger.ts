import { join } from 'node:path';
import { KmonError } from '../errors/kmon-error.js';
import { readText, removeFile, writePrivateFile } from '../here/private-files.js';
import { ledgerText, parseLedger } from './ledger.js';
import type { LedgerEntry, LedgerStore } from './ledger.js';

/** The ledgers of computers on which kmon keeps nothing, beside kmon.yaml: a file each. */
export const ledgersIn =
  (stateDir: string) =>
  ({ name }: { readonly name: string }): LedgerStore =>
    fileLedger(join(stateDir, 'ledgers', `${name}.jsonl`), name);

/**
 * The ledger of a computer on which kmon keeps nothing (Windows, macOS): a file of this computer, private to its owner, replaced whole or
 * not at all. Nothing is begun there that goes on by itself, so nothing of an earlier kmon is ever under way.
 */
function fileLedger(file: string, machine: string): LedgerStore {
  const read: LedgerStore['read'] = async (say) => {
    const text = await reaching(() => readText(file));
    return parseLedger(text ?? '', { machine, file, where: 'on this computer', say });
  };
  const write = (entries: readonly LedgerEntry[]): Promise<void> =>
    reaching(() => (entries.length === 0 ? removeFile(file) : writePrivateFile(file, ledgerText(entries))));
  const reaching = async <T>(work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (cause) {
      throw new KmonError('precondition', `the ledger of ${machine} cannot be read and written`, {
        evidence: cause instanceof Error ? cause.message : String(cause),
        hint: `make ${file} yours to read and write and run the command again`,
        cause,
      });
    }
  };
  return {
    read,
    readWithChanges: async () => ({ entries: await read(), underWay: [] }),
    append: async (entries) => {
      if (entries.length > 0) await write([...(await read()), ...entries]);
    },
    forget: async (seqs) => {
      if (seqs.length > 0) await write((await read()).filter((e) => !seqs.includes(e.seq)));
    },
    sweep: async () => undefined,
  };
}
