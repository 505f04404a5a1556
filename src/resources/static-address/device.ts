import { changes, reads } from '../../shell/command.js';
import type { Command } from '../../shell/command.js';
import type { Fields } from '../fields.js';

/** How a device stands now, whoever keeps its settings. */
export type DeviceState = {
  /** Of the address in question: `absent` when the device does not have it. */
  readonly live: 'leased' | 'static' | 'absent';
  /** Length of its prefix; 0 when it is absent. */
  readonly prefix: number;
  /** Where the device's default route goes; `null` when it has none. */
  readonly gateway: string | null;
  /** IPv4 name servers and search domains of the device. */
  readonly nameServers: readonly string[];
  readonly searches: readonly string[];
};

export const DEVICE_KEYS: readonly string[] = ['address', 'default', 'dns', 'search', 'lease'];

/** Prints the lines of `DEVICE_KEYS`. A device that is not there prints none. */
export function readDevice(device: string): Command<'reads'> {
  return reads`d=${device}
ip -o -4 addr show dev "$d" 2>/dev/null | sed 's/^/address /'
ip -o -4 route show default dev "$d" 2>/dev/null | sed 's/^/default /'
i=; if [ -r "/sys/class/net/$d/ifindex" ]; then read -r i <"/sys/class/net/$d/ifindex"; fi
# networkd's notes stay when it is stopped.
if systemctl --quiet is-active systemd-networkd && grep -qs '^NETWORK_FILE=' "/run/systemd/netif/links/$i"; then
  sed -n 's/^DNS=/dns /p; s/^DOMAINS=/search /p' "/run/systemd/netif/links/$i"
  if [ -e "/run/systemd/netif/leases/$i" ]; then echo lease; fi
elif command -v nmcli >/dev/null; then
  timeout 10 nmcli -t -e no -f IP4,DHCP4 device show "$d" 2>/dev/null |
    sed -n 's/^IP4\.DNS\[[0-9]*\]:/dns /p; s/^IP4\.DOMAIN\[[0-9]*\]:/search /p; s/^DHCP4\.OPTION\[1\]:.*/lease/p'
fi`;
}

/** @throws TypeError never: what is not there is absent. */
export function parseDevice(fields: Fields, address: string): DeviceState {
  const own = fields
    .all('address')
    .map((line) => ({ line, inet: / inet ([\d.]+)\/(\d+) /.exec(line) }))
    .find(({ inet }) => inet?.[1] === address);
  const words = (key: string): readonly string[] =>
    fields.all(key).flatMap((l) => l.split(' ').filter((w) => w !== ''));
  return {
    // A lease without an end has no lifetime in the kernel; then only who keeps the address knows.
    live:
      own === undefined ? 'absent' : / dynamic /.test(own.line) || fields.has('lease') ? 'leased' : 'static',
    prefix: Number(own?.inet?.[2] ?? 0),
    // The kernel lists the preferred one first.
    gateway: fields.all('default').flatMap((l) => / via ([\d.]+)/.exec(l)?.[1] ?? [])[0] ?? null,
    nameServers: [...new Set(words('dns').filter((w) => /^[\d.]+$/.test(w)))],
    searches: [...new Set(words('search'))],
  };
}

/**
 * Waits until the device has the address in that manner. After `seconds` without success does `otherwise`, and ends after as many again in
 * any case: DHCP may not be there any more.
 */
export function waitUntil(
  manner: 'leased' | 'static',
  { device, address }: { readonly device: string; readonly address: string },
  seconds: number,
  otherwise: Command<'changes'>,
): Command<'changes'> {
  const matches = manner === 'leased' ? changes`grep -q ' dynamic '` : changes`grep -vq ' dynamic '`;
  return changes`i=0
until ip -o -4 addr show dev ${device} | grep -F ${` inet ${address}/`} | ${matches}; do
  i=$((i + 1)); if [ $i -gt ${4 * seconds} ]; then break; fi
  if [ $i -eq ${2 * seconds} ]; then ${otherwise}; fi
  sleep 0.5
done`;
}

/**
 * For a systemd-networkd that does not come to its lease: version 252 waits for ever when it is told to configure a device again in the moment in
 * which the address arrives.
 */
export const RESTART_NETWORKD = changes`if systemctl --quiet is-active systemd-networkd; then systemctl restart systemd-networkd; fi`;
