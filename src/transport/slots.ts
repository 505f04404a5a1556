/** A fixed number of places; who finds none free waits in the order of arrival. */
export interface Slots {
  /** Runs `work` in a place of its own; the place is free again when it settles. */
  run<T>(work: () => Promise<T>): Promise<T>;
  /** Takes a place and gives back the function that frees it (calling it twice is harmless). */
  take(): Promise<() => void>;
  /** From now on at most this many at once (at least one); who has a place keeps it. */
  shrinkTo(count: number): void;
  readonly taken: number;
  /** Whoever takes a place now has to wait. */
  readonly full: boolean;
  /** Somebody waits for a place. */
  readonly wanted: boolean;
}

export function slots(count: number): Slots {
  let limit = Math.max(1, count);
  let taken = 0;
  const waiting: (() => void)[] = [];

  const next = (): void => {
    while (taken < limit) {
      const go = waiting.shift();
      if (go === undefined) return;
      taken += 1;
      go();
    }
  };
  const take = async (): Promise<() => void> => {
    await new Promise<void>((go) => {
      waiting.push(go);
      next();
    });
    let free = false;
    return () => {
      if (free) return;
      free = true;
      taken -= 1;
      next();
    };
  };
  return {
    take,
    async run(work) {
      const free = await take();
      try {
        return await work();
      } finally {
        free();
      }
    },
    shrinkTo(to) {
      limit = Math.max(1, Math.min(limit, to));
    },
    get taken() {
      return taken;
    },
    get full() {
      return taken >= limit;
    },
    get wanted() {
      return waiting.length > 0;
    },
  };
}
