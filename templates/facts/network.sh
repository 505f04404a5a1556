for d in /sys/class/net/*; do
  if [ -r "$d/address" ]; then
    physical=no; wireless=no; mac=; state=; mtu=
    if [ -e "$d/device" ]; then physical=yes; fi
    if [ -e "$d/wireless" ] || [ -e "$d/phy80211" ]; then wireless=yes; fi
    read -r mac <"$d/address"; read -r state <"$d/operstate"; read -r mtu <"$d/mtu"
    say link "${d##*/} $mac $physical $wireless $state $mtu"
  fi
done
if has ip; then
  # Keeping what a program prints costs a second shell. It prints by itself, and is the last one that does: its section ends with all.
  # The answer about the parent says that it is from the cache, which no route of the list does.
  printf '\n[ip]\n'
  ip -o -4 -force -batch - <<EOF || { ip -o -4 address show; ip -o -4 route show; printf 'parent '; ip -o -4 route get "$parent"; }
route get $parent
address show
route show table all type unicast
EOF
fi
for f in /run/dhcpcd.pid /run/dhcpcd/pid /run/dhcpcd-*.pid /run/dhcpcd/*.pid; do
  first "$f"; if [ -n "$v" ] && [ -e "/proc/$v" ]; then say dhcpcd "$f"; fi
done
if has ifup; then say ifupdown yes; fi
if has ss; then
  sockets=$(ss -H -l -t -u -n)
  # To find the process of a socket means to look at every file of every process: only where the workshop needs the port.
  named=
  for port in $ports; do case $sockets in *":$port "*) named=yes ;; esac; done
  case $sockets in *:3[0-2][0-9][0-9][0-9]' '*) named=yes ;; esac
  if [ -n "$named" ]; then sockets=$(ss -H -l -t -u -n -p); fi
  section sockets "$sockets"
  # systemd itself has a port for a socket unit, which alone can be stopped.
  case $sockets in *,pid=1,*) section socketunits "$($limit systemctl show -p Id -p Listen '*.socket')" ;; esac
  rest=$sockets; seen=' '
  while :; do
    case $rest in *pid=*) rest=${rest#*pid=} ;; *) break ;; esac
    pid=${rest%%[!0-9]*}
    case $seen in *" $pid "*) continue ;; esac
    seen="$seen$pid "
    if [ -r "/proc/$pid/cgroup" ]; then
      while IFS= read -r v || [ -n "$v" ]; do
        case $v in 0::/?* | *:name=systemd:*) say cgroup-of "$pid ${v#*:*:}" ;; esac
      done <"/proc/$pid/cgroup"
    fi
  done
fi
