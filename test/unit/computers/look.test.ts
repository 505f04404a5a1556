import { describe, expect, it } from 'vitest';
import { netmaskOf, prefixOf } from '../../../src/computers/computer.js';
import {
  parseFirewallState,
  parseGetInfo,
  parseIfconfig,
  parseMacLook,
  parseSwVers,
} from '../../../src/computers/macos-look.js';
import { parseFormatList, parseVer, parseWindowsLook } from '../../../src/computers/windows-look.js';
import { recorded } from './recorded.js';

const room = { name: 'pc-win', address: '192.168.1.20', exporterPort: 9182 };
const school = { name: 'pc-win', address: '10.7.3.20', exporterPort: 9182 };

describe('Windows', () => {
  it.each([
    // https://github.com/PowerShell/Win32-OpenSSH/issues/1373, and the same in French and German
    ['Microsoft Windows [Version 10.0.17763.437]', '10.0.17763'],
    ['\r\nMicrosoft Windows [version 10.0.19045.4170]\r\n', '10.0.19045'],
    ['Microsoft Windows [Version 10.0.22631]', '10.0.22631'],
    ['Linux pc-1 6.1.0', undefined],
  ])('tells its version by ver: %j', (text, version) => {
    expect(parseVer(text)).toBe(version);
  });

  it('prints objects as lists', () => {
    expect(parseFormatList(recorded('windows-ipconfiguration'))).toEqual([
      {
        InterfaceAlias: 'Ethernet',
        InterfaceIndex: '12',
        InterfaceDescription: 'Intel(R) Ethernet Connection (4) I219-V',
        'NetProfile.Name': 'Réseau de la salle',
        IPv4Address: '192.168.1.20',
        IPv6DefaultGateway: '',
        IPv4DefaultGateway: '192.168.1.1',
        DNSServer: '192.168.1.1, 192.168.1.2',
      },
      {
        InterfaceAlias: 'Connexion réseau Bluetooth',
        InterfaceIndex: '7',
        InterfaceDescription: 'Bluetooth Device (Personal Area Network)',
        'NetAdapter.Status': 'Disconnected',
      },
    ]);
    expect(parseFormatList(recorded('windows-rule'))).toEqual([
      expect.objectContaining({
        Name: 'kmon-exporter-9182',
        DisplayName: 'kmon: exporter on 9182 for 192.168.1.0/24',
        Description: '',
        Enabled: 'True',
        Action: 'Allow',
      }),
    ]);
    expect(parseFormatList('')).toEqual([]);
  });

  it('tells of an address that is leased, and of kmon’s rule', () => {
    expect(parseWindowsLook(recorded('windows-leased'), room)).toEqual({
      mayChange: true,
      interfaceName: "Wi-Fi d'Ada",
      prefix: 24,
      gateway: '192.168.1.1',
      addressing: 'leased',
      firewall: 'on',
      listening: true,
      opened: true,
    });
    // The rule is for another port.
    expect(parseWindowsLook(recorded('windows-leased'), { ...room, exporterPort: 9100 }).opened).toBe(false);
  });

  it('tells of a policy under which an opening does nothing', () => {
    expect(parseWindowsLook(recorded('windows-managed'), school)).toEqual({
      mayChange: false,
      interfaceName: 'Ethernet',
      prefix: 22,
      addressing: 'static',
      firewall: 'on',
      listening: false,
      opened: false,
      futile: 'a policy of its administrators lets only their own rules count on domain networks',
    });
  });

  it('may say nothing at all', () => {
    expect(parseWindowsLook('', room)).toEqual({ listening: false, opened: false });
  });
});

describe('macOS', () => {
  it('tells its version', () => {
    expect(parseSwVers(recorded('mac-wifi'))).toEqual({ name: 'macOS', version: '14.4.1' });
    expect(parseSwVers(recorded('mac-static'))).toEqual({ name: 'Mac OS X', version: '10.15.7' });
    expect(parseSwVers('sw_vers: not found')).toBeUndefined();
  });

  it('tells its addresses', () => {
    expect(parseIfconfig(recorded('mac-wifi'))).toEqual([
      { device: 'lo0', address: '127.0.0.1', prefix: 8 },
      { device: 'en0', address: '192.168.1.20', prefix: 24 },
      { device: 'utun4', address: '10.8.0.6', prefix: 32 },
    ]);
  });

  it.each([
    [
      'DHCP Configuration\nIP address: 192.168.1.20\nSubnet mask: 255.255.255.0\nRouter: 192.168.1.1\n',
      { addressing: 'leased', address: '192.168.1.20', prefix: 24, gateway: '192.168.1.1' },
    ],
    [
      'Manually Using DHCP Router Configuration\nIP address: 192.168.1.20\nSubnet mask: 255.255.255.0\n',
      { addressing: 'static', address: '192.168.1.20', prefix: 24 },
    ],
    ['DHCP Configuration\nIP address: none\nRouter: none\n', { addressing: 'leased' }],
    ['Wi-Fi is not a recognized network service.\n** Error: The parameters were not valid.\n', {}],
  ])('tells how a service has its address: %j', (text, info) => {
    expect(parseGetInfo(text)).toEqual(info);
  });

  it.each([
    ['Firewall is disabled. (State = 0)', 'off'],
    ['Firewall is enabled. (State = 1)', 'on'],
    ['Firewall is blocking all non-essential incoming connections. (State = 2)', 'blocks all'],
    ['', undefined],
  ])('tells the state of its firewall: %s', (text, state) => {
    expect(parseFirewallState(text)).toBe(state);
  });

  it('tells all of it in one look', () => {
    expect(parseMacLook(recorded('mac-wifi'), { ...room, exporterPort: 9100 })).toEqual({
      interfaceName: 'Wi-Fi',
      prefix: 24,
      gateway: '192.168.1.1',
      addressing: 'leased',
      firewall: 'on',
      listening: true,
      opened: false,
    });
    expect(parseMacLook(recorded('mac-static'), { ...school, exporterPort: 9100 })).toEqual({
      interfaceName: 'USB 10/100/1000 LAN',
      prefix: 22,
      addressing: 'static',
      firewall: 'on',
      listening: false,
      opened: true,
      futile: 'its firewall lets nothing in ("block all incoming connections")',
    });
    expect(parseMacLook('', room)).toEqual({ listening: false, opened: false });
  });
});

describe('a netmask', () => {
  it.each([
    [24, '255.255.255.0'],
    [22, '255.255.252.0'],
    [32, '255.255.255.255'],
    [0, '0.0.0.0'],
    [9, '255.128.0.0'],
  ])('of %d', (prefix, netmask) => {
    expect(netmaskOf(prefix)).toBe(netmask);
    expect(prefixOf(netmask)).toBe(prefix);
  });

  it('is none', () => {
    for (const text of ['255.0.255.0', '255.255.255', '', '0xff', '256.0.0.0', 'none'])
      expect(prefixOf(text)).toBeUndefined();
  });
});
