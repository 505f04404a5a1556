# shellcheck shell=bash
# What the control plane remembers.

inputs_etcd() {
  go_inputs etcd
}

make_etcd() {
  go_build etcd "$1/etcd" -ldflags '-s -w' go.etcd.io/etcd/server/v3
  seal "$1"
}
