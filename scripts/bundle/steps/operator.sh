# shellcheck shell=bash
# The Prometheus operator, and what loads a changed configuration into the programs that it starts.

readonly OPERATOR_PATH=github.com/prometheus-operator/prometheus-operator
OPERATOR_VERSION=$(pinned operator "$OPERATOR_PATH")
readonly OPERATOR_VERSION
know_part operator "$OPERATOR_VERSION" parent 'the Prometheus operator'

inputs_operator() {
  go_inputs operator
}

make_operator() {
  go_build operator "$1/" -ldflags "-s -w -X github.com/prometheus/common/version.Version=${OPERATOR_VERSION#v}" \
    "$OPERATOR_PATH"/cmd/{operator,prometheus-config-reloader}
  cp -r --no-preserve=mode "$(module_folder operator "$OPERATOR_PATH")/example/prometheus-operator-crd" "$1/crds"
  seal "$1"
}
