/** How many sessions a server may have to count on one connection, as far as that can be known from here. */
export interface Sessions {
  /** Resolves when one more may be asked for, with what is to be called when the server has answered. */
  ask(): Promise<() => void>;
  /** One has ended. */
  closed(): void;
}

/**
 * OpenSSH counts a session that has ended until it has looked after its channels, and it reads all that has come before it does that: who ends
 * three and asks for three in one breath asks for three more than there may be, and is refused. What is sent after the answer to a question that
 * came behind the end is read later (serverloop.c: packets are dispatched, then channels collected, then packets read). So sessions that have
 * ended count until such an answer; where no question is under way that could bring one, the next goes ahead.
 *
 * @param most how many the server allows
 * @param open how many are open from here, with the one that is about to be asked for
 */
export function sessions(most: number, open: () => number): Sessions {
  let turn = 0;
  let ended: readonly number[] = [];
  const asking = new Set<number>();
  let waiting: (() => void)[] = [];
  return {
    async ask() {
      while (open() + ended.length > most && asking.size > 0)
        await new Promise<void>((go) => waiting.push(go));
      const mine = (turn += 1);
      asking.add(mine);
      return () => {
        asking.delete(mine);
        ended = ended.filter((at) => at > mine);
        const all = waiting;
        waiting = [];
        for (const go of all) go();
      };
    },
    closed() {
      ended = [...ended, (turn += 1)];
    },
  };
}
