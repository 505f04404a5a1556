import { describe, expect, it } from 'vitest';
import { cniConflist } from '../../../src/tools/cni.js';

describe('cniConflist', () => {
  it('gives pods the node’s range with the prefix of the whole one', () => {
    expect(
      JSON.parse(cniConflist({ podCidr: '10.244.1.0/24', podSubnet: '10.244.0.0/16', mtu: 1400 })),
    ).toEqual({
      cniVersion: '0.4.0',
      name: 'kmon',
      plugins: [
        {
          type: 'ptp',
          ipMasq: true,
          mtu: 1400,
          ipam: {
            type: 'host-local',
            ranges: [
              [
                {
                  subnet: '10.244.0.0/16',
                  rangeStart: '10.244.1.2',
                  rangeEnd: '10.244.1.254',
                  gateway: '10.244.1.1',
                },
              ],
            ],
            routes: [{ dst: '0.0.0.0/0' }],
          },
        },
        { type: 'portmap', capabilities: { portMappings: true } },
      ],
    });
  });

  it('is the same text for the same network, without an mtu unless given', () => {
    const network = { podCidr: '200.0.0.0/30', podSubnet: '200.0.0.0/8' };
    expect(cniConflist(network)).toBe(cniConflist(network));
    expect(cniConflist(network)).not.toContain('mtu');
    expect(cniConflist(network)).toContain('"rangeStart": "200.0.0.2"');
    expect(cniConflist(network)).toContain('"rangeEnd": "200.0.0.2"');
  });

  it.each([
    ['10.245.1.0/24', '10.244.0.0/16', 'is no part of'],
    ['10.244.0.0/15', '10.244.0.0/16', 'is no part of'],
    ['10.244.1.0/31', '10.244.0.0/16', 'no room'],
    ['10.244.1.0', '10.244.0.0/16', 'no IPv4 range'],
    ['10.244.1.0/33', '10.244.0.0/16', 'no IPv4 range'],
    ['fd00::/64', '10.244.0.0/16', 'no IPv4 range'],
    ['10.244.1.256/24', '10.244.0.0/16', 'no IPv4 range'],
  ])('refuses %s in %s', (podCidr, podSubnet, message) => {
    expect(() => cniConflist({ podCidr, podSubnet })).toThrow(message);
  });
});
