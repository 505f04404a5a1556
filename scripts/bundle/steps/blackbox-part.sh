# shellcheck shell=bash
# The image of blackbox-exporter.

inputs_blackbox-part() {
  step_key blackbox
  image_inputs
}

make_blackbox-part() {
  local work=$1/work
  add_program "$work" "quay.io/prometheus/blackbox-exporter:$BLACKBOX_VERSION" "$(output_of blackbox)/blackbox_exporter" \
    /bin/blackbox_exporter '{ "Entrypoint": ["/bin/blackbox_exporter"], "User": "65534:65534", "ExposedPorts": { "9115/tcp": {} } }'
  pack_archive "$work" "$1/blackbox.tar"
  rm -rf "$work"
  seal "$1"
}
