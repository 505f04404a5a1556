import type { TestMachine } from './lab.js';

/** The one on which `findings` may be asked for. */
export interface StandIn {
  /** What its SSH server starts; the words in which it says that it knows no `exec` follow from it. */
  shell(kind: 'cmd.exe' | 'PowerShell 5' | 'PowerShell 7'): void;
}

const write = (path: string, text: string, mode = '755'): string =>
  `mkdir -p "$(dirname '${path}')"; base64 -d >'${path}' <<'END'\n${Buffer.from(text).toString('base64')}\nEND\nchmod ${mode} '${path}'`;

/** The stand-ins themselves need root, whatever the lab's student may do. */
const MAY_SUDO = write('/etc/sudoers.d/zz-stand-in', 'student ALL=(ALL) NOPASSWD: ALL\n', '440');

/** A real exporter on a port of the machine; its unit ends with the machine. */
export function startExporter(machine: TestMachine, port: number): void {
  machine.sh(`command -v prometheus-node-exporter >/dev/null || {
apt-get -q update >/dev/null
DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends prometheus-node-exporter >/dev/null 2>&1
systemctl -q disable --now prometheus-node-exporter; }
systemd-run -q --unit own-exporter prometheus-node-exporter --web.listen-address=:${port}
for _ in $(seq 50); do ss -Hltn "sport = :${port}" | grep -q . && exit 0; sleep 0.1; done; exit 1`);
}

export function stopExporter(machine: TestMachine): void {
  machine.sh('systemctl stop own-exporter');
}

/** A firewall that really drops what comes to the port, until an opening stands before it. */
export function closeFirewall(machine: TestMachine, port: number): void {
  machine.sh(`iptables -A INPUT ! -i lo -p tcp --dport ${port} -j DROP`);
}

/**
 * A stand-in for Windows: the login shell answers as cmd.exe or PowerShell do and knows one program, powershell, which understands the few
 * scripts that kmon runs there by what they hold, and answers in the recorded formats. Its firewall rules are real ones of iptables, so
 * that opening a port shows. Nothing in it proves that Windows itself does the same.
 */
export function playWindows(machine: TestMachine): StandIn {
  machine.sh(
    [
      write('/usr/local/bin/login-shell-stand-in', LOGIN_SHELL),
      write('/usr/local/sbin/powershell-stand-in', POWERSHELL),
      MAY_SUDO,
      'usermod -s /usr/local/bin/login-shell-stand-in student',
    ].join('\n'),
  );
  return {
    shell: (kind) => {
      const path = {
        'cmd.exe': '',
        'PowerShell 5': 'C:\\Windows\\System32\\WindowsPowerShell\\v1.0\\powershell.exe',
        'PowerShell 7': 'C:\\Program Files\\PowerShell\\7\\pwsh.exe',
      }[kind];
      machine.sh(`printf %s '${path}' >/etc/login-shell-stand-in`);
    },
  };
}

const LOGIN_SHELL = String.raw`#!/bin/sh
# $1 is -c, $2 what SSH was asked to run.
case $2 in
powershell\ *)
  printf %s "$2" | sed 's/.* //' | base64 -d | tr -d '\000' |
    sudo -n /usr/local/sbin/powershell-stand-in
  exit
  ;;
esac
program=$(printf %s "$2" | sed 's/ .*//')
case $(cat /etc/login-shell-stand-in) in
*pwsh.exe) printf "%s: The term '%s' is not recognized as a name of a cmdlet, function, script file, or executable program.\r\n" "$program" "$program" >&2 ;;
*powershell.exe) printf "%s : The term '%s' is not recognized as the name of a cmdlet, function, script file, or operable program.\r\n    + FullyQualifiedErrorId : CommandNotFoundException\r\n" "$program" "$program" >&2 ;;
*) printf "'%s' is not recognized as an internal or external command,\r\noperable program or batch file.\r\n" "$program" >&2 ;;
esac
exit 1
`;

const POWERSHELL = String.raw`#!/bin/sh
# Reads a script, and does what it means.
script=$(cat)
rules=/var/lib/firewall-stand-in
say() { printf '%s\r\n' "$@"; }
say "$(printf %s "$script" | grep -o 'kmon:[0-9a-f]*' | head -n 1)"
address=$(ip -o -4 addr show scope global | awk '{ sub("/.*", "", $4); print $4; exit }')
case $script in
*New-NetFirewallRule*)
  port=$(printf %s "$script" | sed -n 's/.*-LocalPort \([0-9]*\) .*/\1/p')
  from=$(printf %s "$script" | sed -n "s/.*-RemoteAddress '\([0-9./]*\)'.*/\1/p")
  echo "$port $from" >>$rules
  iptables -I INPUT -s "$from" -p tcp --dport "$port" -j ACCEPT
  ;;
*"Get-NetFirewallRule -Group 'kmon' -ErrorAction"*)
  n=0
  if [ -f $rules ]; then
    while read -r port from; do
      iptables -D INPUT -s "$from" -p tcp --dport "$port" -j ACCEPT
      n=$((n + 1))
    done <$rules
    rm $rules
  fi
  say "removed=$n"
  ;;
*@@user*)
  port=$(printf %s "$script" | sed -n 's/.*-LocalPort \([0-9]*\) .*/\1/p')
  say @@user admin=True @@address '' "IPAddress      : $address" 'InterfaceAlias : Ethernet' 'PrefixLength   : 24' 'PrefixOrigin   : Dhcp' ''
  say @@route '' 'InterfaceAlias : Ethernet' "NextHop        : $(echo "$address" | sed 's/[0-9]*$/1/')" ''
  say @@network '' 'InterfaceAlias  : Ethernet' 'NetworkCategory : Public' ''
  say @@profile '' 'Name                    : Public' 'Enabled                 : True' 'AllowInboundRules       : True' 'AllowLocalFirewallRules : True' ''
  say @@rule
  [ ! -f $rules ] || while read -r p _; do
    say '' "Name      : kmon-exporter-$p" 'Enabled   : True' 'Direction : Inbound' 'Action    : Allow' ''
  done <$rules
  say @@listener
  ss -Hltn "sport = :$port" | grep -q . && say '' 'LocalAddress : ::' "LocalPort    : $port" ''
  say @@end
  ;;
*@@rule*)
  say @@rule
  [ ! -f $rules ] || while read -r p _; do
    say '' "Name      : kmon-exporter-$p" 'Enabled   : True' 'Direction : Inbound' 'Action    : Allow' ''
  done <$rules
  say @@end
  ;;
*DefaultShell*)
  say @@windows 'product=Windows 10 Pro' 'version=10.0.22631.0' 'powershell=5.1.22621.2506' "shell=$(cat /etc/login-shell-stand-in)" 'shellversion=7.4.2'
  ;;
*)
  printf '%s\r\n' 'error: a script that this stand-in does not know' >&2
  exit 1
  ;;
esac
exit 0
`;

/**
 * A stand-in for a Mac: the student's shell sees no /proc/sys/kernel and a `uname` that says Darwin; the programs of macOS that kmon asks
 * answer in the recorded formats. Its application firewall is a real rule of iptables. Nothing in it proves that macOS itself does the same.
 */
export function playMac(machine: TestMachine, port: number): void {
  const programs = {
    '/usr/local/bin/login-shell-stand-in': MAC_SHELL,
    '/usr/local/bin/uname': MAC_UNAME,
    '/usr/local/bin/sw_vers': String.raw`#!/bin/sh
printf 'ProductName:\t\tmacOS\nProductVersion:\t\t14.4.1\nBuildVersion:\t\t23E224\n'
`,
    '/usr/local/bin/ifconfig': MAC_IFCONFIG,
    '/usr/local/bin/networksetup': MAC_NETWORKSETUP,
    '/usr/local/bin/lsof': MAC_LSOF,
    '/usr/local/bin/pfctl':
      '#!/bin/sh\ncase $* in *info*) echo "Status: Disabled for 0 days 00:01:02" ;; esac\n',
    '/usr/libexec/ApplicationFirewall/socketfilterfw': MAC_FIREWALL.replaceAll('PORT', String(port)),
  };
  machine.sh(
    [
      ...Object.entries(programs).map(([path, text]) => write(path, text)),
      MAY_SUDO,
      'usermod -s /usr/local/bin/login-shell-stand-in student',
    ].join('\n'),
  );
}

const MAC_SHELL = String.raw`#!/bin/sh
exec sudo -n unshare -m -- sh -c 'mkdir -p /run/nothing && mount --bind /run/nothing /proc/sys/kernel &&
  exec setpriv --reuid student --regid student --init-groups -- env HOME=/home/student PATH=/usr/local/bin:/usr/bin:/bin sh -c "$1"' sh "$2"
`;
const MAC_UNAME = String.raw`#!/bin/sh
case $* in *r*) echo Darwin 23.4.0 ;; *) echo Darwin ;; esac
`;
const MAC_IFCONFIG = String.raw`#!/bin/sh
address=$(ip -o -4 addr show scope global | awk '{ sub("/.*", "", $4); print $4; exit }')
printf 'lo0: flags=8049<UP,LOOPBACK,RUNNING,MULTICAST> mtu 16384\n\tinet 127.0.0.1 netmask 0xff000000\n'
printf 'en0: flags=8863<UP,BROADCAST,SMART,RUNNING,SIMPLEX,MULTICAST> mtu 1500\n\tinet %s netmask 0xffffff00 broadcast %s\n' "$address" "$address"
`;
const MAC_NETWORKSETUP = String.raw`#!/bin/sh
case $1 in
-listnetworkserviceorder)
  printf 'An asterisk (*) denotes that a network service is disabled.\n(1) USB 10/100/1000 LAN\n(Hardware Port: USB 10/100/1000 LAN, Device: en4)\n\n(2) Wi-Fi\n(Hardware Port: Wi-Fi, Device: en0)\n\n'
  ;;
-getinfo) printf 'DHCP Configuration\nIP address: 192.0.2.20\nSubnet mask: 255.255.255.0\nRouter: 192.0.2.1\nIPv6: Automatic\n' ;;
esac
`;
const MAC_LSOF = String.raw`#!/bin/sh
port=$(echo "$*" | sed -n 's/.*-iTCP:\([0-9]*\).*/\1/p')
pid=$(ss -Hltnp "sport = :$port" | sed -n 's/.*pid=\([0-9]*\).*/\1/p')
[ -n "$pid" ] || exit 1
case $* in
*-t*) echo "$pid" ;;
*) printf 'COMMAND PID USER FD TYPE DEVICE SIZE/OFF NODE NAME\nnode_expo %s ada 3u IPv6 0x2a3f 0t0 TCP *:%s (LISTEN)\n' "$pid" "$port" ;;
esac
`;
const MAC_FIREWALL = String.raw`#!/bin/sh
apps=/var/lib/firewall-stand-in
touch $apps
case $1 in
--getglobalstate) echo 'Firewall is enabled. (State = 1)' ;;
--getblockall) echo 'Firewall has block all state set to disabled.' ;;
--listapps) echo "Total number of apps = $(wc -l <$apps)"; awk '{ print NR " : " $0 }' $apps ;;
--add) echo "$2" >>$apps ;;
--unblockapp) iptables -I INPUT -p tcp --dport PORT -j ACCEPT ;;
--remove) grep -vxF "$2" $apps >$apps.new; mv $apps.new $apps; iptables -D INPUT -p tcp --dport PORT -j ACCEPT ;;
esac
`;
