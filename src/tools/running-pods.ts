import { reads } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import { getRaw } from './kubectl.js';
import type { Kubectl } from './kubectl.js';

const MARK = '@@pods-on-nodes';

/**
 * How many pods run on each node. Counted where kubectl runs: the pods of a class are a megabyte, their numbers a line a machine. In the API's
 * JSON nothing but the node of a pod is called so; what is quoted in an annotation has backslashes in it. Ends with 0 whatever comes.
 */
export function countRunningPods(k: Kubectl): Command<'reads'> {
  const all = getRaw(k, '/api/v1/pods?fieldSelector=status.phase%3DRunning');
  return reads`if pods=$(${all}); then
  echo ${MARK}
  printf '%s' "$pods" | grep -o '"nodeName":"[^"]*"' | sort | uniq -c
fi`;
}

/** What stands before it in the output, and the numbers by the name of the node; `undefined`: the API did not say, or was not asked. */
export function parseRunningPods(stdout: string): {
  readonly before: string;
  readonly counts: ReadonlyMap<string, number> | undefined;
} {
  const [before = '', counted] = stdout.split(`${MARK}\n`);
  if (counted === undefined) return { before, counts: undefined };
  const found = [...counted.matchAll(/^ *(\d+) "nodeName":"([^"]+)"$/gm)];
  return { before, counts: new Map(found.map(([, count, node]) => [node ?? '', Number(count)])) };
}
