# shellcheck shell=bash
# The image of Pushgateway.

inputs_pushgateway-part() {
  step_key pushgateway
  image_inputs
}

make_pushgateway-part() {
  local work=$1/work
  add_program "$work" "quay.io/prometheus/pushgateway:$PUSHGATEWAY_VERSION" "$(output_of pushgateway)/pushgateway" /bin/pushgateway \
    '{ "Entrypoint": ["/bin/pushgateway"], "User": "65534:65534", "ExposedPorts": { "9091/tcp": {} } }'
  pack_archive "$work" "$1/pushgateway.tar"
  rm -rf "$work"
  seal "$1"
}
