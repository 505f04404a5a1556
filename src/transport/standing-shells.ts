import type { Running } from './attend.js';
import { standingShell } from './standing-shell.js';
import type { StandingShell } from './standing-shell.js';
import type { ShellInput, ShellStart } from './transport.js';

/** The shells of one connection: each is used again by whoever needs the same, and none is opened while one of them has nothing to do. */
export interface StandingShells {
  /** Starts a script in a shell of this kind. Rejects with what `open` does. */
  run(
    start: ShellStart,
    script: string,
    input: ShellInput | undefined,
    givenUp: AbortSignal,
  ): Promise<Running>;
  /** One that has nothing to do makes room for something else. */
  endOne(): void;
  /** All that have nothing to do; those that are at work are ended after it. */
  retire(): void;
}

/** An older one gets no more scripts: sudo may be told to end what runs for long (command_timeout), and to count from the shell's own start. */
export const MAX_SHELL_AGE_MS = 30_000;

interface Known {
  readonly wire: string;
  readonly since: number;
  readonly shell: StandingShell;
}

/**
 * @param open starts what a wire says
 * @param wanted whether something else waits for the place that a shell has
 */
export function standingShells(
  open: (wire: string, givenUp: AbortSignal) => Promise<Running>,
  wanted: () => boolean,
  now = (): number => performance.now(),
): StandingShells {
  const known = new Set<Known>();
  let retired = false;
  const end = (one: Known): void => {
    known.delete(one);
    one.shell.end();
  };
  /** It has nothing to do now; somebody may have waited for its place. */
  const rest = (one: Known): void => {
    if (one.shell.idle && (retired || wanted())) end(one);
  };

  return {
    async run(start, script, input, givenUp) {
      for (const old of known) if (old.shell.idle && now() - old.since > MAX_SHELL_AGE_MS) end(old);
      let one = [...known].find(({ wire, shell }) => wire === start.wire && shell.idle);
      if (one === undefined) {
        const opened = await open(start.wire, givenUp);
        const made: Known = { wire: start.wire, since: now(), shell: standingShell(opened, start) };
        known.add(made);
        void opened.ended.then(() => known.delete(made));
        if (givenUp.aborted) rest(made);
        givenUp.throwIfAborted();
        one = made;
      }
      // Nothing was waited for since it was found or made, so it is nobody else's.
      const running = one.shell.run(script, input);
      const used = one;
      void running.ended.then(() => {
        rest(used);
      });
      return running;
    },
    endOne() {
      const one = [...known].find(({ shell }) => shell.idle);
      if (one !== undefined) end(one);
    },
    retire() {
      retired = true;
      for (const one of known) if (one.shell.idle) end(one);
    },
  };
}
