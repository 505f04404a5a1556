# shellcheck shell=bash
# A registry of images that keeps them in a folder.

readonly REGISTRY_PATH=github.com/distribution/distribution/v3
REGISTRY_VERSION=$(pinned registry "$REGISTRY_PATH")
readonly REGISTRY_VERSION
know_part registry "$REGISTRY_VERSION" parent 'a registry of images'

inputs_registry() {
  go_inputs registry
  cat "$BUNDLE_SCRIPTS/go/registry/registry/main.go"
}

make_registry() {
  go_build registry "$1/registry" -ldflags "-s -w -X $REGISTRY_PATH/version.version=$REGISTRY_VERSION" ./registry
  seal "$1"
}
