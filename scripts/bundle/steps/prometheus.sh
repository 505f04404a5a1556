# shellcheck shell=bash
# Prometheus with the discovery of Kubernetes and of no cloud. Its web pages are not in the module: the API is all there.

PROMETHEUS_VERSION=$(pinned clients github.com/prometheus/prometheus)
# The module v0.316.0 is the release 3.16.0.
PROMETHEUS_VERSION=v3.$(sed -E 's/^v0\.3([0-9]{2})\.([0-9]+)$/\1.\2/' <<<"$PROMETHEUS_VERSION")
readonly PROMETHEUS_VERSION
# shellcheck disable=SC2034  # the images are made elsewhere
readonly PROMETHEUS_IMAGE=quay.io/prometheus/prometheus:$PROMETHEUS_VERSION

inputs_prometheus() {
  go_inputs clients
}

make_prometheus() {
  go_build clients "$1/prometheus" -tags remove_all_sd,enable_kubernetes_sd \
    -ldflags "-s -w -X github.com/prometheus/common/version.Version=${PROMETHEUS_VERSION#v}" \
    github.com/prometheus/prometheus/cmd/prometheus
  seal "$1"
}
