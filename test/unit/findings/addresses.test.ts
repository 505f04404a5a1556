import { ownLedger } from '../../support/sample-room.js';
import { describe, expect, it } from 'vitest';
import { verdicts } from '../../../src/findings/all-verdicts.js';
import type { Facts } from '../../../src/facts/facts.js';
import { link, routes, sightOf, without } from './sights.js';

const ROOM = { device: 'eth0', address: '192.0.2.11', prefix: 24 };
const found = (facts: Partial<Facts>, name = 'pc-11') =>
  verdicts(sightOf({ [name]: facts })).map((f) => [`${f.code} ${f.severity}`, f.evidence]);
const remedy = (facts: Partial<Facts>): string | undefined =>
  verdicts(sightOf({ 'pc-11': facts }))[0]?.remedy;

describe('what is fine', () => {
  it.each<[string, Partial<Facts>]>([
    ['a machine without `ip`', { addresses: [], routes: [] }],
    ['a second network card', { addresses: [ROOM, { device: 'eth1', address: '198.51.100.3', prefix: 24 }] }],
    [
      'a second default route, after that of the room',
      { routes: routes({ destination: 'default', device: 'eth1' }) },
    ],
    [
      'a bridge of docker',
      {
        links: [link('docker0', '02:42:00:00:00:01', { physical: false })],
        addresses: [ROOM, { device: 'docker0', address: '172.17.0.1', prefix: 16 }],
        routes: routes({ destination: '172.17.0.0/16', device: 'docker0' }),
      },
    ],
    [
      'links of the pod network',
      {
        ledger: ownLedger(),
        links: [
          link('cni0', '02:42:00:00:00:02', { physical: false }),
          link('flannel.1', '02:42:00:00:00:03', { physical: false }),
        ],
        addresses: [
          ROOM,
          { device: 'cni0', address: '10.244.1.1', prefix: 24 },
          { device: 'flannel.1', address: '10.244.1.0', prefix: 32 },
        ],
        routes: routes(
          { destination: '10.244.1.0/24', device: 'cni0' },
          { destination: '10.244.0.0/24', device: 'flannel.1', via: '10.244.0.0' },
        ),
      },
    ],
    [
      'an address that was set by hand',
      { addressing: [{ device: 'eth0', manager: 'netplan', leased: false }] },
    ],
    ['a lease of another card', { addressing: [{ device: 'eth1', manager: 'netplan', leased: true }] }],
    [
      'a lease of another address of the card',
      {
        addressing: [
          { device: 'eth0', address: '192.0.2.200', manager: 'netplan', leased: true },
          { device: 'eth0', address: '192.0.2.11', manager: 'netplan', leased: false },
        ],
      },
    ],
    [
      'a modem',
      {
        addresses: [ROOM, { device: 'ppp0', address: '198.51.100.3', prefix: 32 }],
        links: [link('ppp0', '', { physical: false })],
      },
    ],
  ])('%s', (_, facts) => {
    expect(found(facts)).toEqual([]);
  });
});

describe('the address of kmon.yaml', () => {
  it('is proposed out of the network of the room', () => {
    const addresses = [
      { device: 'docker0', address: '172.17.0.1', prefix: 16 },
      { device: 'wlan0', address: '198.51.100.9', prefix: 24 },
      { device: 'eth0', address: '192.0.2.77', prefix: 24 },
    ];
    expect(remedy({ addresses })).toBe('write `address: 192.0.2.77` for pc-11 in kmon.yaml');
  });

  it('is left to the person when several could be meant', () => {
    const addresses = [
      { device: 'wlan0', address: '198.51.100.9', prefix: 24 },
      { device: 'eth0', address: '203.0.113.77', prefix: 24 },
    ];
    expect(remedy({ addresses })).toBe(
      'write the address by which the room reaches it as the address of pc-11 in kmon.yaml',
    );
    expect(found({ addresses: [{ device: 'lo', address: '127.0.0.1', prefix: 8 }] })).toEqual([
      ['K-ADDRESS stops', 'no interface has 192.0.2.11; there is none but the loopback'],
    ]);
  });
});

describe('the way to the parent', () => {
  it('may not be there', () => {
    const sight = sightOf({ 'pc-11': { routes: [] } });
    const factsOf = new Map(
      [...sight.factsOf].map(([name, f]) => [name, name === 'pc-11' ? without(f, 'routeToParent') : f]),
    );
    expect(verdicts({ ...sight, factsOf }).map((f) => [f.code, f.evidence])).toEqual([
      ['K-ROUTE', 'no route leads to the parent (192.0.2.10)'],
    ]);
  });

  it('through a VPN is put right by disconnecting that', () => {
    expect(remedy({ routeToParent: { source: '198.51.100.6', device: 'tun0' } })).toBe(
      'disconnect the VPN tun0 for the lesson',
    );
  });
});

describe('a lease', () => {
  const leased = (more: object): Partial<Facts> => ({
    addressing: [{ device: 'eth0', manager: 'NetworkManager', leased: true, ...more }],
  });

  it('hurts when it ends within three hours', () => {
    expect(found(leased({ leaseSeconds: 3 * 3600 }))[0]?.[0]).toBe('K-LEASE hurts');
    expect(found(leased({ leaseSeconds: 3 * 3600 + 1 }))[0]?.[0]).toBe('K-LEASE note');
  });

  it('without a known end is a note', () => {
    expect(found(leased({}))).toEqual([
      ['K-LEASE note', '192.0.2.11 on eth0 is leased by DHCP (NetworkManager)'],
    ]);
  });

  it.each([
    ['NetworkManager', true],
    ['netplan', true],
    ['systemd-networkd', true],
    ['ifupdown', false],
    ['dhcpcd', false],
    ['other', false],
  ])('of %s can be fixed: %s', (manager, fixable) => {
    expect(verdicts(sightOf({ 'pc-11': leased({ manager }) }))[0]?.fixable).toBe(fixable);
  });
});

describe('a VPN', () => {
  const vpn = (device: string, ...destinations: readonly string[]): Partial<Facts> => ({
    addresses: [ROOM, { device, address: '198.51.100.6', prefix: 32 }],
    routes: routes(...destinations.map((destination) => ({ destination, device }))),
  });

  it.each([
    ['default', 'tun0 takes the default route'],
    ['0.0.0.0/1', 'tun0 takes the default route'],
    ['192.0.0.0/8', 'tun0 takes the route 192.0.0.0/8, which holds addresses of the room'],
    ['192.0.2.12', 'tun0 takes the route 192.0.2.12, which holds addresses of the room'],
  ])('hurts by %s', (destination, evidence) => {
    expect(found(vpn('tun0', destination))).toEqual([['K-VPN hurts', evidence]]);
  });

  it.each([
    ['tailscale0', 'sudo tailscale down'],
    ['ztabcdefgh', 'sudo systemctl stop zerotier-one'],
    ['wg0', 'sudo wg-quick down wg0'],
  ])('%s is told how to end', (device, command) => {
    expect(remedy(vpn(device))).toContain(command);
  });
});

it('does not judge the network of a child without the parent', () => {
  const sight = sightOf({ 'pc-11': { addresses: [{ ...ROOM, prefix: 32 }] } });
  const factsOf = new Map([...sight.factsOf].filter(([name]) => name !== 'pc-10'));
  expect(verdicts({ ...sight, factsOf })).toEqual([]);
});
