import { formatAddress, parseSubnet } from './subnet.js';
import type { Subnet } from './subnet.js';

/**
 * The networks of a kernel's table of routes (/proc/net/route: a title, then a line a route with destination in column 2 and mask in
 * column 8, both hexadecimal in the byte order of a little-endian machine, as all are that kmon knows). The default route is left out:
 * everything is in it.
 */
export function networksOfRoutes(table: string): readonly Subnet[] {
  return table.split('\n').flatMap((line) => {
    const [, destination = '', , , , , , mask = ''] = line.trim().split(/\s+/);
    if (!/^[0-9A-F]{8}$/i.test(destination) || !/^[0-9A-F]{8}$/i.test(mask)) return [];
    const prefix = fromHex(mask).toString(2).replaceAll('0', '').length;
    if (prefix === 0) return [];
    return parseSubnet(`${formatAddress(fromHex(destination))}/${prefix}`) ?? [];
  });
}

function fromHex(word: string): number {
  const bytes = word.match(/../g) ?? [];
  return bytes.reduceRight((sum, byte) => sum * 256 + Number.parseInt(byte, 16), 0);
}
