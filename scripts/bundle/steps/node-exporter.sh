# shellcheck shell=bash
# What measures a machine.

NODE_EXPORTER_VERSION=$(pinned node-exporter github.com/prometheus/node_exporter)
readonly NODE_EXPORTER_VERSION
# shellcheck disable=SC2034  # the images are made elsewhere
readonly NODE_EXPORTER_IMAGE=quay.io/prometheus/node-exporter:$NODE_EXPORTER_VERSION

inputs_node-exporter() {
  go_inputs node-exporter
}

make_node-exporter() {
  go_build node-exporter "$1/node_exporter" \
    -ldflags "-s -w -X github.com/prometheus/common/version.Version=${NODE_EXPORTER_VERSION#v}" \
    github.com/prometheus/node_exporter
  seal "$1"
}
