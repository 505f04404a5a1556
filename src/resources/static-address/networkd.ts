import { changes, inOrder, reads } from '../../shell/command.js';
import { RESTART_NETWORKD, waitUntil } from './device.js';
import { FILE_KEYS, filesBack, parseOwnFiles, readOwnFiles, removeTrial, writeOwn } from './files.js';
import type { OwnPaths } from './files.js';
import type { AddressKeeper, Place, Wanted } from './keeper.js';

/**
 * systemd-networkd: a drop-in for the .network file that the device has, so that everything else in that file goes on working. In /run while
 * it is tried out, in /etc when it stays.
 */
export const networkd: AddressKeeper = {
  // networkd's own notes; its JSON does not tell the file in all versions.
  profile: (device) => reads`d=${device}
i=; if [ -r "/sys/class/net/$d/ifindex" ]; then read -r i <"/sys/class/net/$d/ifindex"; fi
sed -n 's|^NETWORK_FILE=.*/||p' "/run/systemd/netif/links/$i" 2>/dev/null || :`,
  keys: FILE_KEYS,
  read: (place) => readOwnFiles(paths(place)),
  parse: parseOwnFiles,
  tryOut: (place, wanted) =>
    inOrder([
      writeOwn(paths(place).trial, dropIn(wanted), '0644'),
      reload,
      waitUntil('static', place, 5, changes`networkctl reconfigure ${place.device}`),
    ]),
  // The same words in another place are new to networkd: it is told now, and not at some later time.
  keep: (place, wanted) =>
    inOrder([writeOwn(paths(place).kept, dropIn(wanted), '0644'), removeTrial(paths(place)), reload]),
  back: (place, found) =>
    filesBack(
      paths(place),
      found,
      changes`${reload}
${waitUntil('leased', place, 20, RESTART_NETWORKD)}`,
    ),
};

/** Configures anew the devices whose files have changed. Once only: a second time in the middle of the first may lose the address. */
const reload = changes`networkctl reload`;

/** zz: of the drop-ins of one file the last one says whether there is DHCP. */
function paths({ profile }: Place): OwnPaths {
  if (!/^[^/]+\.network$/.test(profile)) throw new TypeError(`not the name of a .network file: ${profile}`);
  const file = `systemd/network/${profile}.d/zz-kmon.conf`;
  return { kept: `/etc/${file}`, trial: `/run/${file}` };
}

/** Without DHCP=no the device would wait for an answer of DHCP; IPv6 by router advertisements goes on. */
function dropIn({ address, prefix, gateway, nameServers, searches }: Wanted): string {
  return [
    '# Written by kmon; `kmon teardown` removes it.',
    '[Network]',
    'DHCP=no',
    `Address=${address}/${prefix}`,
    ...(gateway === null ? [] : [`Gateway=${gateway}`]),
    ...nameServers.map((s) => `DNS=${s}`),
    ...(searches.length === 0 ? [] : [`Domains=${searches.join(' ')}`]),
    '',
  ].join('\n');
}
