# shellcheck shell=bash
# CoreDNS with the plugins that kubeadm's Corefile names and a few to look into it. Those for clouds, which are most of it, are left out.

inputs_coredns() {
  go_inputs clients
  cat "$BUNDLE_SCRIPTS/go/clients/coredns/main.go"
}

make_coredns() {
  go_build clients "$1/coredns" -ldflags '-s -w' ./coredns
  seal "$1"
}
