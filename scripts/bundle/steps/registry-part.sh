# shellcheck shell=bash
# The image of the registry, under the names that people ask for: that of its version, and that of its major version.

inputs_registry-part() {
  step_key registry
  image_inputs
}

make_registry-part() {
  local work=$1/work rootfs=$1/work/rootfs-registry name config
  config='{ "Entrypoint": ["/bin/registry"], "Cmd": ["serve", "/etc/distribution/config.yml"],
    "Env": ["PATH=/bin", "OTEL_TRACES_EXPORTER=none"], "Volumes": { "/var/lib/registry": {} }, "ExposedPorts": { "5000/tcp": {} } }'
  mkdir -p "$rootfs"/{tmp,etc/distribution,var/lib/registry}
  printf '%s\n' 'version: 0.1' 'storage:' '  delete: { enabled: true }' '  filesystem: { rootdirectory: /var/lib/registry }' \
    'http: { addr: ":5000" }' >"$rootfs/etc/distribution/config.yml"
  add_program "$work" "docker.io/library/registry:${REGISTRY_VERSION#v}" "$(output_of registry)/registry" /bin/registry "$config"
  # The same layer once more.
  name=${REGISTRY_VERSION#v}
  sed "s/:$name\"/:${name%%.*}\"/" "$work/images" >"$work/images.major"
  cat "$work/images.major" >>"$work/images"
  pack_archive "$work" "$1/registry.tar"
  rm -rf "$work"
  seal "$1"
}
