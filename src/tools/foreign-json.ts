import { KmonError } from '../errors/kmon-error.js';

/**
 * One value of a JSON text that another program printed, read without trusting its shape: what is absent or of another type is
 * `undefined`, or empty for lists and maps. Kubernetes leaves out every field that has its zero value, so absence is normal.
 */
export class ForeignJson {
  readonly #value: unknown;

  constructor(value: unknown) {
    this.#value = value;
  }

  /** The member at this path of names; an absent one reads as absent all the way down. */
  at(...path: readonly string[]): ForeignJson {
    let now = this.#value;
    for (const name of path) now = isObject(now) && Object.hasOwn(now, name) ? now[name] : undefined;
    return new ForeignJson(now);
  }

  get exists(): boolean {
    return this.#value !== undefined && this.#value !== null;
  }

  get text(): string | undefined {
    return typeof this.#value === 'string' ? this.#value : undefined;
  }

  get number(): number | undefined {
    return typeof this.#value === 'number' ? this.#value : undefined;
  }

  get flag(): boolean | undefined {
    return typeof this.#value === 'boolean' ? this.#value : undefined;
  }

  get isList(): boolean {
    return Array.isArray(this.#value);
  }

  get list(): readonly ForeignJson[] {
    return Array.isArray(this.#value) ? this.#value.map((v: unknown) => new ForeignJson(v)) : [];
  }

  /** The members whose values are text. */
  get texts(): Readonly<Record<string, string>> {
    if (!isObject(this.#value)) return {};
    return Object.fromEntries(
      Object.entries(this.#value).filter((e): e is [string, string] => typeof e[1] === 'string'),
    );
  }
}

/**
 * @param by The program that printed it, for the message.
 * @throws KmonError `command` when the text is no JSON; its first line is the evidence.
 */
export function parseForeignJson(text: string, by: string): ForeignJson {
  try {
    return new ForeignJson(JSON.parse(text) as unknown);
  } catch (cause) {
    const line = text.trim().split('\n', 1)[0] ?? '';
    throw new KmonError('command', `${by} printed something that is no JSON`, {
      evidence: line.slice(0, 200),
      cause,
    });
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
