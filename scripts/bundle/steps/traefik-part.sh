# shellcheck shell=bash
# The image of Traefik.

inputs_traefik-part() {
  step_key traefik
  image_inputs
}

make_traefik-part() {
  local work=$1/work
  mkdir -p "$work/rootfs-traefik/tmp"
  add_program "$work" "docker.io/library/traefik:v$TRAEFIK_VERSION" "$(output_of traefik)/traefik" /usr/local/bin/traefik \
    '{ "Entrypoint": ["traefik"], "Env": ["PATH=/usr/local/bin"], "ExposedPorts": { "80/tcp": {} } }'
  pack_archive "$work" "$1/traefik.tar"
  rm -rf "$work"
  seal "$1"
}
