import { KmonError } from '../errors/kmon-error.js';
import type { Command, Stdin } from '../shell/command.js';
import { Secret } from '../shell/secret.js';
import { MAX_SHELL_INPUT } from '../transport/transport.js';
import type { ExecResult, ShellInput, Transport } from '../transport/transport.js';
import { marked } from './change-mark.js';
import { evidence, shorten } from './evidence.js';
import { hintFor } from './hints.js';
import { ranNothing } from './ran-nothing.js';
import type { Runner } from './runner.js';
import { newMark } from './mark.js';
import type { CommandTrace, Trace } from './traced.js';
import { watched } from './watch.js';
import { FRAME_BROKEN, afterMark, framed, standing, wire } from './wire.js';
import type { Privilege } from './wire.js';

/** Long enough for a slow disk, short enough to notice within the same lesson that a machine hangs. */
export const DEFAULT_TIMEOUT_MS = 120_000;

const SHOWN_LENGTH = 120;

export interface LiveRunnerOptions {
  readonly machine: string;
  readonly transport: Transport;
  readonly sudo: Privilege;
  /** Told of every change when it begins, and of every command when it has ended. */
  readonly trace?: Trace;
  /** The answer to a command that was run ahead of being asked for. */
  readonly early?: (command: Command) => ExecResult | undefined;
  readonly signal?: AbortSignal;
  /** For commands that have none of their own. Default `DEFAULT_TIMEOUT_MS`. */
  readonly defaultTimeoutMs?: number;
}

/**
 * Runs commands for real. A query is sent once more when the connection broke under it (its transport opens a new one); a change never
 * is, since nobody knows how far it came.
 */
export function liveRunner(options: LiveRunnerOptions): Runner {
  return {
    machine: options.machine,
    dryRun: false,
    async query(command) {
      try {
        return await run(options, 'query', command);
      } catch (error) {
        if (!(error instanceof KmonError) || error.code !== 'connection-lost') throw error;
        return run(options, 'query', command);
      }
    },
    attempt: (command) => run(options, 'try', command),
    async mutate(intent, command, stage) {
      await run(options, 'mutate', command, { intent, ...(stage === undefined ? {} : { stage }) });
    },
  };
}

async function run(
  options: LiveRunnerOptions,
  verb: CommandTrace['verb'],
  command: Command,
  change?: { readonly intent: string; readonly stage?: string },
): Promise<ExecResult> {
  const { machine, trace } = options;
  const intent = change?.intent;
  const began = performance.now();
  const mask = maskOf([command.stdin, options.sudo.mode === 'password' ? options.sudo.password : undefined]);
  const tell = (result?: ExecResult, failed?: boolean): void => {
    trace?.({
      type: 'command',
      machine,
      verb,
      ...change,
      shown: command.script,
      ...(result === undefined ? {} : { exitCode: result.exitCode }),
      durationMs: result?.durationMs ?? Math.round(performance.now() - began),
      ...(failed === true && result !== undefined && result.stderr !== ''
        ? { stderr: mask(result.stderr) }
        : {}),
    });
  };
  if (change !== undefined) trace?.({ type: 'command-started', machine, verb: 'mutate', ...change });
  let result: ExecResult;
  try {
    const sent = send(options, command, mask, intent);
    result = await (command.watch === undefined || change?.stage === undefined
      ? sent
      : beside(sent, command.watch, { options, mask, stage: change.stage }));
  } catch (error) {
    tell();
    throw error instanceof KmonError ? broken(error, intent).at({ machine, command: shown(command) }) : error;
  }
  const ok = command.ok ?? [0];
  const failed = ok !== 'any' && !ok.includes(result.exitCode);
  tell(result, failed);
  if (failed) throw failure(machine, command, result, mask, intent);
  return result;
}

/** Looks how a long change gets on, on the same connection; told as progress, and not as commands, of which there would be one every few seconds. */
function beside(
  sent: Promise<ExecResult>,
  watch: Command<'reads'>,
  o: { readonly options: LiveRunnerOptions; readonly mask: Mask; readonly stage: string },
): Promise<ExecResult> {
  const { options, mask, stage } = o;
  const { machine, trace } = options;
  return watched(
    sent,
    async () => mask((await send(options, watch, mask, undefined)).stdout),
    (text) => trace?.({ type: 'progress', machine, stage, text }),
  );
}

async function send(
  options: LiveRunnerOptions,
  command: Command,
  mask: Mask,
  intent: string | undefined,
): Promise<ExecResult> {
  const early = options.early?.(command);
  if (early !== undefined) return early;
  const mark = newMark();
  const script = intent === undefined ? command.script : marked(command.script, intent);
  const raw = await begin(options, script, mark, command);
  const stdout = afterMark(raw.stdout, mark);
  const stderr = afterMark(raw.stderr, mark);
  if (stdout === undefined || stderr === undefined) throw notBegun(options, raw, mask);
  return { ...raw, stdout, stderr };
}

/** Into a shell that is there, where there may be one. */
function begin(
  { transport, sudo, signal, defaultTimeoutMs }: LiveRunnerOptions,
  script: string,
  mark: string,
  command: Command,
): Promise<ExecResult> {
  const options = {
    timeoutMs: command.timeoutMs ?? defaultTimeoutMs ?? DEFAULT_TIMEOUT_MS,
    ...(signal === undefined ? {} : { signal }),
  };
  const shell = standing(sudo);
  const input = shellInput(command.stdin);
  if (shell !== undefined && input !== 'too much' && transport.inShell !== undefined)
    return transport.inShell(shell, framed(script, sudo, mark), { ...options, ...input });
  const { text, stdin } = wire(script, sudo, mark, command.stdin !== undefined);
  const all: readonly Stdin[] = command.stdin === undefined ? stdin : [...stdin, command.stdin];
  return transport.exec(text, { ...options, stdin: all });
}

/** What a shell can give to a script of its own accord; the rest goes to a program as it comes. */
function shellInput(stdin: Stdin | undefined): { readonly input?: ShellInput } | 'too much' {
  if (stdin === undefined) return {};
  if (!(typeof stdin === 'string' || stdin instanceof Secret)) return 'too much';
  const text = typeof stdin === 'string' ? stdin : stdin.reveal();
  return text.length <= MAX_SHELL_INPUT && !text.includes('\0') ? { input: stdin } : 'too much';
}

/** Nothing of the script ran: the login shell or sudo ended before it. */
function notBegun(options: LiveRunnerOptions, raw: ExecResult, mask: Mask): KmonError {
  const { machine, sudo } = options;
  const line = evidence({ stdout: mask(raw.stdout), stderr: mask(raw.stderr) });
  const details = { machine, ...(line === undefined ? {} : { evidence: line }) };
  if (raw.exitCode === FRAME_BROKEN) {
    return new KmonError('command', 'the command did not begin: its stdin was read by something else', {
      ...details,
      hint: `look for start files of the login shell on ${machine} that read from stdin`,
    });
  }
  if (sudo.mode === 'nopasswd' || sudo.mode === 'password') {
    return new KmonError(
      'no-sudo',
      `the command did not begin: sudo or the login shell ended with exit code ${raw.exitCode}`,
      {
        ...details,
        hint: `try sudo by hand on ${machine} (sudo -k true)`,
      },
    );
  }
  return ranNothing(machine, { ...raw, stdout: mask(raw.stdout), stderr: mask(raw.stderr) });
}

function failure(
  machine: string,
  command: Command,
  result: ExecResult,
  mask: Mask,
  intent: string | undefined,
): KmonError {
  const output = { stdout: mask(result.stdout), stderr: mask(result.stderr) };
  const line = evidence(output);
  const what = intent === undefined ? 'a look failed' : undone(intent);
  return new KmonError(
    'command',
    `${what}: ${line ?? `it ended with exit code ${result.exitCode}, and said nothing`}`,
    {
      machine,
      command: shown(command),
      hint: hintFor(`${output.stderr}\n${output.stdout}`, machine) ?? unknownRemedy(machine, line, intent),
    },
  );
}

/** Nobody knows what helps against what it said; what is always true is that nothing has to be begun anew. */
function unknownRemedy(machine: string, line: string | undefined, intent: string | undefined): string {
  if (line === undefined)
    return `try by hand on ${machine} what the transcript shows, and run the command again`;
  return intent === undefined
    ? `look into that on ${machine}, and run the command again`
    : `put that right on ${machine} and run the command again: it goes on from where it stands`;
}

/** A change that the connection or its deadline ended: the machine said nothing of it, so what it was for is all there is to tell. */
function broken(error: KmonError, intent: string | undefined): KmonError {
  const untold = error.code === 'timeout' || error.code === 'connection-lost' || error.code === 'command';
  return intent !== undefined && untold ? error.during(undone(intent)) : error;
}

function shown(command: Command): string {
  return shorten(command.script, SHOWN_LENGTH);
}

type Mask = (text: string) => string;

function maskOf(values: readonly (Stdin | undefined)[]): Mask {
  const secrets = values.filter((v) => v instanceof Secret);
  return (text) => secrets.reduce((t, secret) => secret.maskIn(t), text);
}

/** Intents are what is done, in the imperative; some are the call of a program by its name. Of a long list the first two stand for all. */
function undone(intent: string): string {
  const [first = '', second = '', ...others] = intent.split(', ');
  const what = others.length < 3 ? intent : `${first}, ${second} and ${others.length} others`;
  return `could not ${/^(kubeadm|helm) /.test(intent) ? 'run ' : ''}${what}`;
}
