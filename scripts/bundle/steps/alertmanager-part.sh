# shellcheck shell=bash
# The image of Alertmanager.

inputs_alertmanager-part() {
  step_key alertmanager
  image_inputs
}

make_alertmanager-part() {
  local work=$1/work rootfs=$1/work/rootfs-alertmanager
  install -D -m 0644 "$(output_of alertmanager)/alertmanager.yml" "$rootfs/etc/alertmanager/alertmanager.yml"
  install -D -m 0755 "$(output_of alertmanager)/amtool" "$rootfs/bin/amtool"
  install -d -o 65534 -g 65534 "$rootfs/alertmanager"
  add_program "$work" "quay.io/prometheus/alertmanager:$ALERTMANAGER_VERSION" "$(output_of alertmanager)/alertmanager" /bin/alertmanager '{
    "Entrypoint": ["/bin/alertmanager"],
    "Cmd": ["--config.file=/etc/alertmanager/alertmanager.yml", "--storage.path=/alertmanager"],
    "User": "65534:65534", "WorkingDir": "/alertmanager", "ExposedPorts": { "9093/tcp": {} } }'
  pack_archive "$work" "$1/alertmanager.tar"
  rm -rf "$work"
  seal "$1"
}
