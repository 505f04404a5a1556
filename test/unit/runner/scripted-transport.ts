import type { ExecOptions, ExecResult, Transport } from '../../../src/transport/transport.js';

export interface Sent {
  readonly wire: string;
  readonly options: ExecOptions;
}

export type Answer = (sent: Sent) => Partial<ExecResult> | Error;

export interface ScriptedTransport extends Transport {
  readonly sent: readonly Sent[];
}

/** Answers in the order given; a command that no answer is left for fails the test. */
export function scriptedTransport(answers: readonly Answer[]): ScriptedTransport {
  const sent: Sent[] = [];
  return {
    sent,
    async exec(wire, options = {}) {
      const answer = answers[sent.length];
      sent.push({ wire, options });
      if (answer === undefined) throw new Error(`unexpected command ${sent.length}: ${wire}`);
      const result = answer({ wire, options });
      if (result instanceof Error) throw result;
      return { exitCode: 0, stdout: '', stderr: '', durationMs: 7, ...result };
    },
    async close() {
      // Nothing is open.
    },
  };
}

/** The script inside a wire that was not too long, marks and all. */
export function payloadOf(wire: string): string {
  const encoded = /echo ([A-Za-z0-9+/=]+)\|base64 -d/.exec(wire)?.[1] ?? '';
  return Buffer.from(encoded, 'base64').toString('utf8');
}

/** What a machine would print: the mark of this wire on both outputs, then the given text. */
export function marked(
  wire: string,
  output: { readonly stdout?: string; readonly stderr?: string },
): Partial<ExecResult> {
  const mark = /kmon:[0-9a-f]+/.exec(payloadOf(wire))?.[0] ?? 'no mark';
  return {
    stdout: `Welcome!\n${mark}\n${output.stdout ?? ''}`,
    stderr: `noise\n${mark}\n${output.stderr ?? ''}`,
  };
}
