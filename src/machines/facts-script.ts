import { reads, withOptions } from '../shell/command.js';
import type { Command } from '../shell/command.js';
import { NO_HOME } from '../tools/no-home.js';

/** First and last line of what the script prints; everything outside is not ours. */
export const FACTS_BEGIN = 'kmon-facts-begin';
export const FACTS_END = 'kmon-facts-end';

/** Programs whose version is asked for. */
export const PROGRAMS = [
  'containerd',
  'crictl',
  'docker',
  'helm',
  'kubeadm',
  'kubectl',
  'kubelet',
  'runc',
  'stress-ng',
] as const;

/** Units that take part in the workshop, stand in its way, or keep the clock. */
export const UNITS = [
  'chrony',
  'chronyd',
  'containerd',
  'docker',
  'firewalld',
  'k3s',
  'k3s-agent',
  'kubelet',
  'ntp',
  'ntpsec',
  'openntpd',
  'prometheus-node-exporter',
  'snap.microk8s.daemon-kubelite',
  'systemd-timesyncd',
] as const;

/**
 * All that is asked of a machine, in one round trip and one `sh`: POSIX only, `key=value` lines, one line a value (a key may come
 * several times). Every probe may fail by itself. Programs that are slow to start tell their version at the same time.
 */
export function factsCommand(parentAddress: string): Command<'reads'> {
  return withOptions(
    reads`LC_ALL=C; export LC_ALL
PATH=/opt/kmon/bin:$PATH:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/snap/bin; export PATH
# A program that looks for its settings finds none, and cannot make any either.
HOME=${NO_HOME}; export HOME; unset KUBECONFIG XDG_CONFIG_HOME XDG_CACHE_HOME XDG_DATA_HOME
file() { if [ -r "$2" ]; then { v=; IFS= read -r v || :; printf '%s=%s\n' "$1" "$v"; } <"$2"; fi; }
lines() { sed "s/^/$1=/"; }
has() { command -v "$1" >/dev/null; }
brief() { if has timeout; then timeout 4 "$@"; else "$@"; fi; }

look() {
printf 'clock=%s\n' "$(date +%s%N)"
for p in ${PROGRAMS}; do
  if path=$(command -v "$p"); then
    case $p in
      kubectl) set -- version --client -o yaml ;;
      kubeadm) set -- version -o short ;;
      helm) set -- version --short ;;
      *) set -- --version ;;
    esac
    # In the background and as one write each: seven programs of 50 MB take as long as one.
    { out=$(brief "$p" "$@" 2>/dev/null | tr '\n' ' '); printf 'program=%s %s %s\n' "$p" "$path" "$out"; } &
  fi
done

file hostname /proc/sys/kernel/hostname
file machine-id /etc/machine-id
printf 'login=%s\n' "$(if [ -n "$SUDO_USER" ]; then echo "$SUDO_USER"; else id -un; fi)"
{ cat /etc/os-release || cat /usr/lib/os-release; } | lines os
printf 'uname=%s\n' "$(uname -m) $(uname -r)"
if has dpkg; then dpkg --print-architecture | lines dpkg-architecture; fi
printf 'cpus=%s\n' "$(nproc || grep -c '^processor' /proc/cpuinfo)"
grep -E '^Mem(Total|Available):' /proc/meminfo | lines memory
df -P -k /var/lib | tail -n 1 | lines disk
df -P -i /var/lib | tail -n 1 | lines inodes
tail -n +2 /proc/swaps | lines swap
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then echo cgroup=2; else echo cgroup=1; fi
if has systemd-detect-virt; then systemd-detect-virt | lines virtualization; fi
if { has systemd-detect-virt && systemd-detect-virt -q -c; } || [ -e /run/.containerenv ] || [ -e /.dockerenv ]; then echo container=yes; fi
sed -n 's/^CapEff:[[:space:]]*/capabilities=/p' /proc/self/status
if [ -d /run/systemd/system ]; then echo systemd=yes; fi
if has apt-get; then echo apt=yes; fi
file model /sys/class/dmi/id/product_name
file product-uuid /sys/class/dmi/id/product_uuid
if [ -r /proc/device-tree/model ]; then tr '\000' '\n' </proc/device-tree/model | lines model; fi
if [ -r /proc/device-tree/serial-number ]; then tr '\000' '\n' </proc/device-tree/serial-number | lines product-uuid; fi

for d in /sys/class/net/*; do
  if [ -r "$d/address" ]; then
    physical=no; wireless=no; mac=; state=; mtu=
    if [ -e "$d/device" ]; then physical=yes; fi
    if [ -e "$d/wireless" ] || [ -e "$d/phy80211" ]; then wireless=yes; fi
    read -r mac <"$d/address"; read -r state <"$d/operstate"; read -r mtu <"$d/mtu"
    printf 'link=%s %s %s %s %s %s\n' "$(basename "$d")" "$mac" "$physical" "$wireless" "$state" "$mtu"
  fi
done
if has ip; then
  ip -o -4 addr show | lines address
  { ip -o -4 route show table all type unicast || ip -4 route show; } | lines route
  ip -o -4 route get ${parentAddress} | lines parent-route
fi
if has ss; then
  sockets=$(ss -H -l -t -u -n -p)
  printf '%s\n' "$sockets" | lines socket
  for pid in $(printf '%s\n' "$sockets" | grep -o 'pid=[0-9]*' | cut -d= -f2 | sort -u); do
    if [ -r "/proc/$pid/cgroup" ]; then sed -n "s/^\(0:\|[0-9]*:name=systemd\):/cgroup-of=$pid /p" "/proc/$pid/cgroup"; fi
  done
fi
grep -E '^[[:space:]]*nameserver' /etc/resolv.conf | lines resolver

for f in /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock; do
  if inode=$(stat -c %i "$f"); then
    while read -r _ _ _ _ pid where _; do
      case $where in
        *:"$inode")
          # The same number may be another file on another disk: the process must really have this one open.
          if readlink /proc/"$pid"/fd/* | grep -q -x -F "$f"; then
            comm=; read -r comm <"/proc/$pid/comm"; printf 'apt-lock=%s %s %s\n' "$f" "$pid" "$comm"
          fi ;;
      esac
    done </proc/locks
  fi
done
if [ -e /run/systemd/timesync/synchronized ]; then echo time-synchronized=yes; fi
for d in /sys/class/power_supply/*; do
  if [ -r "$d/type" ]; then
    type=; scope=-; status=-; online=-; capacity=-
    read -r type <"$d/type"; read -r scope <"$d/scope"; read -r status <"$d/status"; read -r online <"$d/online"; read -r capacity <"$d/capacity"
    printf 'power=%s,%s,%s,%s,%s\n' "$type" "$scope" "$online" "$capacity" "$status"
  fi
done
feature() {
  name=$1; shift
  for e in "/sys/module/$name" "$@"; do if [ -e "$e" ]; then echo "kernel=$name present"; return; fi; done
  if grep -qsw "$name" /proc/filesystems; then echo "kernel=$name present"
  elif modprobe -n -q "$name"; then echo "kernel=$name loadable"
  else echo "kernel=$name missing"; fi
}
feature overlay
feature br_netfilter /proc/sys/net/bridge
feature vxlan
feature nf_conntrack /proc/sys/net/netfilter/nf_conntrack_max
if [ -r /etc/ufw/ufw.conf ] && grep -q '^ENABLED=yes' /etc/ufw/ufw.conf; then echo firewall=ufw; fi
if [ -d /run/systemd/system ]; then
  brief systemctl show -p Id -p LoadState -p ActiveState -p UnitFileState ${UNITS.map((u) => `${u}.service`)} | lines unit
fi
for t in /sys/class/hwmon/hwmon*/temp*_input /sys/class/hwmon/hwmon*/device/temp*_input; do
  if [ -r "$t" ]; then file sensor "$(dirname "$t")/name"; fi
done
for z in /sys/class/thermal/thermal_zone*; do if [ -r "$z/temp" ]; then file sensor "$z/type"; fi; done
for f in /etc/kubernetes/*.conf /etc/kubernetes/manifests/*.yaml /etc/kubernetes/pki/ca.crt /var/lib/etcd/member /var/lib/kubelet/config.yaml; do
  if [ -e "$f" ]; then printf 'kubernetes-file=%s\n' "$f"; fi
done
if [ -r /var/lib/kmon/ledger.jsonl ]; then printf 'ledger=%s\n' "$(grep -c . /var/lib/kmon/ledger.jsonl)"; fi
wait
printf 'clock=%s\n' "$(date +%s%N)"
}
echo; echo ${FACTS_BEGIN}
look </dev/null 2>/dev/null
echo; echo ${FACTS_END}`,
    { timeoutMs: 30_000 },
  );
}
