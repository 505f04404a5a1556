# shellcheck shell=bash
# The images of the parent: those of every machine, the control plane, CoreDNS, and Prometheus.

inputs_parent-images() {
  step_key child-images
  step_key etcd
  step_key coredns
  step_key prometheus
}

make_parent-images() {
  local work=$1/work program path='{ "Env": ["PATH=/usr/local/bin:/usr/bin:/bin"] }'
  install_packages binutils
  add_child_images "$work"
  for program in kube-apiserver kube-controller-manager kube-scheduler; do
    add_program "$work" "$(image_of "$program")" "$(output_of kubernetes)/$program" "/usr/local/bin/$program" "$path"
  done
  add_program "$work" "$(image_of etcd)" "$(output_of etcd)/etcd" /usr/local/bin/etcd "$path"
  add_program "$work" "$(image_of coredns)" "$(output_of coredns)/coredns" /coredns \
    '{ "Entrypoint": ["/coredns"], "WorkingDir": "/" }'
  add_prometheus "$work"
  pack_archive "$work" "$1/parent.tar"
  rm -rf "$work"
  seal "$1"
}

add_prometheus() {
  local rootfs=$1/rootfs-prometheus
  mkdir -p "$rootfs/tmp" "$rootfs/prometheus" "$rootfs/etc/prometheus"
  chown 65534:65534 "$rootfs/prometheus"
  printf 'scrape_configs: []\n' >"$rootfs/etc/prometheus/prometheus.yml"
  add_program "$1" "$PROMETHEUS_IMAGE" "$(output_of prometheus)/prometheus" /bin/prometheus '{
    "Entrypoint": ["/bin/prometheus"],
    "Cmd": ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus"],
    "User": "65534:65534", "WorkingDir": "/prometheus", "ExposedPorts": { "9090/tcp": {} } }'
}
