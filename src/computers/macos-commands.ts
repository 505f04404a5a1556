import type { Command } from '../shell/command.js';
import { changes, reads } from '../shell/command.js';
import type { OtherComputer, RoomNetwork } from './computer.js';
import { netmaskOf } from './computer.js';

/** The application firewall of macOS; it lets programs in, not ports. */
const FIREWALL = '/usr/libexec/ApplicationFirewall/socketfilterfw';

/** The main rule set of macOS takes in what stands below com.apple: so no file of the system has to be changed. */
const ANCHOR = 'com.apple/kmon';

/** Which programs kmon has let in, one a line. The firewall's list has no place for a tag, and an owner's entry must stay. */
const RECORD_FOLDER = '/Library/Application Support/kmon';
const RECORD = `${RECORD_FOLDER}/let-in`;

const passRule = (port: number, subnet: string): string =>
  `pass in quick proto tcp from ${subnet} to any port ${port}`;

/**
 * Lets the program in that listens on the exporter's port, and the room's network through pf where pf is on. What the owner has in the
 * firewall's list already is left as it is. Ends with 3 when nothing listens: then there is no program to let in.
 */
export function openExporter(
  computer: Pick<OtherComputer, 'exporterPort'>,
  room: Pick<RoomNetwork, 'subnet'>,
): Command<'changes'> {
  const { exporterPort: port } = computer;
  return changes`set -e
pid=$(lsof -nP -iTCP:${port} -sTCP:LISTEN -t | head -n 1)
[ -n "$pid" ] || { echo 'error: nothing listens on the port' >&2; exit 3; }
app=$(ps -o comm= -p "$pid")
if ! ${FIREWALL} --getglobalstate | grep -q 'State = 0' && ! ${FIREWALL} --listapps | grep -qF ": $app"; then
  mkdir -p ${RECORD_FOLDER}
  printf '%s\n' "$app" >>${RECORD}
  ${FIREWALL} --add "$app" >/dev/null
  ${FIREWALL} --unblockapp "$app" >/dev/null
fi
if pfctl -s info 2>/dev/null | grep -q '^Status: Enabled'; then
  echo ${passRule(port, room.subnet)} | pfctl -q -a ${ANCHOR} -f -
fi`;
}

/** What kmon has let in: a line for each program, and its rules of pf. Whoever is not root sees the programs alone. */
const lookAtOurs = reads`echo @@record; cat ${RECORD} 2>/dev/null
echo @@pf; pfctl -a ${ANCHOR} -s rules 2>/dev/null`;

export const lookAtOpening: Command<'reads'> = reads`${lookAtOurs}
echo @@end`;

/** Takes back what `openExporter` did and nothing else, and says how many programs that were: `removed=1`. */
export const closeExporter: Command<'changes'> = changes`set -e
n=0
if [ -f ${RECORD} ]; then
  while IFS= read -r app; do
    ${FIREWALL} --remove "$app" >/dev/null </dev/null
    n=$((n + 1))
  done <${RECORD}
  rm -f ${RECORD}
  rmdir ${RECORD_FOLDER} 2>/dev/null || :
fi
if [ -n "$(pfctl -a ${ANCHOR} -s rules 2>/dev/null)" ]; then
  pfctl -q -a ${ANCHOR} -F rules 2>/dev/null
  n=$((n + 1))
fi
echo "removed=$n"`;

/** The same as a person types it, who knows where the exporter is. */
export function openByHand(computer: OtherComputer, room: RoomNetwork): readonly Command<'changes'>[] {
  const { exporterPort: port } = computer;
  return [
    changes`app=$(ps -o comm= -p "$(sudo lsof -nP -iTCP:${port} -sTCP:LISTEN -t | head -n 1)")`,
    changes`sudo ${FIREWALL} --add "$app"`,
    changes`sudo ${FIREWALL} --unblockapp "$app"`,
    changes`echo ${passRule(port, room.subnet)} | sudo pfctl -a ${ANCHOR} -f -`,
  ];
}

export const closeByHand: readonly Command<'changes'>[] = [
  changes`sudo ${FIREWALL} --remove "$app"`,
  changes`sudo pfctl -a ${ANCHOR} -F rules`,
];

/** Remote Login. systemsetup needs Full Disk Access for the Terminal since macOS 10.15; launchctl does not. */
export const enableSsh: readonly Command<'changes'>[] = [
  changes`sudo systemsetup -setremotelogin on`,
  changes`sudo launchctl enable system/com.openssh.sshd && sudo launchctl bootstrap system /System/Library/LaunchDaemons/ssh.plist`,
];

export const disableSsh: readonly Command<'changes'>[] = [changes`sudo systemsetup -f -setremotelogin off`];

/** An address that stays, on one network service. */
export interface MacAddress {
  /** Such as "Wi-Fi". */
  readonly service: string;
  readonly address: string;
  readonly prefix: number;
  /** networksetup wants one; without a router in the room, the computer's own address is what leads nowhere. */
  readonly gateway?: string;
}

export function setStaticAddress(to: MacAddress): readonly Command<'changes'>[] {
  const { service, address, prefix, gateway } = to;
  return [
    changes`sudo networksetup -setmanual ${service} ${address} ${netmaskOf(prefix)} ${gateway ?? address}`,
    // Without DHCP nobody names a name server.
    ...(gateway === undefined ? [] : [changes`sudo networksetup -setdnsservers ${service} ${gateway}`]),
  ];
}

export function setLeasedAddress({ service, gateway }: MacAddress): readonly Command<'changes'>[] {
  return [
    changes`sudo networksetup -setdhcp ${service}`,
    ...(gateway === undefined ? [] : [changes`sudo networksetup -setdnsservers ${service} empty`]),
  ];
}

/** Everything kmon wants to know, in one round trip, each part behind a line `@@part`. */
export function lookAtMac(computer: OtherComputer): Command<'reads'> {
  return reads`echo @@system; sw_vers
echo @@interfaces; ifconfig
dev=$(ifconfig | awk -v a=${computer.address} '/^[a-z]/ { d = $1; sub(/:$/, "", d) } $1 == "inet" && $2 == a { print d; exit }')
service=$(networksetup -listnetworkserviceorder | awk -v d="$dev" '/^\([0-9*]+\) / { s = $0; sub(/^\([0-9*]+\) /, "", s) } $0 ~ "Device: " d "\\)$" { print s; exit }')
echo @@service; echo "$service"
echo @@info; [ -z "$service" ] || networksetup -getinfo "$service"
echo @@firewall; ${FIREWALL} --getglobalstate; ${FIREWALL} --getblockall
${lookAtOurs}
echo @@listener; lsof -nP -iTCP:${computer.exporterPort} -sTCP:LISTEN
echo @@end`;
}
