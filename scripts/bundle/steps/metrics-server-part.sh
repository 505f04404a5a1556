# shellcheck shell=bash
# The image of metrics-server, and the chart that its source has. That chart asks for an image of the release before: whoever installs it
# names the one that is here.

inputs_metrics-server-part() {
  step_key metrics-server
  step_key helm
  image_inputs
}

make_metrics-server-part() {
  local work=$1/work
  add_program "$work" "registry.k8s.io/metrics-server/metrics-server:$METRICS_SERVER_VERSION" "$(output_of metrics-server)/metrics-server" \
    /metrics-server '{ "Entrypoint": ["/metrics-server"], "User": "65534" }'
  pack_archive "$work" "$1/metrics-server.tar"
  package_chart "$(output_of metrics-server)/chart" "$1"
  rm -rf "$work"
  seal "$1"
}
