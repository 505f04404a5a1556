import type { Runner } from '../runner/runner.js';
import { parseFacts } from './parse.js';
import { factsCommand } from './script.js';
import type { Facts } from './facts.js';

/**
 * One look at one machine, in one round trip.
 *
 * @throws KmonError as the runner does; `command` when the machine's answer is not whole.
 */
export async function readFacts(
  run: Runner,
  parentAddress: string,
  clock: { now(): number } = Date,
): Promise<Facts> {
  const result = await run.query(factsCommand(parentAddress));
  // It may have come along with the login, some time before it was asked for.
  const receivedAt = result.endedAt ?? clock.now();
  // Not the time before the call: the command may have waited for a connection.
  return parseFacts(result.stdout, { sentAt: receivedAt - result.durationMs, receivedAt });
}
