import type { Command } from '../../shell/command.js';
import type { Json } from '../resource.js';

/** One kind of trace that a Kubernetes node leaves on a machine. Its `read` prints lines; a tool that is missing prints none. */
export interface FootprintPart<State extends Json> {
  readonly read: Command<'reads'>;
  parse(lines: readonly string[]): State;
  /** Takes away what is there now and was not there before, and nothing else. None: nothing to take away. */
  undo(found: State, now: State): readonly Command<'changes'>[];
}

/** What is in `now` and not in `found`, each as many times more as it is there. */
export function added(found: readonly string[], now: readonly string[]): readonly string[] {
  const left = [...found];
  return now.filter((x) => {
    const at = left.indexOf(x);
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
}
