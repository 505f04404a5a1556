# shellcheck shell=bash
# What keeps the values that jobs leave behind, until Prometheus asks for them.

readonly PUSHGATEWAY_PATH=github.com/prometheus/pushgateway
PUSHGATEWAY_VERSION=$(pinned pushgateway "$PUSHGATEWAY_PATH")
readonly PUSHGATEWAY_VERSION
know_part pushgateway "$PUSHGATEWAY_VERSION" parent Pushgateway

inputs_pushgateway() {
  go_inputs pushgateway
}

make_pushgateway() {
  go_build pushgateway "$1/pushgateway" -ldflags "-s -w -X github.com/prometheus/common/version.Version=${PUSHGATEWAY_VERSION#v}" \
    "$PUSHGATEWAY_PATH"
  seal "$1"
}
