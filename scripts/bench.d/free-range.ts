// A range of addresses that this computer does not use yet.
import { ipJson } from './ip.js';

const number = (address: string): number =>
  address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0);

/** The first three parts of a free /24 in 10.0.0.0/8, such as "10.203.0". */
export function freeRange(): string {
  const taken = ipJson('-4', 'route', 'show', 'table', 'all').flatMap(({ dst }) => {
    const [address = '', prefix = '32'] = (dst ?? '').split('/');
    // The default route is everybody's.
    return /^\d+\.\d+\.\d+\.\d+$/.test(address) && prefix !== '0'
      ? [{ first: number(address), last: number(address) + 2 ** (32 - Number(prefix)) - 1 }]
      : [];
  });
  // High ones: rooms and container engines begin at the low end.
  for (let second = 250; second >= 200; second -= 1) {
    for (let third = 0; third < 256; third += 1) {
      const first = number(`10.${second}.${third}.0`);
      if (taken.every((range) => range.last < first || range.first > first + 255))
        return `10.${second}.${third}`;
    }
  }
  throw new Error('there is no free range of addresses in 10.200.0.0 to 10.250.255.255');
}
