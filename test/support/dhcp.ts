import type { TestMachine } from './lab.js';

/**
 * systemd-networkd and NetworkManager wait for udev before they touch a device, and in a container there is none. They go by whether /sys can
 * be written to.
 */
const WITHOUT_UDEV = `for s in systemd-networkd NetworkManager; do
  mkdir -p /run/systemd/system/$s.service.d
  printf '[Service]\\nReadOnlyPaths=/sys\\n' >/run/systemd/system/$s.service.d/no-udev.conf
done
systemctl daemon-reload`;

const LEASED = `timeout 30 sh -c 'until ip -o -4 addr show dev eth0 | grep -q " dynamic "; do sleep 0.2; done'`;

/**
 * A DHCP server on a machine of the lab, heard by the lab only: it leases each of the others its own address, for an hour and to nobody else.
 * Like all of this it goes with the lab.
 */
export function serveDhcp(server: TestMachine, others: readonly TestMachine[]): void {
  const hosts = others.map(
    (m) => `--dhcp-host=${m.sh('cat /sys/class/net/eth0/address').trim()},${m.address}`,
  );
  const network = server.address.replace(/\d+$/, '0');
  server.sh(`export DEBIAN_FRONTEND=noninteractive
${install('dnsmasq-base')}
router=$(ip -4 route show default dev eth0 | sed -n 's/.* via \\([0-9.]*\\).*/\\1/p' | head -n 1)
resolver=$(sed -n 's/^nameserver *//p' /etc/resolv.conf | head -n 1)
systemd-run --quiet --unit=lab-dhcp dnsmasq --keep-in-foreground --conf-file=/dev/null --port=0 --interface=eth0 --bind-interfaces \\
  --dhcp-range=${network},static,255.255.255.0,1h ${hosts.join(' ')} --dhcp-authoritative --dhcp-leasefile=/run/lab-dhcp.leases \\
  --dhcp-option=option:router,"$router" --dhcp-option=option:dns-server,"$resolver"
timeout 10 sh -c 'until ss -H -l -u -n "sport = :67" | grep -q .; do sleep 0.1; done'`);
}

/** eth0 of the machine is kept by systemd-networkd, with DHCP. A DHCP server must be there. */
export function leaseByNetworkd(machine: TestMachine): void {
  machine.sh(`${WITHOUT_UDEV}
mkdir -p /etc/systemd/network
printf '[Match]\\nName=eth0\\n\\n[Network]\\nDHCP=yes\\n' >/etc/systemd/network/10-room.network
ip -4 addr flush dev eth0
systemctl start systemd-networkd
${LEASED}`);
}

/** The same by netplan, which writes for systemd-networkd: its definition has a name of its own. */
export function leaseByNetplan(machine: TestMachine): void {
  // It wants udevadm, but nobody here may ask the devices of the computer that the lab runs on; nor give the link another address.
  machine.sh(`${WITHOUT_UDEV}
for u in systemd-udevd.service systemd-udev-trigger.service systemd-udevd-control.socket systemd-udevd-kernel.socket; do
  ln -s /dev/null /etc/systemd/system/$u
done
mkdir -p /etc/systemd/network
ln -s /dev/null /etc/systemd/network/99-default.link
export DEBIAN_FRONTEND=noninteractive
${install('udev netplan.io')}
(umask 077; cat >/etc/netplan/01-room.yaml) <<'END'
network:
  version: 2
  renderer: networkd
  ethernets:
    room.lan:
      match: { name: eth0 }
      dhcp4: true
END
ip -4 addr flush dev eth0
systemctl start systemd-networkd
netplan apply >/dev/null 2>&1
${LEASED}`);
}

/** The same by NetworkManager, with a connection that the owner has saved. */
export function leaseByNetworkManager(machine: TestMachine): void {
  // As in Debian's own desktop, but that containers' cards count as cards.
  machine.sh(`${WITHOUT_UDEV}
export DEBIAN_FRONTEND=noninteractive
mkdir -p /etc/NetworkManager/conf.d /etc/NetworkManager/system-connections
printf '[keyfile]\\nunmanaged-devices=none\\n' >/etc/NetworkManager/conf.d/99-room.conf
(umask 077; printf '[connection]\\nid=room\\nuuid=6b1f5a52-4f0e-4d7e-9a51-0d4b8f1c7e2a\\ntype=ethernet\\n\\n[ipv4]\\nmethod=auto\\n' \\
  >/etc/NetworkManager/system-connections/room.nmconnection)
${install('network-manager')}
systemctl stop NetworkManager
ip -4 addr flush dev eth0
systemctl start NetworkManager
# A link that is up already it would only watch.
nmcli --wait 30 connection up id room ifname eth0 >/dev/null
${LEASED}`);
}

function install(packages: string): string {
  return `dpkg-query -W ${packages} >/dev/null 2>&1 || { apt-get update -qq && apt-get install -y -qq --no-install-recommends ${packages}; } >/dev/null`;
}
