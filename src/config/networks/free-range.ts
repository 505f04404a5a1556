import { formatSubnet, overlap, parseSubnet } from './subnet.js';
import type { Subnet } from './subnet.js';

/** What private addresses there are for ranges of our own. 192.168.0.0/16 is left out: it is where rooms live. */
const PRIVATE = ['10.0.0.0/8', '172.16.0.0/12'] as const;

/**
 * A range for pods or services that meets none of those that are taken: the wanted one if it is free, else the highest free one of the
 * same size (schools and offices number their networks from below), else a smaller one.
 *
 * @param wanted such as "10.244.0.0/16"
 * @param longest the longest prefix that is still of use
 * @returns `undefined` when there is none
 */
export function freeRange(wanted: string, longest: number, taken: readonly Subnet[]): string | undefined {
  const first = parseSubnet(wanted);
  if (first === undefined) return undefined;
  const free = firstFree([first], taken) ?? firstFree(privateRanges(first.prefix, longest), taken);
  return free === undefined ? undefined : formatSubnet(free);
}

/** The first of some ranges that meets none of those that are taken. */
export function firstFree(candidates: Iterable<Subnet>, taken: readonly Subnet[]): Subnet | undefined {
  for (const candidate of candidates) if (!taken.some((t) => overlap(t, candidate))) return candidate;
  return undefined;
}

/** Every private range, the large ones first, of one size from above. */
function* privateRanges(shortest: number, longest: number): Iterable<Subnet> {
  for (let prefix = shortest; prefix <= longest; prefix++) {
    for (const text of PRIVATE) {
      const home = parseSubnet(text);
      if (home === undefined || home.prefix > prefix) continue;
      const size = 2 ** (32 - prefix);
      const last = home.base + 2 ** (32 - home.prefix) - size;
      for (let base = last; base >= home.base; base -= size) yield { base, prefix };
    }
  }
}
