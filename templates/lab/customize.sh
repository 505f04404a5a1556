#!/bin/sh
# Makes a bootstrapped Debian look like a student's computer: customize.sh OVERLAY ROOT
set -eu
umask 022
overlay=$1
root=$2

cp -R --no-preserve=all "$overlay/." "$root/"
if [ -d "$root/usr/local/share/ca-certificates" ]; then
  chroot "$root" update-ca-certificates >/dev/null 2>&1
fi

chroot "$root" useradd --create-home --shell /bin/bash --groups sudo student
chroot "$root" systemctl -q enable lab-shared-mounts.service lab-own-kernel.service ssh.service
# These would act on the computer below and not on the machine: its consoles, its disks.
chroot "$root" systemctl -q mask getty.target console-getty.service e2scrub_all.timer e2scrub_reap.service fstrim.timer
# An apt run at a random hour makes a rehearsal differ from the next one.
chroot "$root" systemctl -q disable apt-daily.timer apt-daily-upgrade.timer
# The same for kernel settings that all machines and the computer below share.
mkdir -p "$root/etc/sysctl.d"
for shared in "$root"/usr/lib/sysctl.d/*.conf; do
  ln -sf /dev/null "$root/etc/sysctl.d/${shared##*/}"
done

# What must differ from machine to machine is made at its first start; what was for the bootstrap alone goes.
rm -f "$root"/etc/ssh/ssh_host_* "$root/var/lib/dbus/machine-id" \
  "$root/etc/apt/apt.conf.d/99mmdebstrap" "$root/etc/dpkg/dpkg.cfg.d/99mmdebstrap"
: >"$root/etc/machine-id"
: >"$root/etc/resolv.conf"
rm -f "$root/etc/hostname"
