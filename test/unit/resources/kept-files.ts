import {
  chmodSync,
  lchownSync,
  lutimesSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import type { Stats } from 'node:fs';
import { entriesIn } from './file-tree.js';
import type { Entry, Folders } from './file-tree.js';

interface Kept extends Entry {
  /** Of a file its content, of a link its target. */
  readonly what: Buffer | string | undefined;
}

/** Everything below some folders of a machine as it is now, to be put back by this process itself. */
export class KeptFiles {
  readonly #folders: Folders;
  readonly #kept: ReadonlyMap<string, Kept>;

  constructor(folders: Folders) {
    this.#folders = folders;
    this.#kept = new Map(entriesIn(folders).map((entry) => [entry.path, { ...entry, what: whatIs(entry) }]));
  }

  /** With type, owner, mode, content and time of change. What is the same is not touched, and what is written to stays the same file. */
  putBack(): void {
    for (const { path, at, stats } of entriesIn(this.#folders)) {
      const kept = this.#kept.get(path);
      if (kept === undefined || typeBits(kept.stats) !== typeBits(stats))
        rmSync(at, { recursive: true, force: true });
    }
    const now = new Map(entriesIn(this.#folders).map((entry) => [entry.path, entry]));
    for (const kept of this.#kept.values()) {
      const there = now.get(kept.path);
      if (there === undefined || !isSame(kept, there)) put(kept, there);
    }
  }
}

function put({ at, stats, what }: Kept, there: Entry | undefined): void {
  if (stats.isDirectory()) mkdirSync(at, { recursive: true });
  else if (stats.isSymbolicLink()) {
    if (there !== undefined) rmSync(at);
    symlinkSync(String(what), at);
  } else if (what !== undefined) writeFileSync(at, what);
  lchownSync(at, stats.uid, stats.gid);
  if (!stats.isSymbolicLink()) chmodSync(at, stats.mode & 0o7777);
  lutimesSync(at, stats.atimeMs / 1000, stats.mtimeMs / 1000);
}

function isSame(kept: Kept, there: Entry): boolean {
  const [one, other] = [kept.stats, there.stats];
  if (one.mode !== other.mode || one.uid !== other.uid || one.gid !== other.gid) return false;
  // What comes and goes in a folder changes its time.
  if (one.isDirectory()) return true;
  if (one.mtimeMs !== other.mtimeMs) return false;
  const what = whatIs(there);
  return Buffer.isBuffer(what) && Buffer.isBuffer(kept.what) ? what.equals(kept.what) : what === kept.what;
}

function whatIs({ at, stats }: Entry): Buffer | string | undefined {
  if (stats.isFile()) return readFileSync(at);
  return stats.isSymbolicLink() ? readlinkSync(at) : undefined;
}

function typeBits({ mode }: Stats): number {
  return mode & 0o170000;
}
