# shellcheck shell=bash
# What tells Prometheus of the objects of the cluster: which pods wait, which nodes are not ready.

readonly STATE_METRICS_PATH=k8s.io/kube-state-metrics/v2
STATE_METRICS_VERSION=$(pinned kube-state-metrics "$STATE_METRICS_PATH")
readonly STATE_METRICS_VERSION
know_part kube-state-metrics "$STATE_METRICS_VERSION" parent kube-state-metrics

inputs_kube-state-metrics() {
  go_inputs kube-state-metrics
}

make_kube-state-metrics() {
  go_build kube-state-metrics "$1/kube-state-metrics" -ldflags "-s -w -X github.com/prometheus/common/version.Version=$STATE_METRICS_VERSION" \
    "$STATE_METRICS_PATH"
  seal "$1"
}
