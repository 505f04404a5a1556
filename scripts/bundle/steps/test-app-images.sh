# shellcheck shell=bash
# What serves the page of `kmon test-app` on each child: Debian's nginx, with the shell that its container begins with. Under the name of the
# one in the world, and by its own version.

readonly TEST_APP_PACKAGES=(nginx libc6 libcrypt1 libpcre2-8-0 libssl3 zlib1g dash)

inputs_test-app-images() {
  printf '%s\n' "${TEST_APP_PACKAGES[@]}"
  image_inputs
}

make_test-app-images() {
  local work=$1/work system=$1/work/system rootfs=$1/work/rootfs-nginx version
  install_packages binutils
  mkdir -p "$system"
  unpack_packages "$system" "${TEST_APP_PACKAGES[@]}"
  # Without what Debian has made of it: 1.22.1 of 1.22.1-9+deb12u1.
  version=$(sed -n 's/^nginx \([0-9.]*\).*/\1/p' "$system/packages.txt")
  copy_program "$system" /usr/sbin/nginx "$rootfs" /usr/sbin/nginx
  copy_program "$system" /bin/dash "$rootfs" /bin/sh
  mkdir -p "$rootfs"/{tmp,var/lib/nginx,var/log/nginx}
  write_accounts "$rootfs"
  add_image "$work" "docker.io/library/nginx:$version" "$rootfs" \
    '{ "Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"], "Cmd": ["nginx", "-g", "daemon off;"] }'
  pack_archive "$work" "$1/test-app.tar"
  rm -rf "$work"
  seal "$1"
}
