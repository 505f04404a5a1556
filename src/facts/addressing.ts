import { machineTime, toldTimes } from './clock.js';
import { settings, words } from './lines.js';
import type { FactLines } from './lines.js';
import type { Addressing } from './facts.js';

/** Whoever manages a device, and whether it is told to lease its address; absent: its settings do not say. */
interface Manager {
  readonly name: Addressing['manager'];
  readonly leases?: boolean;
}

/** How each address came to be, by what the managers leave in /run and /etc. What nobody manages and nobody leased is left out. */
export function parseAddressing(lines: FactLines): readonly Addressing[] {
  return lines.section('ip').flatMap((line) => {
    const [, index = '', device = '', address = ''] =
      /^(\d+):\s+([^\s@]+)\S*\s+inet (\d+(?:\.\d+){3})/.exec(line) ?? [];
    if (device === '' || device === 'lo') return [];
    const manager = managerOf(lines, device, index);
    // The kernel calls an address with an end "dynamic", whoever has set it.
    const dynamic = /\bdynamic\b/.test(line);
    const leased = dynamic || (manager?.leases ?? hasLeasedRoute(lines, device, address));
    if (manager === undefined && !leased) return [];
    const told = dynamic ? /\bvalid_lft (\d{1,10})sec\b/.exec(line)?.[1] : undefined;
    const left = told === undefined ? secondsOfLease(lines, device, address) : Number(told);
    return [
      {
        device,
        address,
        manager: manager?.name ?? 'other',
        leased,
        ...(leased && left !== undefined ? { leaseSeconds: left } : {}),
      },
    ];
  });
}

function managerOf(lines: FactLines, device: string, index: string): Manager | undefined {
  return (
    networkManager(lines, device, index) ??
    networkd(lines, index) ??
    ifupdown(lines, device) ??
    dhcpcd(lines, device)
  );
}

/** Of devices that it only watches (docker0, a VPN), NetworkManager makes up connections that it calls external. */
function networkManager(lines: FactLines, device: string, index: string): Manager | undefined {
  const state = settings(lines.file(`/run/NetworkManager/devices/${index}`));
  const uuid = state.get('connection-uuid') ?? '';
  if (uuid === '' || state.get('managed') === 'false') return undefined;
  const volatile = lines.files(/^\/run\/NetworkManager\/system-connections\//).map(([path, text]) => ({
    path,
    values: settings(text),
  }));
  const own = volatile.filter(({ values }) => values.get('uuid') === uuid);
  if (own.some(({ values }) => values.get('external') === 'true')) return undefined;
  const netplan = volatile.some(
    (c) => c.path.includes('/netplan-') && (own.includes(c) || c.values.get('interface-name') === device),
  );
  return { name: netplan ? 'netplan' : 'NetworkManager' };
}

/** netplan writes networkd's files into /run at every boot: `/run/systemd/network/10-netplan-eth0.network`. */
function networkd(lines: FactLines, index: string): Manager | undefined {
  const state = settings(lines.file(`/run/systemd/netif/links/${index}`));
  const file = state.get('NETWORK_FILE') ?? '';
  if (file === '' || !/^(configur|pending)/.test(state.get('ADMIN_STATE') ?? '')) return undefined;
  return { name: file.includes('netplan') ? 'netplan' : 'systemd-networkd' };
}

/** `iface eth0 inet dhcp` */
function ifupdown(lines: FactLines, device: string): Manager | undefined {
  if (!lines.has('ifupdown')) return undefined;
  const methods = lines
    .files(/^\/etc\/network\/interfaces(\.d\/|$)/)
    .flatMap(([, text]) => text.map((line) => words(line)))
    .filter(([word, name, family]) => word === 'iface' && name === device && family === 'inet')
    .map((parts) => parts[3]);
  return methods.length === 0 ? undefined : { name: 'ifupdown', leases: methods.includes('dhcp') };
}

/** One for all devices, or one for a device (`/run/dhcpcd/eth0-4.pid`); it takes network cards only, as it comes. */
function dhcpcd(lines: FactLines, device: string): Manager | undefined {
  const all = ['/run/dhcpcd.pid', '/run/dhcpcd/pid'];
  const card = lines
    .all('link')
    .some((link) => link.startsWith(`${device} `) && link.split(' ')[2] === 'yes');
  const runs = lines.all('dhcpcd').some((file) => {
    if (all.includes(file)) return card;
    return file.replace(/^\/run\/dhcpcd[-/]/, '').replace(/(-4)?\.pid$/, '') === device;
  });
  if (!runs) return undefined;
  let interfaceNow = '';
  let isStatic = false;
  for (const [word, value = ''] of lines.file('/etc/dhcpcd.conf').map((line) => words(line))) {
    if (word === 'interface') interfaceNow = value;
    if (word === 'static' && value.startsWith('ip_address=') && interfaceNow === device) isStatic = true;
  }
  return { name: 'dhcpcd', ...(isStatic ? { leases: false } : {}) };
}

/** Managers mark routes that came with a lease. One without a source is of the device's only address, as far as can be told. */
function hasLeasedRoute(lines: FactLines, device: string, address: string): boolean {
  return lines.section('ip').some((line) => {
    if (!/\bproto dhcp\b/.test(line) || /\bdev (\S+)/.exec(line)?.[1] !== device) return false;
    const source = /\bsrc (\S+)/.exec(line)?.[1];
    return source === undefined || source === address;
  });
}

/**
 * From the list that dhclient keeps, the last lease of this address: `expire 6 2026/11/21 08:00:00;` in UTC, or
 * `expire epoch 1795248000;`.
 */
function secondsOfLease(lines: FactLines, device: string, address: string): number | undefined {
  const now = machineTime(toldTimes(lines));
  let end: number | undefined;
  let [itsDevice, itsAddress] = ['', ''];
  for (const line of lines.files(/^\/var\/lib\/(dhcp|dhclient)\//).flatMap(([, text]) => text)) {
    const [word, ...values] = words(line.replace(/;.*$/, ''));
    if (word === 'interface') itsDevice = (values[0] ?? '').replaceAll('"', '');
    if (word === 'fixed-address') itsAddress = values[0] ?? '';
    if (word === 'expire' && itsDevice === device && itsAddress === address) end = endOf(values);
  }
  if (end === undefined || now === undefined || end < now) return undefined;
  return Math.round((end - now) / 1000);
}

function endOf([first, date = '', time = '']: readonly string[]): number | undefined {
  const at = first === 'epoch' ? Number(date) * 1000 : Date.parse(`${date.replaceAll('/', '-')}T${time}Z`);
  return Number.isNaN(at) ? undefined : at;
}
