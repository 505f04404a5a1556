import { randomBytes } from 'node:crypto';
import { PassThrough, Writable } from 'node:stream';
import type { Readable } from 'node:stream';
import { KmonError } from '../errors/kmon-error.js';
import { quote } from '../shell/quote.js';
import { Secret } from '../shell/secret.js';
import type { Ended, Running } from './attend.js';
import type { ShellInput, ShellStart } from './transport.js';

/** A shell that takes one script after another. */
export interface StandingShell {
  /**
   * One script, as a program of its own: in a subshell, so that nothing of it is left for the next one, with `input` or nothing on its stdin.
   * Not before the one before has ended. To give it up is to give up the shell.
   */
  run(script: string, input?: ShellInput): Running;
  /** False when the shell has ended or was given up, and while a script is under way. */
  readonly idle: boolean;
  /** It ends as soon as it has nothing to do. */
  end(): void;
}

/**
 * A shell on a machine that stays. To open a session, log in to it and become root costs a laptop as much as two hundred small programs
 * (57 ms of a processor, and 0.3 ms for a script in a shell that is there, both measured in a lab machine), and its owner's log a few lines.
 */
export function standingShell(shell: Running, start: ShellStart): StandingShell {
  let over = false;
  let current: Script | undefined;
  shell.stdin.on('error', () => undefined);
  for (const part of start.stdin) shell.stdin.write(textOf(part));
  shell.stdout.on('data', (chunk: Buffer) => current?.said.stdout.take(chunk));
  shell.stderr.on('data', (chunk: Buffer) => current?.said.stderr.take(chunk));
  void shell.ended.then((ended) => {
    over = true;
    current?.broken(ended);
  });
  return {
    get idle() {
      return !over && current === undefined;
    },
    run(text, input) {
      const mark = newEnd();
      const script = scriptUntil(mark);
      current = script;
      void script.output.ended.then(() => {
        if (current === script) current = undefined;
      });
      const program = `(eval ${quote(text)})`;
      // By a builtin of the shell: no argument that others see, no file.
      const fed =
        input === undefined
          ? `${program} </dev/null`
          : `printf %s ${quote(textOf(input))} 2>/dev/null | ${program}`;
      shell.stdin.write(`${fed}; s=$?; echo "${mark}$s"; echo "${mark}$s" >&2\n`);
      return {
        ...script.output,
        abandon() {
          over = true;
          shell.abandon();
        },
      };
    },
    end() {
      shell.stdin.end();
    },
  };
}

function textOf(input: ShellInput): string {
  return input instanceof Secret ? input.reveal() : input;
}

/** Behind the output of a script on both streams; then its exit code and the end of the line. */
function newEnd(): string {
  return `kmon-end:${randomBytes(12).toString('hex')}:`;
}

interface Script {
  readonly output: Omit<Running, 'abandon'>;
  readonly said: { readonly stdout: Output; readonly stderr: Output };
  /** The shell has ended under it. */
  broken(ended: Ended): void;
}

function scriptUntil(mark: string): Script {
  const stdout = outputUntil(mark);
  const stderr = outputUntil(mark);
  let how: Ended | undefined;
  const ended = new Promise<Ended>((resolve) => {
    let open = 2;
    for (const { stream } of [stdout, stderr]) {
      stream.once('end', () => {
        open -= 1;
        if (open === 0) resolve(how ?? { kind: 'exited', code: stdout.code ?? 0 });
      });
    }
  });
  return {
    output: { stdin: nobody(), stdout: stdout.stream, stderr: stderr.stream, ended },
    said: { stdout, stderr },
    broken(shellEnded) {
      if (stdout.code === undefined || stderr.code === undefined) how = cutOff(shellEnded);
      stdout.close();
      stderr.close();
    },
  };
}

/** A shell that ended well has still not said that its script did. */
function cutOff(ended: Ended): Ended {
  if (ended.kind !== 'exited' || ended.code !== 0) return ended;
  return {
    kind: 'lost',
    error: new KmonError('connection-lost', 'the shell there ended before the command did', {
      hint: 'run the same command again',
    }),
  };
}

/** Nothing is written to the stdin of a script. */
function nobody(): Writable {
  return new Writable({
    write(_chunk, _encoding, done) {
      done();
    },
  });
}

interface Output {
  readonly stream: Readable;
  take(chunk: Buffer): void;
  /** Said behind the mark. */
  readonly code: number | undefined;
  close(): void;
}

/** What comes before the mark. Output needs no line end, and comes in pieces of any size, so the mark may stand anywhere and in two of them. */
function outputUntil(mark: string): Output {
  const stream = new PassThrough();
  let held = Buffer.alloc(0);
  let code: number | undefined;
  return {
    stream,
    get code() {
      return code;
    },
    take(chunk) {
      if (code !== undefined) return;
      held = Buffer.concat([held, chunk]);
      const at = held.indexOf(mark);
      const safe = at < 0 ? Math.max(0, held.length - mark.length + 1) : at;
      if (safe > 0) stream.write(held.subarray(0, safe));
      held = held.subarray(safe);
      const said = at < 0 ? null : /^(\d+)\n/.exec(held.toString('latin1', mark.length, mark.length + 8));
      if (said === null) return;
      code = Number(said[1]);
      stream.end();
    },
    close() {
      if (code === undefined) stream.end(held);
    },
  };
}
