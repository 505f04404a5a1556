import { formatAddress, subnetAround } from '../../config/networks/subnet.js';

/** What a home router or an access point gives out; a larger network is not looked through. */
const PREFIX = 24;

/**
 * The addresses at which a machine may be that was at `from`: those of the same 254, and of those around the parent, in that order and once each,
 * without those that are held by machines that answer as they should.
 */
export function whereToLook(from: readonly string[], held: readonly string[]): readonly string[] {
  const around = from.flatMap((address) => {
    const { base } = subnetAround(address, PREFIX);
    return Array.from({ length: 2 ** (32 - PREFIX) - 2 }, (_, i) => formatAddress(base + 1 + i));
  });
  return [...new Set(around)].filter((address) => !held.includes(address));
}
