#!/bin/sh
# Makes a bootstrapped Debian a guest of any laptop: customize.sh OVERLAY ROOT
set -eu
umask 022
overlay=$1
root=$2

cp -R --no-preserve=all "$overlay/." "$root/"
if [ -d "$root/usr/local/share/ca-certificates" ]; then
  chroot "$root" update-ca-certificates >/dev/null 2>&1
fi
chroot "$root" systemctl -q enable systemd-networkd.service systemd-resolved.service ssh.service
# What takes part of the lesson's time or line for nothing, and a runtime beside kmon's own.
chroot "$root" systemctl -q disable apt-daily.timer apt-daily-upgrade.timer e2scrub_all.timer e2scrub_reap.service
if [ -e "$root/lib/systemd/system/containerd.service" ]; then
  chroot "$root" systemctl -q disable containerd.service
fi

# What must differ from guest to guest is made at its first start; what was for the bootstrap alone goes.
rm -f "$root"/etc/ssh/ssh_host_* "$root/var/lib/dbus/machine-id" \
  "$root/etc/apt/apt.conf.d/99mmdebstrap" "$root/etc/dpkg/dpkg.cfg.d/99mmdebstrap"
: >"$root/etc/machine-id"
printf 'guest\n' >"$root/etc/hostname"
ln -sf ../run/systemd/resolve/stub-resolv.conf "$root/etc/resolv.conf"
