# shellcheck shell=bash
# The images every machine runs: pause, kube-proxy with `nft` inside, and node-exporter.

inputs_child-images() {
  step_key kubernetes
  step_key pause
  step_key node-exporter
  step_key packages
  image_inputs
}

make_child-images() {
  install_packages binutils
  add_child_images "$1/work"
  pack_archive "$1/work" "$1/child.tar"
  rm -rf "$1/work"
  seal "$1"
}

# add_child_images WORK
add_child_images() {
  local kube_proxy=$1/rootfs-kube-proxy sysroot
  add_program "$1" "$(image_of pause)" "$(output_of pause)/pause" /pause '{ "Entrypoint": ["/pause"], "User": "65535:65535" }'
  sysroot=$(output_of packages)
  copy_program "$sysroot" /usr/sbin/nft "$kube_proxy" /usr/sbin/nft
  mkdir -p "$kube_proxy/run"
  add_program "$1" "$(image_of kube-proxy)" "$(output_of kubernetes)/kube-proxy" /usr/local/bin/kube-proxy \
    '{ "Env": ["PATH=/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"] }'
  add_program "$1" "$NODE_EXPORTER_IMAGE" "$(output_of node-exporter)/node_exporter" /bin/node_exporter \
    '{ "Entrypoint": ["/bin/node_exporter"], "User": "65534:65534", "ExposedPorts": { "9100/tcp": {} } }'
}
