import { fingerprint, keyType } from '../../transport/host-keys/known-hosts.js';
import { shownKey } from '../../transport/host-keys/shown-key.js';
import type { Asked } from '../../transport/host-keys/shown-key.js';

/** A machine whose keys are known. */
export interface Known {
  readonly name: string;
  readonly address: string;
  readonly port: number;
  /** Pinned, whatever their type. */
  readonly keys: readonly Buffer[];
}

/** Where a machine is that was known at an address. */
export type Whereabouts = { readonly name: string; readonly was: string } & (
  | { readonly is: 'there' }
  | {
      readonly is: 'moved';
      readonly now: string;
      readonly port: number;
      readonly key: Buffer;
      readonly fingerprint: string;
    }
  /** Copies of one disk: nobody can tell which of them it is. */
  | { readonly is: 'doubled'; readonly at: readonly string[] }
  | { readonly is: 'lost' }
);

/** As `shownKey`. */
type Ask = (at: Asked, signal: AbortSignal) => Promise<Buffer | undefined>;

/** So many at a time: half of a network's addresses keep silent for two seconds each. */
const AT_ONCE = 64;

/** Asks each machine at its address whether it is there: with one of its own keys. */
export async function areThere(
  machines: readonly Known[],
  signal: AbortSignal,
  ask: Ask = shownKey,
): Promise<ReadonlyMap<string, boolean>> {
  const answers = await Promise.all(
    machines.map(async ({ name, address: host, port, keys }) => {
      const key = await ask({ host, port, types: typesOf(keys) }, signal);
      return [name, key !== undefined && keys.some((own) => own.equals(key))] as const;
    }),
  );
  return new Map(answers);
}

/**
 * Looks for machines by their host keys at these addresses: nothing else about a machine is its own and can be asked without a login.
 *
 * @throws KmonError `interrupted`
 */
export async function seek(
  machines: readonly Known[],
  addresses: readonly string[],
  signal: AbortSignal,
  ask: Ask = shownKey,
): Promise<readonly Whereabouts[]> {
  const found = new Map<string, { readonly address: string; readonly key: Buffer }[]>();
  const ports = [...new Set(machines.map((m) => m.port))];
  const left = ports.flatMap((port) => {
    const of = machines.filter((m) => m.port === port);
    const types = typesOf(of.flatMap((m) => m.keys));
    return addresses.map((host) => ({ of, at: { host, port, types } }));
  });
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const key = await ask(next.at, signal);
      if (key === undefined) continue;
      const owner = next.of.find((m) => m.keys.some((own) => own.equals(key)));
      if (owner === undefined) continue;
      found.set(owner.name, [...(found.get(owner.name) ?? []), { address: next.at.host, key }]);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return machines.map(({ name, address: was, port }) => {
    const [first, ...more] = found.get(name) ?? [];
    if (first === undefined) return { name, was, is: 'lost' };
    if (more.length > 0) return { name, was, is: 'doubled', at: [first, ...more].map((f) => f.address) };
    const { address: now, key } = first;
    return { name, was, is: 'moved', now, port, key, fingerprint: fingerprint(key) };
  });
}

function typesOf(keys: readonly Buffer[]): readonly string[] {
  return [...new Set(keys.map(keyType))];
}
