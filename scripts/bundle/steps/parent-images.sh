# shellcheck shell=bash
# The images of the parent's node: those of every machine, the control plane, and CoreDNS.

inputs_parent-images() {
  step_key child-images
  step_key etcd
  step_key coredns
}

make_parent-images() {
  local work=$1/work program path='{ "Env": ["PATH=/usr/local/bin:/usr/bin:/bin"] }'
  install_packages binutils
  add_child_images "$work"
  for program in kube-apiserver kube-controller-manager kube-scheduler; do
    add_program "$work" "$(image_of "$program")" "$(output_of kubernetes)/$program" "/usr/local/bin/$program" "$path"
  done
  add_program "$work" "$(image_of etcd)" "$(output_of etcd)/etcd" /usr/local/bin/etcd "$path"
  add_program "$work" "$(image_of coredns)" "$(output_of coredns)/coredns" /coredns \
    '{ "Entrypoint": ["/coredns"], "WorkingDir": "/" }'
  pack_archive "$work" "$1/parent.tar"
  rm -rf "$work"
  seal "$1"
}
