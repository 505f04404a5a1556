import { KmonError } from '../errors/kmon-error.js';
import type { Json } from './resource.js';

/** Reads the parameters of a ledger entry, which another version of kmon may have written. */
export class Params {
  readonly #of: Readonly<Record<string, Json>>;
  readonly #kind: string;

  constructor(kind: string, params: Json) {
    this.#kind = kind;
    if (!isObject(params)) throw this.#wrong('its parameters');
    this.#of = params;
  }

  text(name: string): string {
    const value = this.#of[name];
    if (typeof value !== 'string') throw this.#wrong(name);
    return value;
  }

  number(name: string): number {
    const value = this.#of[name];
    if (typeof value !== 'number' || !Number.isFinite(value)) throw this.#wrong(name);
    return value;
  }

  /** One of the words of a closed list. */
  word<T extends string>(name: string, words: readonly T[]): T {
    const value = this.text(name);
    const word = words.find((w) => w === value);
    if (word === undefined) throw this.#wrong(name);
    return word;
  }

  texts(name: string): readonly string[] {
    const value = this.#of[name];
    if (!isTexts(value)) throw this.#wrong(name);
    return value;
  }

  /** The named parameters that are there, and nothing for those that are not: fits optional properties. */
  optional<K extends string>(...names: readonly K[]): { readonly [P in K]?: string } {
    const found: { [P in K]?: string } = {};
    for (const name of names) if (this.#of[name] !== undefined) found[name] = this.text(name);
    return found;
  }

  flag(name: string): boolean {
    return this.#of[name] === true;
  }

  has(name: string): boolean {
    return this.#of[name] !== undefined;
  }

  #wrong(what: string): KmonError {
    return new KmonError(
      'precondition',
      `the ledger has a ${this.#kind} entry in which ${what} cannot be read`,
      {
        hint: 'use the version of kmon that wrote it',
      },
    );
  }
}

export function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTexts(value: Json | undefined): value is readonly string[] {
  return Array.isArray(value) && value.every((v) => typeof v === 'string');
}
