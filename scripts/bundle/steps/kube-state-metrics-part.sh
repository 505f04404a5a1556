# shellcheck shell=bash
# The image of kube-state-metrics.

inputs_kube-state-metrics-part() {
  step_key kube-state-metrics
  image_inputs
}

make_kube-state-metrics-part() {
  local work=$1/work
  add_program "$work" "registry.k8s.io/kube-state-metrics/kube-state-metrics:$STATE_METRICS_VERSION" \
    "$(output_of kube-state-metrics)/kube-state-metrics" /kube-state-metrics \
    '{ "Entrypoint": ["/kube-state-metrics", "--port=8080", "--telemetry-port=8081"], "User": "65534:65534", "ExposedPorts": { "8080/tcp": {}, "8081/tcp": {} } }'
  pack_archive "$work" "$1/kube-state-metrics.tar"
  rm -rf "$work"
  seal "$1"
}
