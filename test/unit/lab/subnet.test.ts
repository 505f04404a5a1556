import { describe, expect, it } from 'vitest';
import { freeSubnet, gatewayOf, machineAddress, routedRanges } from '../../../src/lab/subnet.js';

describe('the subnet of a lab', () => {
  it('is the first candidate that nothing overlaps', () => {
    expect(freeSubnet([])).toBe('10.77.0.0/24');
    expect(freeSubnet(['10.77.0.0/24', '10.77.1.128/25', '10.77.2.9'])).toBe('10.77.3.0/24');
    expect(freeSubnet(['10.77.0.0/16'])).toBe('172.29.0.0/24');
  });

  it('stays away from wide routes and ignores what is no IPv4', () => {
    expect(freeSubnet(['10.0.0.0/8', 'default', 'fe80::/64', '10.300.0.0/16'])).toBe('172.29.0.0/24');
  });

  it('is refused when nothing is left', () => {
    expect(() => freeSubnet(['0.0.0.0/0'])).toThrow('no free address range');
  });

  it('gives the gateway .1, the parent .10 and the children .11 and on', () => {
    expect(gatewayOf('10.77.3.0/24')).toBe('10.77.3.1');
    expect([0, 1, 2].map((i) => machineAddress('10.77.3.0/24', i))).toEqual([
      '10.77.3.10',
      '10.77.3.11',
      '10.77.3.12',
    ]);
    expect(() => gatewayOf('10.77.0.0/16')).toThrow(TypeError);
  });

  it('reads the destinations of routes', () => {
    const json =
      '[{"dst":"default","gateway":"10.0.0.1"},{"dst":"10.1.0.0/16"},{"type":"local","dst":"10.1.0.7"},{"x":1}]';
    expect(routedRanges(json)).toEqual(['default', '10.1.0.0/16', '10.1.0.7']);
    expect(routedRanges('')).toEqual([]);
  });
});
