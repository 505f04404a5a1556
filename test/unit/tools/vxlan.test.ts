import { expect, it } from 'vitest';
import { overlayEnd, VXLAN } from '../../../src/tools/vxlan.js';

it('knows a machine in the overlay by its range alone, and never two by the same', () => {
  expect(overlayEnd('10.244.1.0/24')).toEqual({ address: '10.244.1.0', mac: '02:6b:0a:f4:01:00' });
  expect(overlayEnd('10.244.17.0/24').mac).toBe('02:6b:0a:f4:11:00');
  expect(() => overlayEnd('fd00::/64')).toThrow('no IPv4 range');
});

it('has a name and a number that the kernel takes', () => {
  expect(VXLAN.device.length).toBeLessThanOrEqual(15);
  expect(VXLAN.vni).toBeLessThan(2 ** 24);
});
