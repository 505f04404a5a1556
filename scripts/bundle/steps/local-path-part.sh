# shellcheck shell=bash
# The images of local-path-provisioner: its own, and the small one with a shell in which its helper runs, of Debian's BusyBox.

inputs_local-path-part() {
  step_key local-path
  image_inputs
}

make_local-path-part() {
  local work=$1/work system=$1/work/system rootfs=$1/work/rootfs-busybox version
  unpack_packages "$system" busybox-static
  # 1.35.0 of 1:1.35.0-4+deb12u1+b1.
  version=$(sed -n 's/^busybox-static \([0-9]*:\)\{0,1\}\([0-9.]*\).*/\2/p' "$system/packages.txt")
  install -D -m 0755 "$system/bin/busybox" "$rootfs/bin/busybox"
  chroot "$rootfs" /bin/busybox --install -s /bin
  mkdir -p "$rootfs/tmp"
  write_accounts "$rootfs"
  add_image "$work" "docker.io/library/busybox:$version" "$rootfs" '{ "Env": ["PATH=/bin"], "Cmd": ["sh"] }'
  add_program "$work" "docker.io/rancher/local-path-provisioner:$LOCAL_PATH_VERSION" "$(output_of local-path)/local-path-provisioner" \
    /usr/bin/local-path-provisioner '{ "Entrypoint": ["local-path-provisioner"], "Env": ["PATH=/usr/bin"] }'
  pack_archive "$work" "$1/local-path.tar"
  rm -rf "$work"
  seal "$1"
}
