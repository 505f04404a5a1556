# shellcheck shell=bash
# Archives of images: each image is one layer, what a program needs and nothing else.

# image_inputs: what every archive depends on besides what is in it.
image_inputs() {
  cat "$BUNDLE_SCRIPTS"/lib/{images,rootfs}.sh "$BUNDLE_SCRIPTS/images/docker-archive.mjs"
}

# add_image WORK NAME ROOTFS CONFIG: one more image for the archive that is made in WORK; CONFIG is what a runtime reads of it, as JSON. One line an image.
add_image() {
  local layer=$1/layers/${2//[^A-Za-z0-9.]/-}.tar
  mkdir -p "$1/layers"
  pack_layer "$3" "$layer"
  printf '{ "name": "%s", "layer": "%s", "config": %s }\n' "$2" "$layer" "$(tr -d '\n' <<<"$4")" >>"$1/images"
}

# add_program WORK NAME PROGRAM TARGET CONFIG: an image of one static program.
add_program() {
  local rootfs
  rootfs=$1/rootfs-$(basename "$4")
  install -D -m 0755 "$3" "$rootfs$4"
  write_accounts "$rootfs"
  add_image "$1" "$2" "$rootfs" "$5"
}

# pack_layer ROOTFS FILE: a layer with the same bytes for the same files. Owners are kept (they were set on purpose).
pack_layer() {
  find "$1" -type d -exec chmod 0755 {} +
  if [[ -d $1/tmp ]]; then chmod 1777 "$1/tmp"; fi
  tar --create --file "$2" --directory "$1" --format=gnu --sort=name --mtime=@0 --numeric-owner .
}

# pack_archive WORK FILE: the archive of what was added, with the same bytes for the same images. FILE.names gets their names, one a line.
pack_archive() {
  local staging=$2.staging
  printf '{ "architecture": "%s", "images": [\n%s\n] }\n' "$ARCHITECTURE" "$(paste -sd, "$1/images")" >"$1/spec.json"
  mkdir "$staging"
  node "$BUNDLE_SCRIPTS/images/docker-archive.mjs" "$1/spec.json" "$staging" >"$2.names"
  find "$staging" -type f -printf '%f\n' | sort |
    tar --create --file "$2" --directory "$staging" --files-from=- --format=gnu --mtime=@0 --owner=0 --group=0 \
      --numeric-owner --mode=0644
  rm -rf "$staging"
}
