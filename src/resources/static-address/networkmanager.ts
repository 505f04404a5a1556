import { changes, inOrder, reads } from '../../shell/command.js';
import { waitUntil } from './device.js';
import type { AddressKeeper, Wanted } from './keeper.js';

/**
 * NetworkManager: a copy of the connection that the device has (with its Wi-Fi password, which kmon never sees), by the name of kmon and
 * preferred to it. In memory while it is tried out, saved when it stays. The profile is the UUID of the owner's connection.
 */
export const networkManager: AddressKeeper = {
  profile: (device) =>
    reads`timeout 10 nmcli -t -e no -f GENERAL.CON-UUID device show ${device} 2>/dev/null | sed -n 's/^GENERAL.CON-UUID://p'`,
  keys: ['connection'],
  read: ({ device }) => reads`timeout 10 nmcli -t -e no -f NAME,FILENAME connection show 2>/dev/null |
  sed -n ${`s|^${copyOf(device)}:/run/.*|connection trial|p; s|^${copyOf(device)}:/etc/.*|connection kept|p`}`,
  parse: (fields) => {
    const made = fields.has('connection') ? fields.word('connection', ['trial', 'kept']) : 'none';
    return { made, files: null };
  },
  tryOut: ({ device, profile }, wanted) =>
    inOrder([
      changes`nmcli connection delete id ${copyOf(device)} >/dev/null 2>&1 || :`,
      changes`nmcli connection clone --temporary uuid ${profile} ${copyOf(device)} >/dev/null`,
      changes`nmcli connection modify --temporary id ${copyOf(device)} ${settings(device, wanted)}`,
      changes`nmcli --wait 30 connection up id ${copyOf(device)} ifname ${device} >/dev/null`,
    ]),
  // Any change that is not temporary saves the whole connection.
  keep: ({ device }) => changes`nmcli connection modify id ${copyOf(device)} connection.autoconnect yes`,
  // The owner's may not come up now (nobody leases): it is his all the same, and NetworkManager goes on trying.
  back: ({
    device,
    profile,
    address,
  }) => changes`if nmcli -t -e no -f NAME connection show | grep -qxF ${copyOf(device)}; then
  nmcli --wait 20 connection up uuid ${profile} ifname ${device} >/dev/null || :
  nmcli connection delete id ${copyOf(device)} >/dev/null
fi
if [ -z "$(nmcli -t -e no -f GENERAL.CON-UUID device show ${device} | sed 's/^GENERAL.CON-UUID://')" ]; then
  nmcli --wait 20 device connect ${device} >/dev/null || :
fi
${waitUntil('leased', { device, address }, 10, changes`:`)}`,
};

function copyOf(device: string): string {
  if (!/^[A-Za-z0-9_.:@-]+$/.test(device)) throw new TypeError(`not a name of a device: ${device}`);
  return `kmon-${device}`;
}

/** An empty value takes a setting away. 999 is the highest priority there is. */
function settings(device: string, wanted: Wanted): readonly string[] {
  const { address, prefix, gateway, nameServers, searches } = wanted;
  return [
    'connection.interface-name',
    device,
    'connection.autoconnect-priority',
    '999',
    'ipv4.method',
    'manual',
    'ipv4.addresses',
    `${address}/${prefix}`,
    'ipv4.gateway',
    gateway ?? '',
    'ipv4.dns',
    nameServers.join(','),
    'ipv4.dns-search',
    searches.join(','),
  ];
}
