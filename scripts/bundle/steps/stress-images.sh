# shellcheck shell=bash
# What `kmon stress --team` runs on each child: Debian's stress-ng, with a shell and `sleep` for a load of several phases, as the one in the world
# has them. Under that one's name, and by its own version.

readonly STRESS_PACKAGES=(stress-ng coreutils dash libacl1 libapparmor1 libattr1 libbsd0 libc6 libcrypt1 libdrm2 libegl1 libexpat1 libffi8 libgbm1
  libgles2 libglvnd0 libgmp10 libipsec-mb1 libjpeg62-turbo libjudydebian1 libkmod2 liblzma5 libmd0 libpcre2-8-0 libsctp1 libselinux1 libssl3
  libwayland-server0 libxcb-randr0 libxcb1 libxau6 libxdmcp6 libxxhash0 libzstd1 zlib1g)

inputs_stress-images() {
  printf '%s\n' "${STRESS_PACKAGES[@]}"
  image_inputs
}

make_stress-images() {
  local work=$1/work system=$1/work/system rootfs=$1/work/rootfs-stress version
  install_packages binutils
  mkdir -p "$system"
  unpack_packages "$system" "${STRESS_PACKAGES[@]}"
  # Without what Debian has made of it: 0.15.06 of 0.15.06-2.
  version=$(sed -n 's/^stress-ng \([0-9.]*\).*/\1/p' "$system/packages.txt")
  copy_program "$system" /usr/bin/stress-ng "$rootfs" /usr/bin/stress-ng
  copy_program "$system" /bin/dash "$rootfs" /bin/sh
  copy_program "$system" /bin/sleep "$rootfs" /bin/sleep
  mkdir -p "$rootfs"/{tmp,var/tmp}
  write_accounts "$rootfs"
  add_image "$work" "ghcr.io/colinianking/stress-ng:$version" "$rootfs" \
    '{ "Env": ["PATH=/usr/bin:/bin"], "Entrypoint": ["/usr/bin/stress-ng"] }'
  pack_archive "$work" "$1/stress.tar"
  rm -rf "$work"
  seal "$1"
}
