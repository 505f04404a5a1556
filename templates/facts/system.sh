first /proc/sys/kernel/hostname; name=$v; say hostname "$name"
# A resolver that is dead may take its time: it is asked on the side, and only when /etc/hosts does not know.
resolves=; asked=
if [ -r /etc/hosts ]; then
  n=0
  while [ -z "$resolves" ] && [ "$n" -lt 200 ] && { read -r address names || [ -n "$address" ]; }; do
    n=$((n + 1))
    case $address in '#'*) continue ;; esac
    case " ${names%%#*} " in *[[:space:]]"$name"[[:space:]]*) resolves=yes ;; esac
  done </etc/hosts
fi
if [ -z "$resolves" ] && [ -n "$name" ] && has getent && has timeout; then
  timeout 1 getent ahosts "$name" >/dev/null & asked=$!
fi

file machine-id /etc/machine-id
file debian-version /etc/debian_version
login=${SUDO_USER:-${LOGNAME:-${USER:-}}}
say login "${login:-$(id -un)}"
first /proc/sys/kernel/osrelease; release=$v; say release "$release"
# The package of the C library is named after the architecture that dpkg is of, unless it is there for several.
# Asked for by name: the folder has thousands of files, and a glob reads them all.
set --
for d in amd64 arm64 armhf i386 ppc64el riscv64 s390x; do if [ -e "/var/lib/dpkg/info/libc6:$d.list" ]; then set -- "$@" "$d"; fi; done
if [ $# = 1 ]; then say dpkg-architecture "$1"
elif has dpkg; then say dpkg-architecture "$(dpkg --print-architecture)"
else say machine "$(uname -m)"; fi
if [ -r /proc/swaps ]; then
  { read -r v; v=; IFS= read -r v || :; } </proc/swaps
  if [ -n "$v" ]; then say swap "$v"; fi
fi
set -- /var/lib
for d in /var/lib/kmon-containerd /var/lib/kubelet /var/lib/etcd; do if [ -d "$d" ]; then set -- "$@" "$d"; fi; done
stat -f -c 'disk=%a %S %d %c %T %n' "$@"
# What root may not write is read-only or immutable. A symbolic link that leads nowhere does not count.
for d in /etc /etc/hosts /etc/systemd/system /opt /proc/sys/net/ipv4/ip_forward /tmp /usr/bin /var/lib /var/lib/dpkg /var/log; do
  if [ -e "$d" ] && ! [ -w "$d" ]; then say unwritable "$d"; fi
done
if [ -e /sys/fs/cgroup/cgroup.controllers ]; then
  first /sys/fs/cgroup/cgroup.controllers; say cgroup 2; say controllers "$v"
else
  say cgroup 1
  if [ -r /proc/cgroups ]; then
    v=
    # One that is on has to be mounted, too.
    while read -r d _ _ type; do if [ "$type" = 1 ] && [ -d "/sys/fs/cgroup/$d" ]; then v="$v $d"; fi; done </proc/cgroups
    say controllers "$v"
  fi
fi
first /proc/cmdline
case " $v " in *' cgroup_disable=memory '* | *' cgroup_disable=memory,'*) say memory-off yes ;; esac
if [ -d /run/systemd/system ]; then say systemd yes; fi
if has apt-get; then say apt yes; fi

first /run/systemd/container; container=$v
if [ -n "$container" ]; then :
elif [ -e /run/.containerenv ]; then container=podman
elif [ -e /.dockerenv ]; then container=docker
else case $release in *[Mm]icrosoft*) container=wsl ;; esac; fi
if [ -n "$container" ]; then say container "$container"; fi
dmi=/sys/class/dmi/id
for d in sys_vendor board_vendor bios_vendor product_version; do file dmi "$dmi/$d"; done
for d in /sys/bus/virtio/devices/*; do if [ -e "$d" ]; then say virtio yes; break; fi; done
file model "$dmi/product_name"
file product-uuid "$dmi/product_uuid"
file model /proc/device-tree/model
file product-uuid /proc/device-tree/serial-number
if [ -e /run/systemd/timesync/synchronized ]; then say time-synchronized yes; fi

for d in /sys/class/power_supply/*; do
  if [ -r "$d/type" ]; then
    type=; scope=-; status=-; online=-; capacity=-
    read -r type <"$d/type"; read -r scope <"$d/scope"; read -r status <"$d/status"; read -r online <"$d/online"; read -r capacity <"$d/capacity"
    say power "$type,$scope,$online,$capacity,$status"
  fi
done
for d in /sys/class/hwmon/hwmon*; do
  for t in "$d"/temp*_input; do if [ -r "$t" ]; then file sensor "$d/name"; break; fi; done
  for t in "$d"/device/temp*_input; do if [ -r "$t" ]; then file sensor "$d/device/name"; break; fi; done
done
for z in /sys/class/thermal/thermal_zone*; do if [ -r "$z/temp" ]; then file sensor "$z/type"; fi; done

# The hardware of the computer that a container runs on is not the container's.
if [ -z "$container" ]; then
  for d in /proc/acpi/button/lid/*; do if [ -e "$d" ]; then say lid yes; break; fi; done
  # SW_LID is bit 0 of the switches (linux/input-event-codes.h).
  for d in /sys/class/input/input*/capabilities/sw; do
    first "$d"; case $v in *[13579bdf]) say lid yes ;; esac
  done
  file platform-profile /sys/firmware/acpi/platform_profile
  for d in scaling_driver scaling_governor energy_performance_preference; do file "$d" "/sys/devices/system/cpu/cpufreq/policy0/$d"; done
fi
if [ -d /run/systemd/seats ]; then say logind yes; fi
# shellcheck disable=SC3013 # every sh of a Linux knows -ef
for d in sleep suspend; do if [ "/etc/systemd/system/$d.target" -ef /dev/null ]; then say masked "$d"; fi; done
