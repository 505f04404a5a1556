import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';

/** What is told of it before it comes. */
export interface Label {
  readonly type?: string;
  readonly lastModified?: string;
  /** Absent: nobody said so. */
  readonly sizeBytes?: number;
}

const CHUNK_BYTES = 256 * 1024;

/**
 * A file that arrives, or that is there: who reads it gets what has come, and then what comes, at a pace of its own; nobody waits for the
 * slowest, and who leaves early disturbs nobody. Its file is closed when it is complete or given up, and nobody holds it.
 */
export class Parcel {
  readonly label: Label;
  private readonly file: FileHandle;
  private arrived: number;
  private state: 'coming' | 'complete' | Error;
  private holders = 0;
  private closed = false;
  private wake: readonly (() => void)[] = [];

  private constructor(label: Label, file: FileHandle, arrived: number, state: 'coming' | 'complete') {
    this.label = label;
    this.file = file;
    this.arrived = arrived;
    this.state = state;
  }

  static coming(label: Label, file: FileHandle): Parcel {
    return new Parcel(label, file, 0, 'coming');
  }

  static complete(label: Label & { readonly sizeBytes: number }, file: FileHandle): Parcel {
    return new Parcel(label, file, label.sizeBytes, 'complete');
  }

  /** Adds to what has arrived. Resolves when it can be read. */
  async add(chunk: Buffer): Promise<void> {
    let written = 0;
    while (written < chunk.length) {
      const { bytesWritten } = await this.file.write(chunk, written, chunk.length - written, this.arrived);
      written += bytesWritten;
      this.arrived += bytesWritten;
    }
    this.tell();
  }

  /** All of it is there and as it should be; or, with an error, it will never be. */
  async end(failure?: Error): Promise<void> {
    this.state = failure ?? 'complete';
    this.tell();
    await this.closeUnused();
  }

  get sizeBytes(): number {
    return this.arrived;
  }

  /** To be asked before it is read, and followed by `release`; false: it is over, and has to be found anew. */
  hold(): boolean {
    if (this.closed) return false;
    this.holders += 1;
    return true;
  }

  async release(): Promise<void> {
    this.holders -= 1;
    await this.closeUnused();
  }

  /** From that byte to before that one. Fails with the error that it ended with. */
  read(from = 0, to = Number.POSITIVE_INFINITY): Readable {
    return Readable.from(this.chunks(from, to), { objectMode: false, highWaterMark: CHUNK_BYTES });
  }

  private async *chunks(from: number, to: number): AsyncGenerator<Buffer> {
    let at = from;
    while (at < to) {
      const there = Math.min(this.arrived, to) - at;
      if (there > 0) {
        const buffer = Buffer.allocUnsafe(Math.min(there, CHUNK_BYTES));
        const { bytesRead } = await this.file.read(buffer, 0, buffer.length, at);
        if (bytesRead === 0) throw new Error('the file of what was fetched became shorter');
        at += bytesRead;
        // The last bytes of what may turn out to be wrong are kept back: who has all of them takes it for whole.
        if (at === this.label.sizeBytes) await this.judged();
        if (this.state instanceof Error) throw this.state;
        yield buffer.subarray(0, bytesRead);
        continue;
      }
      if (this.state instanceof Error) throw this.state;
      if (this.state === 'complete') return;
      await this.news();
    }
  }

  private async judged(): Promise<void> {
    while (this.state === 'coming') await this.news();
  }

  private news(): Promise<void> {
    return new Promise((resolve) => (this.wake = [...this.wake, resolve]));
  }

  private tell(): void {
    const waiting = this.wake;
    this.wake = [];
    for (const resolve of waiting) resolve();
  }

  private async closeUnused(): Promise<void> {
    if (this.state === 'coming' || this.holders > 0 || this.closed) return;
    this.closed = true;
    await this.file.close();
  }
}
