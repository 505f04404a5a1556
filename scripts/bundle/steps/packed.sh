# shellcheck shell=bash
# The programs of a node as they are sent over the network of a room: packed, by a program that every Debian can unpack.

readonly PACKED_STEPS=(kubernetes containerd cni-plugins crictl helm)
readonly NODE_PROGRAMS=(kubeadm kubelet kubectl)

inputs_packed() {
  local name
  for name in "${PACKED_STEPS[@]}"; do step_key "$name"; done
}

# packed_programs: what is packed, each with a NUL behind it.
packed_programs() {
  local name
  for name in "${NODE_PROGRAMS[@]}"; do printf '%s\0' "$(output_of kubernetes)/$name"; done
  for name in "${CONTAINERD_PROGRAMS[@]}"; do printf '%s\0' "$(output_of containerd)/$name"; done
  for name in "${CNI_PLUGINS[@]##*/}"; do printf '%s\0' "$(output_of cni-plugins)/$name"; done
  printf '%s\0' "$(output_of crictl)/crictl" "$(output_of helm)/helm"
}

# Level 9 makes the kubelet 0.8 % smaller than 6 and takes three times as long.
make_packed() {
  # shellcheck disable=SC2016 # the shell that xargs starts expands it
  packed_programs | xargs -0 -n 1 -P "$(nproc)" bash -c 'gzip -6 --no-name <"$1" >"$0/${1##*/}.gz"' "$1"
  chmod 755 "$1"/*.gz
  seal "$1"
}
