import { KmonError } from '../errors/kmon-error.js';
import type { PowerShell } from '../shell/powershell.js';
import { powershellLine } from '../shell/powershell.js';
import type { Transport } from '../transport/transport.js';
import { evidence } from './evidence.js';
import { newMark } from './mark.js';
import type { Trace } from './traced.js';

/** Loading the modules of the firewall takes a slow laptop ten seconds. */
const TIMEOUT_MS = 60_000;

/**
 * Runs scripts of Windows PowerShell on one computer, whatever shell its SSH starts. Who logs in as an administrator is one without
 * being asked: OpenSSH for Windows gives the full token. A script that fails, at whatever line, rejects with KmonError `command`.
 */
export interface PowerShellRunner {
  readonly machine: string;
  /** What it printed, with line breaks as on Linux. */
  query(script: PowerShell<'reads'>): Promise<string>;
  /** Gives what it printed, since a change here tells how much it found. */
  mutate(intent: string, script: PowerShell<'changes'>, stage?: string): Promise<string>;
}

export interface PowerShellRunnerOptions {
  readonly machine: string;
  readonly transport: Transport;
  readonly trace?: Trace;
}

/** A runner over a connection that is there. */
export function powershellRunner(options: PowerShellRunnerOptions): PowerShellRunner {
  return {
    machine: options.machine,
    query: (script) => run(options, 'query', script),
    mutate: (intent, script, stage) => run(options, 'mutate', script, { intent, ...told(stage) }),
  };
}

async function run(
  options: PowerShellRunnerOptions,
  verb: 'query' | 'mutate',
  script: PowerShell,
  change?: { readonly intent: string; readonly stage?: string },
): Promise<string> {
  const { machine, transport, trace } = options;
  const intent = change?.intent;
  const mark = newMark();
  if (change !== undefined) trace?.({ type: 'command-started', machine, verb: 'mutate', ...change });
  const result = await transport.exec(powershellLine({ ...script, text: framed(script.text, mark) }), {
    timeoutMs: TIMEOUT_MS,
  });
  const stdout = result.stdout.replaceAll('\r', '');
  const at = stdout.indexOf(`${mark}\n`);
  const failed = result.exitCode !== 0 || at < 0;
  trace?.({
    type: 'command',
    machine,
    verb,
    ...change,
    shown: script.text,
    exitCode: result.exitCode,
    durationMs: result.durationMs,
    ...(failed && result.stderr !== '' ? { stderr: result.stderr } : {}),
  });
  if (!failed) return stdout.slice(at + mark.length + 1);
  const said = evidence({ stdout: at < 0 ? stdout : '', stderr: result.stderr.replaceAll('\r', '') });
  throw new KmonError(
    'command',
    `${intent === undefined ? 'a look failed' : `could not ${intent}`}: ${said ?? `PowerShell ended with exit code ${result.exitCode}, and said nothing`}`,
    {
      machine,
      hint: `log in to ${machine} as one of its administrators, or type the commands there that \`kmon check\` prints`,
    },
  );
}

function told(stage: string | undefined): { readonly stage?: string } {
  return stage === undefined ? {} : { stage };
}

/** An error's own message, in one line: what PowerShell would print goes over many, or comes as XML. */
function framed(text: string, mark: string): string {
  return `$ErrorActionPreference='Stop'
trap{[Console]::Error.WriteLine("error: $($_.Exception.Message)");exit 1}
'${mark}'
${text}`;
}
