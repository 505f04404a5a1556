# shellcheck shell=bash
# The finished bundle: the steps' results under their final names, and bundle.yaml, which is written last.

# is_bundle DIR KEY: whether DIR holds the finished bundle of that key: every part is there and none was written to since.
# Checksums are for whoever uses it; this answers in no time.
is_bundle() {
  [[ -f $1/bundle.yaml && $(cat "$1/.key" 2>/dev/null) == "$2" ]] || return 1
  (cd "$1" && sed -n 's/^    file: //p' bundle.yaml | xargs -d '\n' stat --format=. >/dev/null 2>&1) || return 1
  [[ -z $(find "$1" -type f -newer "$1/bundle.yaml" -print -quit) ]]
}

# place_all STEP FOLDER FILE...: files of a step in that folder. Hard links where possible: bundles differ in a chart, not in images.
place_all() {
  local source folder=$2 file
  source=$(output_of "$1")
  shift 2
  mkdir -p "$folder"
  for file; do cp -l "$source/$file" "$folder/" 2>/dev/null || cp "$source/$file" "$folder/"; done
}

# check_sealed STEP...: a result that changed since its step finished must not get a fresh checksum in a bundle.
check_sealed() {
  local name output
  for name; do
    output=$(output_of "$name")
    (cd "$output" && { [[ ! -s SHA256SUMS ]] || sha256sum --check --quiet SHA256SUMS >&2; }) || {
      rm -rf "$output"
      die "the cached result of '$name' is damaged and was removed" 'run the build again'
    }
  done
}

# assemble DIR KEY [PART...]
assemble() {
  local target=$1 key=$2 name chart plugins=("${CNI_PLUGINS[@]##*/}") parts=("${@:3}")
  check_sealed packed child-images parent-images monitoring-images test-app-images stress-images charts "${parts[@]/%/-part}"
  rm -rf "${target:?}"/{bundle.yaml,bin,cni,images,charts}
  mkdir -p "$target"
  printf '%s\n' "$key" >"$target/.key"
  place_all packed "$target/bin" "${NODE_PROGRAMS[@]/%/.gz}" "${CONTAINERD_PROGRAMS[@]/%/.gz}" {crictl,helm}.gz
  place_all packed "$target/cni" "${plugins[@]/%/.gz}"
  for name in parent child monitoring test-app stress; do place_all "$name-images" "$target/images" "$name.tar"; done
  for chart in "$(output_of charts)"/*.tgz; do
    if [[ -f $chart ]]; then place_all charts "$target/charts" "$(basename "$chart")"; fi
  done
  for name in "${parts[@]}"; do place_part "$target" "$name"; done
  list_parts "$target" "${parts[@]}" | node "$BUNDLE_SCRIPTS/describe.mjs" "$target" "$KUBERNETES_VERSION" "$ARCHITECTURE" \
    >"$target/bundle.yaml.part"
  mv "$target/bundle.yaml.part" "$target/bundle.yaml"
}

# list_parts DIR [PART...]: one part a line, tab-separated: name, kind, version, file, machines it is for, images.
list_parts() {
  local name role chart helm nginx stress
  helm=$(output_of helm)/helm
  for name in "${NODE_PROGRAMS[@]}"; do part "$name" binary "$KUBERNETES_VERSION" "bin/$name.gz" 'parent child'; done
  for name in "${CONTAINERD_PROGRAMS[@]}"; do part "$name" binary "$CONTAINERD_VERSION" "bin/$name.gz" 'parent child'; done
  for name in "${CNI_PLUGINS[@]##*/}"; do part "$name" binary "$CNI_VERSION" "cni/$name.gz" 'parent child'; done
  # For a person who looks at the parent; on a child it would be 10 MB for nobody.
  part crictl binary "$CRICTL_VERSION" bin/crictl.gz parent
  part helm binary "$HELM_VERSION" bin/helm.gz parent
  for role in parent child; do
    part "$role-images" images "$KUBERNETES_VERSION" "images/$role.tar" "$role" "$(images_in "$role")"
  done
  part monitoring-images images "$PROMETHEUS_VERSION" images/monitoring.tar parent "$(images_in monitoring)"
  nginx=$(images_in test-app)
  part test-app-images images "${nginx##*:}" images/test-app.tar child "$nginx"
  stress=$(images_in stress)
  part stress-images images "${stress##*:}" images/stress.tar child "$stress"
  for name in "${@:2}"; do
    part "$name-images" images "${PART_VERSION[$name]}" "images/$name.tar" "${PART_MACHINES[$name]}" "$(names_in "$name-part" "$name")"
  done
  for chart in "$1"/charts/*.tgz; do
    [[ -f $chart ]] || continue
    part "$(chart_field "$helm" "$chart" name)" chart "$(chart_field "$helm" "$chart" version)" \
      "charts/$(basename "$chart")" parent
  done
}

part() {
  local IFS=$'\t'
  printf '%s\n' "$*"
}

# images_in NAME: the names of the images in that archive, separated by spaces.
images_in() {
  names_in "$1-images" "$1"
}

# names_in STEP NAME
names_in() {
  paste -sd' ' "$(output_of "$1")/$2.tar.names"
}

chart_field() {
  "$1" show chart "$2" | sed -n "s/^$3: *//p" | tr -d "\"'"
}
