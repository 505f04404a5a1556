# shellcheck shell=bash
# kubeadm 1.20 wants a crictl, and Debian has none: a small client of the same interface, built with Kubernetes' own
# client library (see crictl/main.go).

inputs_crictl() {
  step_key source
  cat "$BUNDLE_SCRIPTS/crictl/main.go"
}

make_crictl() {
  local tree
  tree=$(output_of source)/$KUBERNETES_PATH
  install_packages "$GO_PACKAGE"
  go_environment
  install -D -m 0644 "$BUNDLE_SCRIPTS/crictl/main.go" "$tree/cmd/kmon-crictl/main.go"
  cd "$tree" || return
  go build -v -trimpath -o "$1/crictl" -ldflags "-s -w -X main.release=$KUBERNETES_VERSION" ./cmd/kmon-crictl
  seal "$1"
}
