# shellcheck shell=bash
# Registries of images, as files.

# make_registries FOLDER ARCHIVE...
make_registries() {
  local folder=$1 archive unpacked=$1/archive
  shift
  for archive; do
    mkdir "$unpacked"
    tar -xf "$archive" -C "$unpacked"
    node "$INTERNET_SCRIPTS/registry.mjs" "$unpacked" "$folder" "$INTERNET_SCRIPTS/stand-ins"
    rm -r "$unpacked"
  done
  # One archive has what another has: each line once.
  sort -u -o "$folder/manifests.map" "$folder/manifests.map"
  sort -u -o "$folder/indexes.map" "$folder/indexes.map"
}
