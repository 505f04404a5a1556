import type { ExecResult } from '../../../src/transport/transport.js';

/** A finished command, as a transport returns it. */
export function result(
  stdout: string | object,
  rest: { readonly exitCode?: number; readonly stderr?: string } = {},
): ExecResult {
  return {
    exitCode: rest.exitCode ?? 0,
    stdout: typeof stdout === 'string' ? stdout : JSON.stringify(stdout),
    stderr: rest.stderr ?? '',
    durationMs: 1,
  };
}
