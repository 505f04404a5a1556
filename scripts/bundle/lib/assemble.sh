# shellcheck shell=bash
# The finished bundle: the steps' results under their final names, and bundle.yaml, which is written last.

# is_bundle DIR KEY: whether DIR holds the finished bundle of that key: every part is there and none was written to since.
# Checksums are for whoever uses it; this answers in no time.
is_bundle() {
  [[ -f $1/bundle.yaml && $(cat "$1/.key" 2>/dev/null) == "$2" ]] || return 1
  (cd "$1" && sed -n 's/^    file: //p' bundle.yaml | xargs -d '\n' stat --format=. >/dev/null 2>&1) || return 1
  [[ -z $(find "$1" -type f -newer "$1/bundle.yaml" -print -quit) ]]
}

# place STEP FILE TARGET: a step's file at TARGET. A hard link where possible: bundles differ in a chart, not in images.
place() {
  local source
  source=$(output_of "$1")/$2
  mkdir -p "$(dirname "$3")"
  cp -l "$source" "$3" 2>/dev/null || cp "$source" "$3"
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

# assemble DIR KEY
assemble() {
  local target=$1 key=$2 program chart
  check_sealed compile crictl helm control-plane node monitoring charts
  rm -rf "${target:?}"/{bundle.yaml,bin,images,charts}
  mkdir -p "$target"
  printf '%s\n' "$key" >"$target/.key"
  for program in kubeadm kubelet kubectl; do place compile "$program" "$target/bin/$program"; done
  place crictl crictl "$target/bin/crictl"
  place helm helm "$target/bin/helm"
  place control-plane control-plane.tar "$target/images/control-plane.tar"
  place node node.tar "$target/images/node.tar"
  place monitoring monitoring.tar "$target/images/monitoring.tar"
  for chart in "$(output_of charts)"/*.tgz; do
    if [[ -f $chart ]]; then place charts "$(basename "$chart")" "$target/charts/$(basename "$chart")"; fi
  done
  list_parts "$target" | node "$BUNDLE_SCRIPTS/describe.mjs" "$target" "$KUBERNETES_VERSION" "$ARCHITECTURE" \
    >"$target/bundle.yaml.part"
  mv "$target/bundle.yaml.part" "$target/bundle.yaml"
}

# list_parts DIR: one part a line, tab-separated: name, kind, version, file, machines it is for, images.
list_parts() {
  local version=$KUBERNETES_VERSION chart helm=$1/bin/helm
  part kubeadm binary "$version" bin/kubeadm 'parent child'
  part kubelet binary "$version" bin/kubelet 'parent child'
  part kubectl binary "$version" bin/kubectl 'parent child'
  part crictl binary "$version" bin/crictl 'parent child'
  part helm binary "$HELM_VERSION" bin/helm parent
  part control-plane images "$version" images/control-plane.tar parent "$(images_in control-plane)"
  part node images "$version" images/node.tar 'parent child' "$(images_in node)"
  part monitoring images "$PROMETHEUS_VERSION" images/monitoring.tar parent "$(images_in monitoring)"
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

# images_in STEP: the names of the images in a step's archive, separated by spaces.
images_in() {
  paste -sd' ' "$(output_of "$1")/$1.tar.names"
}

chart_field() {
  "$1" show chart "$2" | sed -n "s/^$3: *//p" | tr -d "\"'"
}
