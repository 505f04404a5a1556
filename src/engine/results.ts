/** Stands for something that is given later, to whoever holds the key: a step, or a stage. `T` is its type, for the compiler alone. */
export interface Key<T> {
  readonly id: string;
  readonly gives?: T;
}

/** A key of its own each time: two of one name are two. */
export function key<T>(id: string): Key<T> {
  return { id };
}

/** What the steps that were carried out so far have given; empty before the first. */
export interface Results {
  get<T>(key: Key<T>): T | undefined;
}

/** A result with its key. */
export interface Given {
  readonly key: Key<unknown>;
  readonly value: unknown;
}

/** Made only here, so that the two fit. */
export function give<T>(key: Key<T>, value: T): Given {
  return { key, value };
}

/** Results that can be added to: the engine's, while it carries a stage out. */
export class ResultStore implements Results {
  private readonly values = new Map<Key<unknown>, unknown>();

  get<T>(key: Key<T>): T | undefined {
    // `give` is the only way in, and takes a value of the key's type.
    return this.values.get(key) as T | undefined;
  }

  keep({ key, value }: Given): void {
    this.values.set(key, value);
  }
}

/** What the stages of a run saw last, by machine: how one stage tells another, and the run its command. */
export class SeenByStage {
  private readonly byStage = new Map<Key<unknown>, Map<string, unknown>>();

  keep<T>(stage: Key<T>, machine: string, seen: T): void {
    const machines = this.byStage.get(stage) ?? new Map<string, unknown>();
    this.byStage.set(stage, machines);
    machines.set(machine, seen);
  }

  /** A copy as of now. */
  of<T>(stage: Key<T>): ReadonlyMap<string, T> {
    // `keep` is the only way in, and takes what this very stage gives.
    return new Map(this.byStage.get(stage)) as ReadonlyMap<string, T>;
  }
}
