# shellcheck shell=bash
# Registries of images, as files.

# make_registries BUNDLE FOLDER
make_registries() {
  local archive unpacked
  for archive in "$1"/images/*.tar; do
    unpacked=$2/archive
    mkdir "$unpacked"
    tar -xf "$archive" -C "$unpacked"
    node "$INTERNET_SCRIPTS/registry.mjs" "$unpacked" "$2" "$INTERNET_SCRIPTS/stand-ins"
    rm -r "$unpacked"
  done
  # One archive has what another has: each line once.
  sort -u -o "$2/manifests.map" "$2/manifests.map"
  sort -u -o "$2/indexes.map" "$2/indexes.map"
}
