# shellcheck shell=bash
# What asks machines from outside: whether they answer, and how long it takes.

readonly BLACKBOX_PATH=github.com/prometheus/blackbox_exporter
BLACKBOX_VERSION=$(pinned blackbox "$BLACKBOX_PATH")
readonly BLACKBOX_VERSION
know_part blackbox "$BLACKBOX_VERSION" parent blackbox-exporter

inputs_blackbox() {
  go_inputs blackbox
}

make_blackbox() {
  go_build blackbox "$1/blackbox_exporter" -ldflags "-s -w -X github.com/prometheus/common/version.Version=${BLACKBOX_VERSION#v}" \
    "$BLACKBOX_PATH"
  seal "$1"
}
