import { isIPv4 } from 'node:net';

/** A range of IPv4 addresses, as two numbers that are compared without sign. */
export interface Subnet {
  readonly base: number;
  readonly prefix: number;
}

/** "10.244.0.0/16" with nothing set behind the prefix; `undefined` for everything else. */
export function parseSubnet(text: string): Subnet | undefined {
  const [address = '', length = '', ...rest] = text.split('/');
  if (rest.length > 0 || !isIPv4(address) || !/^\d{1,2}$/.test(length) || Number(length) > 32)
    return undefined;
  const subnet = { base: toNumber(address), prefix: Number(length) };
  return first(subnet) === subnet.base ? subnet : undefined;
}

/** The two ranges have an address in common. */
export function overlap(a: Subnet, b: Subnet): boolean {
  return first(a) <= last(b) && first(b) <= last(a);
}

/** An IPv4 address as a range of one. */
export function addressRange(address: string): Subnet {
  return { base: toNumber(address), prefix: 32 };
}

/** The subnet of `prefix` bits that holds an address. */
export function subnetAround(address: string, prefix: number): Subnet {
  return { base: first({ base: toNumber(address), prefix }), prefix };
}

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

/** "10.244.0.0/16" */
export function formatSubnet({ base, prefix }: Subnet): string {
  return `${formatAddress(base)}/${prefix}`;
}

/** An address as people write it. */
export function formatAddress(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join('.');
}

/** How many ranges of `prefix` fit into the subnet. */
export function countOf(prefix: number, subnet: Subnet): number {
  return prefix < subnet.prefix ? 0 : 2 ** (prefix - subnet.prefix);
}

function size(subnet: Subnet): number {
  return 2 ** (32 - subnet.prefix);
}

function first(subnet: Subnet): number {
  return subnet.base - (subnet.base % size(subnet));
}

function last(subnet: Subnet): number {
  return first(subnet) + size(subnet) - 1;
}

function toNumber(address: string): number {
  return address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);
}
