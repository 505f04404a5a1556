import { changes, inOrder, reads } from '../../shell/command.js';
import { RESTART_NETWORKD, waitUntil } from './device.js';
import { FILE_KEYS, filesBack, parseOwnFiles, readOwnFiles, removeTrial, writeOwn } from './files.js';
import type { OwnPaths } from './files.js';
import type { AddressKeeper, Place, Wanted } from './keeper.js';

/** netplan reads both folders; of two files of one name only the one in /run. 0600, as netplan asks for. */
const PATHS: OwnPaths = { kept: '/etc/netplan/99-kmon.yaml', trial: '/run/netplan/99-kmon.yaml' };

/**
 * netplan: a file of kmon's own that is read last and adds to the owner's definition of the device. The profile is the kind and the name of
 * that definition, such as "ethernets lan".
 */
export const netplan: AddressKeeper = {
  // What netplan made of the definition has its name: a file of networkd's, or a connection of NetworkManager's.
  profile: (device) => reads`d=${device}
i=; if [ -r "/sys/class/net/$d/ifindex" ]; then read -r i <"/sys/class/net/$d/ifindex"; fi
id=
if systemctl --quiet is-active systemd-networkd; then
  id=$(sed -n 's|^NETWORK_FILE=.*/10-netplan-\(.*\)\.network$|\1|p' "/run/systemd/netif/links/$i" 2>/dev/null)
fi
if [ -z "$id" ] && command -v nmcli >/dev/null; then
  id=$(timeout 10 nmcli -t -e no -f GENERAL.CONNECTION device show "$d" | sed -n 's/^GENERAL.CONNECTION:netplan-//p')
fi
if [ -n "$id" ]; then
  for kind in ethernets wifis bridges bonds vlans; do
    v=$(netplan get "$kind.$(printf %s "$id" | sed 's/\./\\./g')" 2>/dev/null)
    if [ -n "$v" ] && [ "$v" != null ]; then printf '%s %s\n' "$kind" "$id"; break; fi
  done
fi`,
  keys: FILE_KEYS,
  read: () => readOwnFiles(PATHS),
  parse: parseOwnFiles,
  tryOut: (place, wanted) =>
    inOrder([writeOwn(PATHS.trial, definition(place, wanted), '0600'), changes`netplan apply`]),
  // What netplan makes of it stays the same, so there is nothing to apply.
  keep: (place, wanted) =>
    inOrder([writeOwn(PATHS.kept, definition(place, wanted), '0600'), removeTrial(PATHS)]),
  back: (place, found) =>
    filesBack(
      PATHS,
      found,
      changes`netplan apply
${waitUntil('leased', place, 20, RESTART_NETWORKD)}`,
    ),
};

function definition({ profile }: Place, { address, prefix, gateway, nameServers, searches }: Wanted): string {
  const [, kind, id] = /^([a-z]+) (.+)$/.exec(profile) ?? [];
  if (kind === undefined || id === undefined) throw new TypeError(`not a definition of netplan: ${profile}`);
  // JSON is YAML: names and lists need no other quoting.
  const list = JSON.stringify;
  return [
    '# Written by kmon; `kmon teardown` removes it.',
    'network:',
    '  version: 2',
    `  ${kind}:`,
    `    ${list(id)}:`,
    '      dhcp4: false',
    `      addresses: ${list([`${address}/${prefix}`])}`,
    ...(gateway === null ? [] : [`      routes: ${list([{ to: '0.0.0.0/0', via: gateway }])}`]),
    ...(nameServers.length === 0 && searches.length === 0
      ? []
      : [`      nameservers: ${list({ ...some('addresses', nameServers), ...some('search', searches) })}`]),
    '',
  ].join('\n');
}

function some(key: string, values: readonly string[]): Readonly<Record<string, readonly string[]>> {
  return values.length === 0 ? {} : { [key]: values };
}
