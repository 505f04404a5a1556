# shellcheck shell=bash
# A stand-in for flannel, whose own source is no Go module that can be had: a small daemon of ours (flannel/stand-in) and the reference plugin
# `flannel` of when it was one. One image for both of flannel's; ../stand-ins says under which names it is served.

readonly FLANNEL_STAND_IN=kmon.invalid/flannel-stand-in:lab
readonly FLANNEL_PLUGIN=github.com/containernetworking/plugins/plugins/meta/flannel
# `iptables` for the daemon, and a `cp` with which the pod puts the plugin and its configuration in their places.
readonly FLANNEL_PACKAGES=(libc6 iptables libxtables12 libnftnl11 libmnl0 busybox-static)

# make_flannel FOLDER FILE: the archive with that image. FOLDER is for the work, and stays.
make_flannel() {
  local system=$1/system rootfs=$1/rootfs extensions name
  mkdir -p "$system" "$rootfs"
  install_packages binutils
  if [[ -n $FLANNEL ]]; then
    install -D -m 0755 "$FLANNEL/flanneld" "$rootfs/opt/bin/flanneld"
    install -D -m 0755 "$FLANNEL/flannel" "$rootfs/flannel"
  else
    build_stand_in "$rootfs"
  fi
  unpack_packages "$system" "${FLANNEL_PACKAGES[@]}"
  copy_program "$system" /usr/sbin/xtables-nft-multi "$rootfs" /usr/sbin/xtables-nft-multi
  for name in {ip,ip6}tables{,-save,-restore}; do ln -s xtables-nft-multi "$rootfs/usr/sbin/$name"; done
  extensions=$(cd "$system" && find usr/lib -type d -name xtables)
  mkdir -p "$rootfs/$(dirname "$extensions")"
  cp -r "$system/$extensions" "$rootfs/$extensions"
  install -D -m 0755 "$(resolve "$system" /bin/busybox)" "$rootfs/bin/cp"
  write_accounts "$rootfs"
  add_image "$1" "$FLANNEL_STAND_IN" "$rootfs" '{ "Env": ["PATH=/usr/sbin:/usr/bin:/sbin:/bin"] }'
  pack_archive "$1" "$2"
}

# build_stand_in ROOTFS: both programs, where the manifest of flannel looks for them.
build_stand_in() {
  local own=() folder
  find_go
  # What the bundle's build fetches and compiles lies in the same places, and it takes them away when it is done.
  exec 8>"$WORK/lock"
  flock 8
  if [[ -z $OWN_GO ]] && ! is_done go; then
    mkdir -p "$(output_of go).part"
    make_go "$(output_of go).part"
    mv "$(output_of go).part" "$(output_of go)"
  fi
  for folder in "$WORK"/go-{build,modules}; do [[ -e $folder ]] || own+=("$folder"); done
  go_here -C "$INTERNET_SCRIPTS/flannel" build -mod=readonly -trimpath -buildvcs=false -ldflags '-s -w' -o "$1/opt/bin/flanneld" ./stand-in
  go_here -C "$INTERNET_SCRIPTS/flannel" build -mod=readonly -trimpath -buildvcs=false -ldflags '-s -w' -o "$1/flannel" "$FLANNEL_PLUGIN"
  rm -rf "${own[@]}"
  exec 8>&-
}
