# shellcheck shell=bash
# The images of the operator, and a chart of the kinds of object that it brings (CRDs), as they come with its source.

inputs_operator-part() {
  step_key operator
  step_key helm
  image_inputs
}

make_operator-part() {
  local name work=$1/work chart=$1/chart
  for name in operator prometheus-config-reloader; do
    add_program "$work" "quay.io/prometheus-operator/$(operator_image "$name"):$OPERATOR_VERSION" "$(output_of operator)/$name" "/bin/$name" \
      "{ \"Entrypoint\": [\"/bin/$name\"], \"User\": \"65534:65534\" }"
  done
  pack_archive "$work" "$1/operator.tar"
  mkdir "$chart"
  cp -r "$(output_of operator)/crds" "$chart/crds"
  printf '%s\n' 'apiVersion: v2' 'name: prometheus-operator-crds' "version: ${OPERATOR_VERSION#v}" "appVersion: $OPERATOR_VERSION" \
    'description: The kinds of object of the Prometheus operator, as they come with its source' >"$chart/Chart.yaml"
  package_chart "$chart" "$1"
  rm -rf "$work" "$chart"
  seal "$1"
}

# operator_image PROGRAM: what it is called as an image.
operator_image() {
  case $1 in
    operator) printf 'prometheus-operator\n' ;;
    *) printf '%s\n' "$1" ;;
  esac
}
