import type { Whereabouts } from './seek.js';

export type Moved = Extract<Whereabouts, { readonly is: 'moved' }>;

/** A machine whose new address stands in kmon.yaml for another one. */
export interface Held {
  readonly move: Moved;
  readonly by: string;
}

/**
 * Which new addresses can stand in kmon.yaml together. Routers give one machine what another had: that is no matter where the other has moved too,
 * and one computer twice where it has not been found.
 *
 * @param addresses of all computers of kmon.yaml, by name
 */
export function whatToWrite(
  moved: readonly Moved[],
  addresses: ReadonlyMap<string, string>,
): { readonly write: readonly Moved[]; readonly held: readonly Held[] } {
  const staying = new Map(addresses);
  for (const { name } of moved) staying.delete(name);
  const held = moved.flatMap((move): readonly Held[] => {
    const by = [...staying].find(([, address]) => address === move.now)?.[0];
    return by === undefined ? [] : [{ move, by }];
  });
  if (held.length === 0) return { write: moved, held };
  // Who stays has its old address still, which may be another's new one.
  const rest = whatToWrite(
    moved.filter((move) => !held.some((h) => h.move === move)),
    addresses,
  );
  return { write: rest.write, held: [...held, ...rest.held] };
}
