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
  /** One computer with two network cards, or copies of one disk: nobody can tell from here. */
  | { readonly is: 'doubled'; readonly at: readonly string[] }
  /** The key that was found is pinned for all of these. */
  | { readonly is: 'shared'; readonly of: readonly string[] }
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
  const shared = new Map<string, readonly string[]>();
  const left = groups(machines).flatMap(({ of, port, types }) =>
    addresses.map((host) => ({ of, at: { host, port, types } })),
  );
  const worker = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      const key = await ask(next.at, signal);
      if (key === undefined) continue;
      const owners = next.of.filter((m) => m.keys.some((own) => own.equals(key)));
      for (const { name } of owners) {
        found.set(name, [...(found.get(name) ?? []), { address: next.at.host, key }]);
        if (owners.length > 1)
          shared.set(
            name,
            owners.map((o) => o.name),
          );
      }
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, worker));
  return machines.map(({ name, address: was, port }) => {
    const finds = found.get(name) ?? [];
    const [first, ...more] = finds;
    if (first === undefined) return { name, was, is: 'lost' };
    const of = shared.get(name);
    if (of !== undefined) return { name, was, is: 'shared', of };
    // It was slow when it was asked first.
    if (finds.some((f) => f.address === was)) return { name, was, is: 'there' };
    if (more.length > 0) return { name, was, is: 'doubled', at: finds.map((f) => f.address) };
    const { address: now, key } = first;
    return { name, was, is: 'moved', now, port, key, fingerprint: fingerprint(key) };
  });
}

/** Who can be asked for together: a server shows one key, of the first type that it is asked for and has. */
function groups(
  machines: readonly Known[],
): readonly { readonly of: readonly Known[]; readonly port: number; readonly types: readonly string[] }[] {
  const all = new Map<string, Known[]>();
  for (const machine of machines) {
    const id = [machine.port, ...typesOf(machine.keys)].join(' ');
    all.set(id, [...(all.get(id) ?? []), machine]);
  }
  return [...all.values()].map((of) => ({
    of,
    port: of[0]?.port ?? 0,
    types: typesOf(of.flatMap((m) => m.keys)),
  }));
}

function typesOf(keys: readonly Buffer[]): readonly string[] {
  return [...new Set(keys.map(keyType))].toSorted();
}
