# shellcheck shell=bash
# The charts of this repository, packaged by the Helm that will install them.

# chart_folders: every folder with a chart, one a line; none is fine.
chart_folders() {
  local folder=$REPOSITORY/templates/addons
  if [[ -d $folder ]]; then find "$folder" -mindepth 2 -maxdepth 2 -name Chart.yaml -printf '%h\n' | sort; fi
}

inputs_charts() {
  local chart
  step_key helm
  chart_folders | while read -r chart; do
    (cd "$chart" && find . -type f -print0 | sort -z | xargs -0 sha256sum)
  done
}

make_charts() {
  local chart helm
  helm=$(output_of helm)/helm
  # Helm keeps its own settings and caches in the home of whoever calls it: not this time.
  export HELM_CONFIG_HOME=$1/home HELM_CACHE_HOME=$1/home HELM_DATA_HOME=$1/home
  chart_folders | while read -r chart; do
    "$helm" package "$chart" --destination "$1"
  done
  rm -rf "${1:?}/home"
  seal "$1"
}
