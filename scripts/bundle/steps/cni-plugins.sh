# shellcheck shell=bash
# The reference plugins: those of the pod network `routes`, and those that others hand their work on to.

readonly CNI_PLUGINS=(main/bridge main/loopback main/ptp ipam/host-local meta/portmap)
readonly CNI_PATH=github.com/containernetworking/plugins
CNI_VERSION=$(pinned cni-plugins "$CNI_PATH")
readonly CNI_VERSION

inputs_cni-plugins() {
  go_inputs cni-plugins
}

make_cni-plugins() {
  go_build cni-plugins "$1/" -ldflags "-s -w -X $CNI_PATH/pkg/utils/buildversion.BuildVersion=$CNI_VERSION" \
    "${CNI_PLUGINS[@]/#/$CNI_PATH/plugins/}"
  seal "$1"
}
