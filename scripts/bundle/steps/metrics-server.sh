# shellcheck shell=bash
# What answers `kubectl top`, with its chart.

readonly METRICS_SERVER_PATH=sigs.k8s.io/metrics-server
METRICS_SERVER_VERSION=$(pinned metrics-server "$METRICS_SERVER_PATH")
readonly METRICS_SERVER_VERSION
# The add-on has it on the parent.
know_part metrics-server "$METRICS_SERVER_VERSION" parent metrics-server

inputs_metrics-server() {
  go_inputs metrics-server
}

make_metrics-server() {
  go_build metrics-server "$1/metrics-server" -ldflags "-s -w -X k8s.io/client-go/pkg/version.gitVersion=$METRICS_SERVER_VERSION" \
    "$METRICS_SERVER_PATH/cmd/metrics-server"
  cp -r --no-preserve=mode "$(module_folder metrics-server "$METRICS_SERVER_PATH")/charts/metrics-server" "$1/chart"
  seal "$1"
}
