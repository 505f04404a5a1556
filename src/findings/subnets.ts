import { isIPv4 } from 'node:net';
import { overlap, subnetAround } from '../config/subnet.js';
import type { Subnet } from '../config/subnet.js';

/** A route's destination or an address with its prefix: the range it lies in, host bits left out. `undefined` for what is neither. */
export function rangeOf(text: string): Subnet | undefined {
  const [address = '', length = '32', ...rest] = text.split('/');
  if (rest.length > 0 || !isIPv4(address) || !/^\d{1,2}$/.test(length) || Number(length) > 32) {
    return undefined;
  }
  return subnetAround(address, Number(length));
}

/** The whole of `inner` lies in `outer`. */
export function within(inner: Subnet, outer: Subnet): boolean {
  return inner.prefix >= outer.prefix && overlap(inner, outer);
}
