# shellcheck shell=bash
# What a bundle may hold beside what the workshop needs, for --with. A part NAME is two steps: NAME compiles its programs, NAME-part makes what
# goes into the bundle, which is NAME.tar, images, with their names in NAME.tar.names, and charts as *.tgz. Who does not ask for a part neither
# waits for it nor sends it to a machine.

readonly PARTS=(operator alertmanager kube-state-metrics metrics-server registry pushgateway blackbox local-path traefik dockercoins)
# What add-ons of the catalogue take: in the bundle that the tests use.
readonly ADDON_PARTS=(metrics-server registry pushgateway blackbox local-path traefik dockercoins)

declare -A PART_VERSION PART_MACHINES PART_TITLE

# know_part NAME VERSION MACHINES TITLE: what its step says of it; TITLE is for people.
# shellcheck disable=SC2034  # the build reads it
know_part() {
  PART_VERSION[$1]=$2
  PART_MACHINES[$1]=$3
  PART_TITLE[$1]=$4
}

# parts_in LIST: the parts that words with commas between them stand for, one a line, in a fixed order.
parts_in() {
  local word name words wanted=' '
  IFS=, read -ra words <<<"$1"
  for word in "${words[@]}"; do
    case $word in
      '') ;;
      # What the profile takes, and the add-ons that are for its Prometheus.
      stack) wanted+='operator alertmanager kube-state-metrics pushgateway blackbox ' ;;
      addons) wanted+="${ADDON_PARTS[*]} " ;;
      all) wanted+="${PARTS[*]} " ;;
      *)
        [[ " ${PARTS[*]} " == *" $word "* ]] ||
          die "there is no part '$word' for a bundle" "use: --with stack, addons, all, or some of: ${PARTS[*]}"
        wanted+="$word "
        ;;
    esac
  done
  for name in "${PARTS[@]}"; do
    if [[ $wanted == *" $name "* ]]; then printf '%s\n' "$name"; fi
  done
}

# place_part DIR NAME: what was made of a part, in a bundle's folder.
place_part() {
  local chart
  place_all "$2-part" "$1/images" "$2.tar"
  for chart in "$(output_of "$2-part")"/*.tgz; do
    if [[ -f $chart ]]; then place_all "$2-part" "$1/charts" "$(basename "$chart")"; fi
  done
}

# package_chart FOLDER OUTPUT: the chart in that folder, as a file in the other.
package_chart() {
  # Helm keeps its own settings and caches in the home of whoever calls it: not this time.
  HELM_CONFIG_HOME=$2/home HELM_CACHE_HOME=$2/home HELM_DATA_HOME=$2/home \
    "$(output_of helm)/helm" package "$1" --destination "$2"
  rm -rf "${2:?}/home"
}

# module_folder MODULE PATH: where the source of a module lies that one of the main modules is built from.
module_folder() {
  go_here -C "$BUNDLE_SCRIPTS/go/$1" mod download "$2"
  go_here -C "$BUNDLE_SCRIPTS/go/$1" list -m -f '{{.Dir}}' "$2"
}
