import { describe, expect, it } from 'vitest';
import type { Recorded } from './recorded.js';
import { factsOf, told } from './recorded.js';

describe('how a machine is addressed', () => {
  it.each<[Recorded, readonly object[]]>([
    // Nobody manages what podman has set.
    ['bare-child', []],
    // NetworkManager only watches virbr0 and the tunnel.
    [
      'fedora-laptop',
      [
        {
          device: 'wlp3s0',
          address: '192.168.1.57',
          manager: 'NetworkManager',
          leased: true,
          leaseSeconds: 2871,
        },
      ],
    ],
    [
      'ubuntu-server',
      [
        { device: 'enp0s3', address: '10.0.2.15', manager: 'netplan', leased: true, leaseSeconds: 86041 },
        { device: 'enp0s8', address: '192.168.56.13', manager: 'netplan', leased: false },
      ],
    ],
    // NetworkManager behind netplan: by the name of the interface, or by the uuid of its connection.
    [
      'ubuntu-desktop',
      [
        { device: 'enp2s0', address: '192.168.1.61', manager: 'netplan', leased: false },
        { device: 'wlo1', address: '192.168.1.90', manager: 'netplan', leased: true, leaseSeconds: 40211 },
      ],
    ],
    // A dhclient that tells the kernel no end keeps its own list; the machine says it is 05:00 in UTC.
    [
      'debian-ifupdown',
      [
        { device: 'eno1', address: '192.168.1.57', manager: 'ifupdown', leased: true, leaseSeconds: 3600 },
        { device: 'eno2', address: '10.20.0.7', manager: 'ifupdown', leased: false },
      ],
    ],
    // The routes of a static address are dhcpcd's too.
    [
      'raspberry-pi',
      [
        { device: 'eth0', address: '192.168.1.20', manager: 'dhcpcd', leased: false },
        { device: 'wlan0', address: '192.168.1.71', manager: 'dhcpcd', leased: true, leaseSeconds: 43120 },
      ],
    ],
    // A lease shows without knowing whose it is.
    [
      'laptop',
      [{ device: 'wlp2s0', address: '192.168.1.57', manager: 'other', leased: true, leaseSeconds: 3412 }],
    ],
  ])('%s', (name, addressing) => {
    expect(factsOf(name).addressing).toEqual(addressing);
  });

  const eth0 = '2: eth0    inet 192.168.1.5/24 brd 192.168.1.255 scope global eth0\\       valid_lft forever';
  const tell = (ip: readonly string[], more: readonly string[], files: readonly string[] = []) =>
    told('link=eth0 aa:bb:cc:dd:ee:ff yes no up 1500', ...more, '[ip]', ...ip, '[files]', ...files)
      .addressing;

  it('is systemd-networkd’s own where no netplan wrote its files', () => {
    const state = (admin: string) =>
      tell(
        [eth0],
        [],
        [
          `/run/systemd/netif/links/2:ADMIN_STATE=${admin}`,
          '/run/systemd/netif/links/2:NETWORK_FILE=/etc/systemd/network/20-wired.network',
        ],
      );
    expect(state('configured')).toEqual([
      { device: 'eth0', address: '192.168.1.5', manager: 'systemd-networkd', leased: false },
    ]);
    expect(state('unmanaged')).toEqual([]);
  });

  it('is a lease without an end when its routes say so', () => {
    const route = 'default via 192.168.1.1 dev eth0 proto dhcp src 192.168.1.5 metric 100';
    const leased = [{ device: 'eth0', address: '192.168.1.5', manager: 'other', leased: true }];
    expect(tell([eth0, route], [])).toEqual(leased);
    expect(tell([eth0, route.replace(' src 192.168.1.5', '')], [])).toEqual(leased);
    // The lease is another address of the same card, or the route another card's.
    expect(tell([eth0, route.replace('src 192.168.1.5', 'src 192.168.1.99')], [])).toEqual([]);
    expect(tell([eth0, route.replace('dev eth0', 'dev eth1')], [])).toEqual([]);
  });

  it('tells two addresses of one card apart', () => {
    const second =
      '2: eth0    inet 192.168.1.99/24 scope global secondary dynamic eth0\\       valid_lft 60sec';
    expect(
      tell([eth0, second], ['ifupdown=yes'], ['/etc/network/interfaces:iface eth0 inet static']),
    ).toEqual([
      { device: 'eth0', address: '192.168.1.5', manager: 'ifupdown', leased: false },
      { device: 'eth0', address: '192.168.1.99', manager: 'ifupdown', leased: true, leaseSeconds: 60 },
    ]);
  });

  it('is not of a NetworkManager that was told to leave the card alone', () => {
    const state = (managed: string) => [
      `/run/NetworkManager/devices/2:managed=${managed}`,
      '/run/NetworkManager/devices/2:connection-uuid=1-2-3',
    ];
    expect(tell([eth0], [], state('true'))[0]?.manager).toBe('NetworkManager');
    expect(tell([eth0], [], state('false'))).toEqual([]);
  });

  it('is a lease of dhcpcd’s when the static address is another card’s', () => {
    const route = 'default via 192.168.1.1 dev eth0 proto dhcp src 192.168.1.5 metric 202';
    const conf = (device: string) => [
      `/etc/dhcpcd.conf:interface ${device}`,
      '/etc/dhcpcd.conf:static ip_address=192.168.1.5/24',
    ];
    const leased = (device: string) =>
      tell([eth0, route], ['dhcpcd=/run/dhcpcd.pid'], conf(device))[0]?.leased;
    expect([leased('eth0'), leased('eth1')]).toEqual([false, true]);
  });

  it('is not ifupdown’s where that is not installed, nor dhcpcd’s on what is no card', () => {
    expect(tell([eth0], [], ['/etc/network/interfaces:iface eth0 inet static'])).toEqual([]);
    const bridge = eth0.replaceAll('eth0', 'br0');
    expect(tell([bridge], ['dhcpcd=/run/dhcpcd.pid', 'link=br0 aa:bb:cc:dd:ee:ff no no up 1500'])).toEqual(
      [],
    );
    expect(tell([bridge], ['dhcpcd=/run/dhcpcd/br0-4.pid'])[0]?.manager).toBe('dhcpcd');
  });

  it('knows the end of a lease by seconds since the epoch, and none that never ends or is over', () => {
    const end = (expire: string) =>
      tell(
        [eth0],
        ['ifupdown=yes', 'clock=1795237200000000000'],
        [
          '/etc/network/interfaces:iface eth0 inet dhcp',
          '/var/lib/dhcp/dhclient.leases:  interface "eth0";',
          '/var/lib/dhcp/dhclient.leases:  fixed-address 192.168.1.5;',
          `/var/lib/dhcp/dhclient.leases:  expire ${expire};`,
        ],
      )[0]?.leaseSeconds;
    expect(end('epoch 1795237260')).toBe(60);
    expect(end('never')).toBeUndefined();
    expect(end('epoch 1795230000')).toBeUndefined();
  });
});
