import { appendFileSync, closeSync, mkdirSync, openSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { EngineEvent } from '../engine/events.js';
import type { RunReport } from '../engine/report.js';
import { KmonError } from '../errors/kmon-error.js';
import type { MachineInShort } from '../facts/in-short.js';
import { thisPlatform } from '../here/platform/this-platform.js';
import type { Secret } from '../shell/secret.js';
import { errorRecord, eventRecord, jsonLine, reportRecord } from './event-record.js';
import type { Json } from './event-record.js';
import { redactor } from './redact.js';

/** How many transcripts of earlier runs are kept, this one included: those of a lesson, of which `kmon report` tells. */
export const TRANSCRIPTS_KEPT = 100;

/** The name `fileName` gives; nothing else in the folder is ever removed. */
const TRANSCRIPT_NAME = /^\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{3}Z-[a-z-]+(\.\d+)?\.jsonl$/;

export interface TranscriptOptions {
  readonly folder: string;
  /** Name of the command, as typed: "join-child", "teams list". */
  readonly command: string;
  readonly version: string;
  readonly now?: () => number;
}

/**
 * What happened in a run, one JSON line an event, readable by its owner alone. Each line is handed to the operating system before
 * `handle` returns, so that a crash of kmon keeps what was there (a crash of the computer may lose the last seconds).
 *
 * Once the file is open nothing here throws: a full disk must not stop a run in the middle. `problem` then says what was lost.
 */
export class Transcript {
  readonly path: string;
  private readonly now: () => number;
  private fd: number | undefined;
  private mask: (value: unknown) => unknown = (value) => value;
  private lost: string | undefined;

  private constructor(path: string, fd: number, now: () => number) {
    this.path = path;
    this.fd = fd;
    this.now = now;
  }

  /**
   * Opens a new file and removes the oldest ones beyond `TRANSCRIPTS_KEPT`.
   *
   * @throws KmonError `config` when the folder cannot be made or written.
   */
  static open({ folder, command, version, now = Date.now }: TranscriptOptions): Transcript {
    try {
      const made = mkdirSync(folder, { recursive: true, mode: 0o700 });
      if (made !== undefined) thisPlatform.shut(made, 'folder');
      const { path, fd } = create(folder, new Date(now()), command);
      removeOldest(folder);
      const transcript = new Transcript(path, fd, now);
      transcript.write({ type: 'transcript', command, kmon: version, node: process.version });
      return transcript;
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new KmonError('config', `the transcript cannot be written: ${reason}`, {
        hint: `make ${folder} a folder that you may write`,
        cause: error,
      });
    }
  }

  /** Why lines are missing in the file; `undefined` when none is. */
  get problem(): string | undefined {
    return this.lost;
  }

  /** From now on the clear text of these is masked, should it arrive against all rules; see `redactor` for what that cannot do. */
  redact(known: readonly Secret[]): void {
    this.mask = redactor(known);
  }

  handle(event: EngineEvent): void {
    this.write(eventRecord(event, new Date(this.now())));
  }

  /** What a machine is, once in a run: of this a report tells when nobody can be asked any more. */
  machine(machine: string, facts: MachineInShort): void {
    this.write({ type: 'facts', machine, ...facts });
  }

  finish(report: RunReport): void {
    this.write(reportRecord(report, new Date(this.now())));
  }

  fail(error: unknown): void {
    this.write({ type: 'error', ...errorRecord(error) });
  }

  /** How the command as a whole ended, which the end of none of its runs tells. */
  end(exitCode: number): void {
    this.write({ type: 'ended', exitCode });
  }

  /** Later lines are dropped. */
  close(): void {
    if (this.fd === undefined) return;
    closeSync(this.fd);
    this.fd = undefined;
  }

  private write(record: Json): void {
    if (this.fd === undefined) return;
    const masked = this.mask({ at: new Date(this.now()).toISOString(), ...record }) as Json;
    try {
      appendFileSync(this.fd, `${jsonLine(masked)}\n`);
    } catch (error) {
      this.lost ??= error instanceof Error ? error.message : String(error);
    }
  }
}

/** Colons of the ISO time become dashes: scp, Windows shares and make take them for something else. */
function fileName(at: Date, command: string, attempt: number): string {
  const safe = command.replace(/[^a-z-]/g, '-');
  return `${at.toISOString().replaceAll(':', '-')}-${safe}${attempt === 0 ? '' : `.${attempt}`}.jsonl`;
}

/** Always a new file (`x` follows no link and opens nothing that exists); two runs in one millisecond get two names. */
function create(folder: string, at: Date, command: string): { readonly path: string; readonly fd: number } {
  for (let attempt = 0; ; attempt++) {
    const path = join(folder, fileName(at, command, attempt));
    try {
      return { path, fd: openSync(path, 'ax', 0o600) };
    } catch (error) {
      const taken = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      if (!taken || attempt === 99) throw error;
    }
  }
}

function removeOldest(folder: string): void {
  const names = readdirSync(folder)
    .filter((name) => TRANSCRIPT_NAME.test(name))
    .sort();
  for (const name of names.slice(0, -TRANSCRIPTS_KEPT)) rmSync(join(folder, name), { force: true });
}
