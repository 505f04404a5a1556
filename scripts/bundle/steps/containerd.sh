# shellcheck shell=bash
# The container runtime. runc is the machine's own: it wants libraries of the distribution.

readonly CONTAINERD_PROGRAMS=(containerd containerd-shim-runc-v2 ctr)
readonly CONTAINERD_PATH=github.com/containerd/containerd/v2
CONTAINERD_VERSION=$(pinned containerd "$CONTAINERD_PATH")
readonly CONTAINERD_VERSION

inputs_containerd() {
  go_inputs containerd
}

make_containerd() {
  go_build containerd "$1/" -ldflags "-s -w -X $CONTAINERD_PATH/version.Version=$CONTAINERD_VERSION" \
    "${CONTAINERD_PROGRAMS[@]/#/$CONTAINERD_PATH/cmd/}"
  seal "$1"
}
