import type { OtherSystem } from '../errors/kmon-error.js';
import type { Transport } from '../transport/transport.js';
import { newMark } from './mark.js';
import { secondLook, systemOf, systemOfSecondLook } from './other-system.js';
import { afterMark, wire } from './wire.js';

const TIMEOUT_MS = 30_000;

/**
 * Which system a computer runs, asked as the user who logs in, by one command (two on Windows). Leaves nothing there, and needs neither
 * root nor a password. `undefined`: a Linux, or nothing that could be made out.
 */
export async function recognise(
  transport: Transport,
  options: { readonly signal?: AbortSignal } = {},
): Promise<OtherSystem | undefined> {
  const ask = { timeoutMs: TIMEOUT_MS, ...options };
  const mark = newMark();
  const script = 'echo "system=$(uname -sr)"; command -v sw_vers >/dev/null && sw_vers';
  const { text, stdin } = wire(script, { mode: 'user' }, mark, false);
  const first = await transport.exec(text, { ...ask, stdin });
  const said = afterMark(first.stdout, mark);
  if (said !== undefined) return systemOf(said);
  return systemOfSecondLook((await transport.exec(secondLook(first.stderr), ask)).stdout);
}
