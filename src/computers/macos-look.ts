import type { OtherComputer, OtherSight } from './computer.js';
import { prefixOf } from './computer.js';

/** `ProductVersion:\t\t14.4.1` and its neighbours, as sw_vers prints them. */
export function parseSwVers(text: string): { readonly name: string; readonly version: string } | undefined {
  const field = (name: string): string | undefined =>
    new RegExp(`^${name}:\\s*(\\S.*?)\\s*$`, 'm').exec(text)?.[1];
  const version = field('ProductVersion');
  return version === undefined ? undefined : { name: field('ProductName') ?? 'macOS', version };
}

/** IPv4 addresses by BSD's ifconfig. */
export function parseIfconfig(
  text: string,
): readonly { readonly device: string; readonly address: string; readonly prefix?: number }[] {
  let device = '';
  return text.split('\n').flatMap((line) => {
    device = /^([a-z][a-z0-9]*): flags=/.exec(line)?.[1] ?? device;
    const [, address, netmask = ''] =
      /^\s+inet (\d+\.\d+\.\d+\.\d+)(?: -->? \S+)? netmask (\S+)/.exec(line) ?? [];
    if (address === undefined) return [];
    const prefix = prefixOf(netmask);
    return [{ device, address, ...(prefix === undefined ? {} : { prefix }) }];
  });
}

/** What `networksetup -getinfo` says of a service. "none" is what it writes for what is not there. */
export function parseGetInfo(text: string): {
  readonly addressing?: 'leased' | 'static';
  readonly address?: string;
  readonly prefix?: number;
  readonly gateway?: string;
} {
  const field = (name: string): string | undefined => {
    const value = new RegExp(`^${name}: *(\\S+)$`, 'm').exec(text)?.[1];
    return value === 'none' || value === '(null)' ? undefined : value;
  };
  const how = /^(DHCP|Manual|Manually Using DHCP Router|BOOTP) Configuration$/m.exec(text)?.[1];
  const address = field('IP address');
  const prefix = prefixOf(field('Subnet mask') ?? '');
  const gateway = field('Router');
  return {
    ...(how === undefined
      ? {}
      : { addressing: how === 'DHCP' || how === 'BOOTP' ? ('leased' as const) : ('static' as const) }),
    ...(address === undefined ? {} : { address }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(gateway === undefined ? {} : { gateway }),
  };
}

/** By the number, which all versions print; `undefined` when it is not said. */
export function parseFirewallState(text: string): 'off' | 'on' | 'blocks all' | undefined {
  switch (/\(State = (\d)\)/.exec(text)?.[1]) {
    case '0':
      return 'off';
    case '1':
      return 'on';
    case '2':
      return 'blocks all';
    case undefined:
    default:
      return undefined;
  }
}

/** What `lookAtMac` printed. Parts that are missing leave their fields out. */
export function parseMacLook(stdout: string, computer: OtherComputer): OtherSight {
  const part = (name: string): string => partOf(stdout, name);
  const own = parseIfconfig(part('interfaces')).find((i) => i.address === computer.address);
  const service = part('service').trim();
  const info = parseGetInfo(part('info'));
  const state = parseFirewallState(part('firewall'));
  const blocksAll = state === 'blocks all' || /block all(?: state set to)? enabled/i.test(part('firewall'));
  const prefix = own?.prefix ?? info.prefix;
  return {
    ...(service === '' ? {} : { interfaceName: service }),
    ...(prefix === undefined ? {} : { prefix }),
    ...(info.gateway === undefined ? {} : { gateway: info.gateway }),
    ...(info.addressing === undefined ? {} : { addressing: info.addressing }),
    ...(state === undefined ? {} : { firewall: state === 'off' ? ('off' as const) : ('on' as const) }),
    listening: part('listener')
      .split('\n')
      .some((line) => line.endsWith('(LISTEN)') && !/ (?:127\.0\.0\.1|\[::1\]):/.test(line)),
    opened: parseOpening(stdout).open,
    ...(blocksAll && state !== 'off'
      ? { futile: 'its firewall lets nothing in ("block all incoming connections")' }
      : {}),
  };
}

/** What kmon has let in, by its record and its rules of pf: how many, and whether that is any. */
export function parseOpening(stdout: string): { readonly open: boolean; readonly ours: number } {
  const lines = (name: string): readonly string[] =>
    partOf(stdout, name)
      .split('\n')
      .filter((line) => line.trim() !== '');
  const ours = lines('record').length + lines('pf').length;
  return { open: ours > 0, ours };
}

function partOf(text: string, name: string): string {
  const begin = text.indexOf(`@@${name}\n`);
  if (begin < 0) return '';
  const from = begin + name.length + 3;
  const end = text.indexOf('@@', from);
  return text.slice(from, end < 0 ? undefined : end);
}
