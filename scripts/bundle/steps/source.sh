# shellcheck shell=bash
# The source of Kubernetes as Debian ships it, laid out for a GOPATH build: its go.mod is not up to date with what is
# vendored, so module mode refuses it.

readonly KUBERNETES_PATH=src/k8s.io/kubernetes

inputs_source() {
  printf '%s\n' "$KUBERNETES_SOURCE_VERSION" "$REFLECT2_PACKAGE"
}

make_source() {
  local tree=$1/$KUBERNETES_PATH downloads=$1/downloads vendored
  install_packages dpkg-dev
  ready_apt
  mkdir -p "$downloads" "$(dirname "$tree")"
  (cd "$downloads" && debian_apt source --download-only kubernetes)
  # `apt-get source` takes no pattern for a version: look at what came.
  # shellcheck disable=SC2053  # a pattern, on purpose
  [[ $(sed -n 's/^Version: //p' "$downloads"/*.dsc) == $KUBERNETES_SOURCE_VERSION ]] ||
    die "this Debian's kubernetes source is not $KUBERNETES_SOURCE_VERSION" 'run the build on Debian 12'
  # apt has checked what it fetched against the signed index; the second check would want the maintainer's key.
  dpkg-source --no-check -x "$downloads"/*.dsc "$tree"
  unpack_packages "$1/reflect2" "$REFLECT2_PACKAGE"
  vendored=$tree/vendor/github.com/modern-go/reflect2
  rm -rf "$vendored"
  cp -a "$1/reflect2/usr/share/gocode/src/github.com/modern-go/reflect2" "$vendored"
  rm -rf "$downloads" "$1/reflect2"
}
