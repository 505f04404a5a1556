import { describe, expect, it } from 'vitest';
import { verdicts } from '../../../src/findings/all-verdicts.js';
import type { Facts } from '../../../src/facts/facts.js';
import { routes, sightOf, withKubernetes } from './sights.js';

const via = (destination: string, device = 'eth1') => ({ destination, device });
const found = (
  different: Readonly<Record<string, Partial<Facts>>>,
  more: Parameters<typeof sightOf>[1] = {},
) => verdicts(sightOf(different, more)).map((f) => [f.code, f.machine, f.evidence, f.remedy]);

describe('a range of the cluster', () => {
  it('is free of the routes of every machine, the other range and all addresses, where another is proposed', () => {
    expect(
      found({
        'pc-10': { routes: routes(via('10.255.0.0/16')) },
        'pc-11': { routes: routes(via('10.244.0.0/16'), via('10.254.128.0/17')) },
        'pc-12': {
          addresses: [
            { device: 'eth0', address: '192.0.2.12', prefix: 24 },
            { device: 'eth1', address: '10.253.0.7', prefix: 16 },
          ],
        },
      }),
    ).toEqual([
      [
        'K-RANGE',
        'pc-11',
        'pod range 10.244.0.0/16 overlaps the route 10.244.0.0/16 (eth1)',
        'write `podSubnet: 10.252.0.0/16` under `kubernetes` in kmon.yaml',
      ],
    ]);
  });

  it('is proposed once for both when one route holds both, and they stay apart', () => {
    const all = found({ 'pc-11': { routes: routes(via('10.0.0.0/8', 'tun0')) } });
    const proposed = all.map(
      ([, , , remedy]) => /`(\w+: [\d./]+)`.*disconnect the VPN tun0$/.exec(remedy ?? '')?.[1],
    );
    expect(proposed).toEqual(['podSubnet: 172.31.0.0/16', 'serviceSubnet: 172.16.0.0/13']);
  });

  it('has no proposal when everything is taken', () => {
    const [first] = found({ 'pc-11': { routes: routes(via('10.0.0.0/8'), via('172.16.0.0/12')) } });
    expect(first?.[3]).toBe('no private range is free on all machines: disconnect eth1 on this one');
  });

  it('is met by an address that no route leads to', () => {
    const addresses = [
      { device: 'eth0', address: '192.0.2.11', prefix: 24 },
      { device: 'br-lab', address: '10.244.9.1', prefix: 24 },
    ];
    expect(found({ 'pc-11': { addresses } })[0]?.[2]).toBe(
      'pod range 10.244.0.0/16 overlaps the address 10.244.9.1/24 (br-lab)',
    );
  });

  it('is met by a bridge of docker', () => {
    const config = withKubernetes({ podSubnet: '172.17.0.0/16' });
    expect(found({ 'pc-12': { routes: routes(via('172.17.0.0/16', 'docker0')) } }, { config })).toEqual([
      [
        'K-RANGE',
        'pc-12',
        'pod range 172.17.0.0/16 overlaps the route 172.17.0.0/16 (docker0)',
        'write `podSubnet: 10.255.0.0/16` under `kubernetes` in kmon.yaml',
      ],
    ]);
  });

  it('is told on every machine that it is taken on', () => {
    const same = { routes: routes(via('10.244.0.0/16')) };
    expect(found({ 'pc-10': same, 'pc-12': same }).map(([, machine]) => machine)).toEqual(['pc-10', 'pc-12']);
  });

  it('keeps room for a /24 of every machine', () => {
    const config = withKubernetes({ podSubnet: '10.0.0.0/8', serviceSubnet: '172.30.0.0/16' });
    const [first] = found({ 'pc-11': { routes: routes(via('10.7.0.0/16')) } }, { config });
    expect(first?.[3]).toBe('write `podSubnet: 10.128.0.0/9` under `kubernetes` in kmon.yaml');
  });
});
