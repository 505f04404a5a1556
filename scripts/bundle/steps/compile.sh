# shellcheck shell=bash
# Kubernetes' own programs, from one `go build`: the packages they share are compiled once.

readonly KUBERNETES_PROGRAMS=(kubeadm kubelet kubectl kube-apiserver kube-controller-manager kube-scheduler kube-proxy)

inputs_compile() {
  step_key openapi
  printf '%s\n' "$KUBERNETES_VERSION"
}

# go_environment: Go as the build wants it, whatever this machine's own Go and its settings are.
go_environment() {
  # shellcheck disable=SC2153  # GO_ROOT is in versions.sh
  export PATH=$GO_ROOT/bin:$PATH GOROOT=$GO_ROOT
  GOPATH=$(output_of source)
  export GOPATH GOCACHE=$WORK/go-build GOENV=off GO111MODULE=off GOFLAGS='' CGO_ENABLED=0
}

# version_stamps TREE: linker flags. kubeadm refuses a kubelet of "0.0.0-master"; only the vendored paths have an effect.
version_stamps() {
  local package number=${KUBERNETES_VERSION#v} date
  date=$(date -u -d "@$(dpkg-parsechangelog -l "$1/debian/changelog" -S Timestamp)" +%Y-%m-%dT%H:%M:%SZ)
  for package in component-base/version client-go/pkg/version; do
    printf -- '-X k8s.io/kubernetes/vendor/k8s.io/%s.%s ' \
      "$package" "gitVersion=$KUBERNETES_VERSION" "$package" "gitMajor=${number%%.*}" \
      "$package" "gitMinor=$(cut -d. -f2 <<<"$number")" "$package" "gitTreeState=archive" \
      "$package" "gitCommit=debian-$(dpkg-parsechangelog -l "$1/debian/changelog" -S Version)" \
      "$package" "buildDate=$date"
  done
}

make_compile() {
  local tree
  tree=$(output_of source)/$KUBERNETES_PATH
  install_packages "$GO_PACKAGE" dpkg-dev
  go_environment
  cp -a "$(output_of openapi)/." "$tree/"
  cd "$tree" || return
  # -v names each package when it is compiled: the log shows how far the build is.
  go build -v -trimpath -o "$1/" -ldflags "-s -w $(version_stamps "$tree")" "${KUBERNETES_PROGRAMS[@]/#/./cmd/}"
  seal "$1"
}
