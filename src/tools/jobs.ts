import type { ExecResult } from '../transport/transport.js';
import { parseForeignJson } from './foreign-json.js';
import { isObjectThere, itemsOf } from './kubernetes-objects.js';

/** By what the API knows an object from one of the same name before it; `undefined`: it is not there. */
export function parseUid(result: ExecResult): string | undefined {
  if (!isObjectThere(result)) return undefined;
  return parseForeignJson(result.stdout, 'kubectl').at('metadata', 'uid').text;
}

/**
 * Why a Job gets no pod, in the words of who refuses it, of the events of its namespace; `undefined`: nobody does.
 *
 * @param uid of the Job: one of the same name may have been refused an hour ago
 */
export function parseRefusal(events: ExecResult, uid: string): string | undefined {
  const refused = itemsOf(events, 'events').findLast(
    (item) => item.at('involvedObject', 'uid').text === uid && item.at('reason').text === 'FailedCreate',
  );
  const said = refused?.at('message').text?.split('\n', 1)[0];
  if (said === undefined) return undefined;
  return /is forbidden: (.*)$/.exec(said)?.[1] ?? said;
}
