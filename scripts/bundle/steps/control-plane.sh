# shellcheck shell=bash
# The images of the parent's control plane. The three Kubernetes programs are static; etcd comes with its libraries.

inputs_control-plane() {
  step_key compile
  step_key packages
  printf '%s\n' "$ETCD_IMAGE"
  cat "$BUNDLE_SCRIPTS/images/docker-archive.mjs" "$BUNDLE_SCRIPTS/lib/rootfs.sh"
}

make_control-plane() {
  local work=$1/work compiled sysroot program
  install_packages binutils
  compiled=$(output_of compile)
  sysroot=$(output_of packages)
  for program in kube-apiserver kube-controller-manager kube-scheduler; do
    install -D -m 0755 "$compiled/$program" "$work/$program/usr/local/bin/$program"
    pack_layer "$work/$program" "$work/$program.tar"
  done
  copy_program "$sysroot" /usr/bin/etcd "$work/etcd" /usr/local/bin/etcd
  write_accounts "$work/etcd"
  pack_layer "$work/etcd" "$work/etcd.tar"

  local path='"Env": ["PATH=/usr/local/bin:/usr/bin:/bin"]'
  cat >"$work/spec.json" <<JSON
{ "architecture": "$ARCHITECTURE", "images": [
  { "name": "k8s.gcr.io/kube-apiserver:$KUBERNETES_VERSION", "layer": "$work/kube-apiserver.tar", "config": { $path } },
  { "name": "k8s.gcr.io/kube-controller-manager:$KUBERNETES_VERSION", "layer": "$work/kube-controller-manager.tar",
    "config": { $path } },
  { "name": "k8s.gcr.io/kube-scheduler:$KUBERNETES_VERSION", "layer": "$work/kube-scheduler.tar", "config": { $path } },
  { "name": "$ETCD_IMAGE", "layer": "$work/etcd.tar", "config": { $path } }
] }
JSON
  pack_archive "$work/spec.json" "$1/control-plane.tar"
  rm -rf "$work"
  seal "$1"
}
