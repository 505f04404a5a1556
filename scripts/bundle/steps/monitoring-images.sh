# shellcheck shell=bash
# The images that the monitoring runs on the parent alone: Prometheus. Apart, so that nobody waits for them before there is a cluster.

inputs_monitoring-images() {
  step_key prometheus
  image_inputs
}

make_monitoring-images() {
  install_packages binutils
  add_prometheus "$1/work"
  pack_archive "$1/work" "$1/monitoring.tar"
  rm -rf "$1/work"
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
