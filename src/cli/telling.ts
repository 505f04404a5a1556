import type { EngineEvent } from '../engine/events.js';
import type { RunReport } from '../engine/report.js';
import type { MachineInShort } from '../facts/in-short.js';
import type { Secret } from '../shell/secret.js';
import { Transcript } from '../ui/transcript.js';
import type { TranscriptOptions } from '../ui/transcript.js';
import type { View } from '../ui/view.js';

/** Where everything that happens in a command is told: the transcript first, then the view. */
export interface Telling {
  /** Of the transcript. */
  readonly path: string;
  readonly tell: (event: EngineEvent) => void;
  /** From now on this is masked in the transcript. */
  readonly mask: (secret: Secret) => void;
  /** What a machine is, for the transcript alone. */
  machine(name: string, facts: MachineInShort): void;
  /** The end of a run, for the transcript alone: whether it is shown is for the command to say. */
  finish(report: RunReport): void;
  /** What ended the command, for the transcript alone. */
  fail(error: unknown): void;
  /** Closes the transcript; its last line is the exit code with which the command ends. */
  close(exitCode: number): void;
}

/** Opens the transcript. The view belongs to whoever opened it. @throws KmonError `config` when it cannot be written. */
export function openTelling(view: View, options: TranscriptOptions): Telling {
  const transcript = Transcript.open(options);
  const secrets: Secret[] = [];
  return {
    path: transcript.path,
    tell: (event) => {
      const full = event.type === 'run-started' ? { ...event, transcript: transcript.path } : event;
      transcript.handle(full);
      view.handle(full);
    },
    mask: (secret) => {
      secrets.push(secret);
      transcript.redact(secrets);
    },
    machine: (name, facts) => {
      transcript.machine(name, facts);
    },
    finish: (report) => {
      transcript.finish(report);
    },
    fail: (error) => {
      transcript.fail(error);
    },
    close: (exitCode) => {
      transcript.end(exitCode);
      if (transcript.problem !== undefined)
        view.handle({ type: 'note', text: `the transcript is not complete: ${transcript.problem}` });
      transcript.close();
    },
  };
}
