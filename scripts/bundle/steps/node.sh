# shellcheck shell=bash
# The images every machine runs: pause, kube-proxy with iptables inside, and node-exporter.

inputs_node() {
  step_key compile
  step_key pause
  step_key packages
  printf '%s\n' "$PAUSE_IMAGE" "$NODE_EXPORTER_IMAGE"
  cat "$BUNDLE_SCRIPTS/images/docker-archive.mjs" "$BUNDLE_SCRIPTS/lib/rootfs.sh"
}

# kube_proxy_rootfs SYSROOT ROOTFS: iptables in its nft flavour, which is what Debian's kubelet and kmon use on the machine
# itself: two flavours at once would each see half of the rules.
kube_proxy_rootfs() {
  local sysroot=$1 rootfs=$2 name plugin
  install -D -m 0755 "$(output_of compile)/kube-proxy" "$rootfs/usr/local/bin/kube-proxy"
  copy_program "$sysroot" /usr/sbin/xtables-nft-multi "$rootfs" /usr/sbin/xtables-nft-multi
  for name in iptables iptables-save iptables-restore ip6tables ip6tables-save ip6tables-restore; do
    ln -s xtables-nft-multi "$rootfs/usr/sbin/$name"
  done
  copy_program "$sysroot" /usr/sbin/conntrack "$rootfs" /usr/sbin/conntrack
  # The matches and targets are libraries that iptables loads by name.
  (cd "$sysroot" && find usr/lib -path '*/xtables/*.so') | while read -r plugin; do
    if [[ -L $sysroot/$plugin ]]; then
      mkdir -p "$(dirname "$rootfs/$plugin")"
      cp -a "$sysroot/$plugin" "$rootfs/$plugin"
    else
      install -D -m 0644 "$sysroot/$plugin" "$rootfs/$plugin"
      copy_libraries "$sysroot" "/$plugin" "$rootfs"
    fi
  done
  mkdir -p "$rootfs/run"
  write_accounts "$rootfs"
}

make_node() {
  local work=$1/work sysroot image
  install_packages binutils
  sysroot=$(output_of packages)
  install -D -m 0755 "$(output_of pause)/pause" "$work/pause/pause"
  kube_proxy_rootfs "$sysroot" "$work/kube-proxy"
  copy_program "$sysroot" /usr/bin/prometheus-node-exporter "$work/node-exporter" /bin/node_exporter
  write_accounts "$work/node-exporter"
  for image in pause kube-proxy node-exporter; do pack_layer "$work/$image" "$work/$image.tar"; done

  cat >"$work/spec.json" <<JSON
{ "architecture": "$ARCHITECTURE", "images": [
  { "name": "$PAUSE_IMAGE", "layer": "$work/pause.tar", "config": { "Entrypoint": ["/pause"], "User": "65535:65535" } },
  { "name": "k8s.gcr.io/kube-proxy:$KUBERNETES_VERSION", "layer": "$work/kube-proxy.tar",
    "config": { "Env": ["PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"] } },
  { "name": "$NODE_EXPORTER_IMAGE", "layer": "$work/node-exporter.tar",
    "config": { "Entrypoint": ["/bin/node_exporter"], "User": "65534:65534", "ExposedPorts": { "9100/tcp": {} } } }
] }
JSON
  pack_archive "$work/spec.json" "$1/node.tar"
  rm -rf "$work"
  seal "$1"
}
