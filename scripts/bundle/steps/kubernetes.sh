# shellcheck shell=bash
# Kubernetes' own programs, from one `go build`: the packages they share are compiled once.

readonly KUBERNETES_PROGRAMS=(kubeadm kubelet kubectl kube-apiserver kube-controller-manager kube-scheduler kube-proxy)
readonly KUBERNETES_MODULE=kubernetes-$KUBERNETES
KUBERNETES_VERSION=$(pinned "$KUBERNETES_MODULE" k8s.io/kubernetes)
readonly KUBERNETES_VERSION

inputs_kubernetes() {
  go_inputs "$KUBERNETES_MODULE"
}

# version_stamps: linker flags. kubeadm refuses a kubelet of "0.0.0-master".
version_stamps() {
  local package number=${KUBERNETES_VERSION#v}
  for package in k8s.io/component-base/version k8s.io/client-go/pkg/version; do
    printf -- '-X %s.%s ' "$package" "gitVersion=$KUBERNETES_VERSION" "$package" "gitMajor=${number%%.*}" \
      "$package" "gitMinor=$(cut -d. -f2 <<<"$number")" "$package" "gitTreeState=archive"
  done
}

make_kubernetes() {
  go_build "$KUBERNETES_MODULE" "$1/" -ldflags "-s -w $(version_stamps)" "${KUBERNETES_PROGRAMS[@]/#/k8s.io/kubernetes/cmd/}"
  # The images that kubeadm will ask for, by name: nothing has to know them by heart.
  "$1/kubeadm" config images list --kubernetes-version "$KUBERNETES_VERSION" >"$1/images.txt"
  seal "$1"
}

# image_of NAME: the image that kubeadm asks for, such as registry.k8s.io/etcd:3.6.8-0.
image_of() {
  grep -E "/$1:" "$(output_of kubernetes)/images.txt"
}
