# Units that have no file cost systemd more than those that have one.
there=
if [ -d /run/systemd/system ]; then
  set --
  for d in /etc/systemd/system /run/systemd/system /run/systemd/transient /run/systemd/generator.late /usr/local/lib/systemd/system /usr/lib/systemd/system; do
    if [ -d "$d" ]; then set -- "$@" "$d"; fi
  done
  # Where /lib is no link to /usr/lib.
  # shellcheck disable=SC3013 # every sh of a Linux knows -ef
  if ! [ /lib/systemd/system -ef /usr/lib/systemd/system ]; then set -- "$@" /lib/systemd/system; fi
  for u in $units; do
    for d in "$@"; do if [ -e "$d/$u.service" ]; then there="$there $u.service"; break; fi; done
  done
fi
if [ -n "$there" ]; then
  # shellcheck disable=SC2086 # words of ours
  section units "$($limit systemctl show -p Id -p LoadState -p ActiveState -p UnitFileState $there)"
fi

# Locks of a whole file, as apt and dpkg take them: `1: POSIX  ADVISORY  WRITE 812 fe:00:1234 0 EOF`.
held=
if [ -r /proc/locks ]; then
  while read -r _ kind _ mode pid where from to _; do
    case "$kind $mode $from $to" in 'POSIX WRITE 0 EOF') held="$held $pid:${where##*:}" ;; esac
  done </proc/locks
fi
if [ -n "$held" ]; then
  for line in $(stat -c '%i:%n' /var/lib/dpkg/lock-frontend /var/lib/dpkg/lock /var/lib/apt/lists/lock /var/cache/apt/archives/lock); do
    for lock in $held; do
      if [ "${lock#*:}" = "${line%%:*}" ]; then
        pid=${lock%%:*}
        # The same number may be another file on another disk: the process must really have this one open.
        for fd in /proc/"$pid"/fd/*; do
          # shellcheck disable=SC3013 # every sh of a Linux knows -ef
          if [ "$fd" -ef "${line#*:}" ]; then first "/proc/$pid/comm"; say apt-lock "${line#*:} $pid $v"; break; fi
        done
      fi
    done
  done
fi

# A package that dpkg was stopped half-way with, now or long ago. Their names only where there are some.
for f in /var/lib/dpkg/updates/[0-9]*; do if [ -e "$f" ]; then say dpkg-stopped yes; break; fi; done
if [ -r /var/lib/dpkg/status ] && grep -aqsE '^Status: [a-z]* [a-z]* (half-|unpacked)' /var/lib/dpkg/status; then
  section packages "$(sed -n '/^Package: /h; /^Status: [a-z]* [a-z]* \(half-\|unpacked\)/{G;s/\n/ /p;}' /var/lib/dpkg/status)"
  for f in /var/lib/kmon/packages-*; do
    if [ -r "$f" ]; then while IFS= read -r v; do say own-package "$v"; done <"$f"; fi
  done
fi

for f in /etc/kubernetes/*.conf /etc/kubernetes/manifests/*.yaml /etc/kubernetes/pki/* /var/lib/etcd/* /var/lib/kubelet/config.yaml; do
  if [ -e "$f" ]; then say kubernetes-file "$f"; fi
done
# The kubelet of kmon's uses kmon's own container runtime; one that is set up for another is of another cluster.
if [ -e /var/lib/kubelet/kubeadm-flags.env ] || [ -e /var/lib/kubelet/instance-config.yaml ]; then
  grep -qsF /run/kmon-containerd/ /var/lib/kubelet/kubeadm-flags.env /var/lib/kubelet/instance-config.yaml || say foreign-kubelet yes
fi
# Whose it is (its first entry), what there was of Kubernetes before, and how many entries there are.
if [ -s /var/lib/kmon/ledger.jsonl ]; then
  section ledger "$(sed -n '/"kind":"kubeadm-node"/p;/"id":"unit kubelet.service"/p;1s/,"found":.*/}/p;$=' /var/lib/kmon/ledger.jsonl)"
fi
for f in /var/lib/kmon/packages-????????????; do if [ -e "$f" ]; then say own-packages yes; break; fi; done
for pair in $others; do if [ -e "${pair#*:}" ]; then say other "$pair"; fi; done
for d in /sys/fs/cgroup/system.slice/docker-*.scope/kube* /sys/fs/cgroup/systemd/docker/*/kube*; do
  if [ -e "$d" ]; then say kubelet-in-docker yes; break; fi
done
for f in overlay br_netfilter vxlan nf_conntrack; do if [ -e "/sys/module/$f" ]; then say kernel "$f"; fi; done
if [ -e /proc/sys/net/bridge ]; then say kernel br_netfilter; fi
if [ -e /proc/sys/net/netfilter/nf_conntrack_max ]; then say kernel nf_conntrack; fi
