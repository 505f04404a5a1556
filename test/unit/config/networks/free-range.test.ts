import { describe, expect, it } from 'vitest';
import { freeRange } from '../../../../src/config/networks/free-range.js';
import { networksOfRoutes } from '../../../../src/config/networks/route-table.js';
import { formatSubnet, parseSubnet, subnetAround } from '../../../../src/config/networks/subnet.js';

const taken = (...ranges: readonly string[]) => ranges.map((r) => parseSubnet(r) ?? subnetAround(r, 32));

describe('a free range', () => {
  it.each<[string, number, readonly string[], string | undefined]>([
    ['10.244.0.0/16', 20, [], '10.244.0.0/16'],
    ['10.244.0.0/16', 20, ['192.168.1.0/24', '10.245.0.0/16'], '10.244.0.0/16'],
    ['10.244.0.0/16', 20, ['10.244.7.0/24'], '10.255.0.0/16'],
    ['10.244.0.0/16', 20, ['10.192.0.0/10'], '10.191.0.0/16'],
    ['10.244.0.0/16', 20, ['10.0.0.0/8'], '172.31.0.0/16'],
    [
      '10.244.0.0/16',
      20,
      ['10.0.0.0/8', '172.16.0.0/13', '172.24.0.0/14', '172.28.0.0/15', '172.30.0.0/16', '172.31.0.0/17'],
      '172.31.128.0/17',
    ],
    ['10.244.0.0/16', 20, ['10.0.0.0/8', '172.16.0.0/12'], undefined],
    ['10.96.0.0/12', 24, ['10.100.1.10'], '10.240.0.0/12'],
    ['10.96.0.0/12', 24, ['10.100.1.10', '10.244.0.0/16'], '10.224.0.0/12'],
    ['no range', 24, [], undefined],
  ])('for %s (to /%i) besides %j', (wanted, longest, others, expected) => {
    expect(freeRange(wanted, longest, taken(...others))).toBe(expected);
  });
});

describe("a kernel's routes", () => {
  const TABLE = [
    'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT',
    'wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0',
    'wlan0\t0001A8C0\t00000000\t0001\t0\t0\t600\t00FFFFFF\t0\t0\t0',
    'docker0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0',
    'tun0\t0000000A\t0100080A\t0003\t0\t0\t50\t000000FF\t0\t0\t0',
    'tun0\t0500080A\t00000000\t0005\t0\t0\t50\tFFFFFFFF\t0\t0\t0',
  ].join('\n');

  it('are networks, the default one aside', () => {
    expect(networksOfRoutes(TABLE).map(formatSubnet)).toEqual([
      '192.168.1.0/24',
      '172.17.0.0/16',
      '10.0.0.0/8',
      '10.8.0.5/32',
    ]);
  });

  it('are none where there are none', () => {
    expect(networksOfRoutes('')).toEqual([]);
    expect(networksOfRoutes('what else\n\nmay stand there, in eight words or more than that')).toEqual([]);
  });
});
