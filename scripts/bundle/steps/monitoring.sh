# shellcheck shell=bash
# Prometheus from Debian's package: the server, its web pages with the scripts they load, and its consoles.

inputs_monitoring() {
  step_key packages
  printf '%s\n' "$PROMETHEUS_IMAGE"
  cat "$BUNDLE_SCRIPTS/images/docker-archive.mjs" "$BUNDLE_SCRIPTS/lib/rootfs.sh"
}

# prometheus_pages SYSROOT ROOTFS: the web pages and consoles. Debian's package links to whole script libraries (one has
# 220 MB of time zones): of those, only the files that a page names.
prometheus_pages() {
  local web=$1/usr/share/prometheus/web examples=$1/usr/share/doc/prometheus/examples target=$2/usr/share/prometheus file
  mkdir -p "$target/web/static"
  cp -r "$web/templates" "$target/web/"
  cp -r "$examples/consoles" "$examples/console_libraries" "$target/"
  for file in css img js vendor; do cp -rL "$web/static/$file" "$target/web/static/"; done
  grep -rhoE 'static/[A-Za-z0-9_./-]+' "$web/templates" "$examples/consoles" "$examples/console_libraries" | sort -u |
    while read -r file; do
      if [[ -f $web/$file ]]; then install -D -m 0644 "$web/$file" "$target/web/$file"; fi
    done
}

make_monitoring() {
  local work=$1/work rootfs=$1/work/prometheus sysroot
  install_packages binutils
  sysroot=$(output_of packages)
  copy_program "$sysroot" /usr/bin/prometheus "$rootfs" /bin/prometheus
  prometheus_pages "$sysroot" "$rootfs"
  install -D -m 0644 "$sysroot/etc/prometheus/prometheus.yml" "$rootfs/etc/prometheus/prometheus.yml"
  write_accounts "$rootfs"
  mkdir -p "$rootfs/tmp" "$rootfs/prometheus"
  chown 65534:65534 "$rootfs/prometheus"
  pack_layer "$rootfs" "$work/prometheus.tar"

  cat >"$work/spec.json" <<JSON
{ "architecture": "$ARCHITECTURE", "images": [
  { "name": "$PROMETHEUS_IMAGE", "layer": "$work/prometheus.tar", "config": {
    "Entrypoint": ["/bin/prometheus"],
    "Cmd": ["--config.file=/etc/prometheus/prometheus.yml", "--storage.tsdb.path=/prometheus",
      "--web.console.libraries=/usr/share/prometheus/console_libraries",
      "--web.console.templates=/usr/share/prometheus/consoles"],
    "User": "65534:65534", "WorkingDir": "/prometheus", "ExposedPorts": { "9090/tcp": {} } } }
] }
JSON
  pack_archive "$work/spec.json" "$1/monitoring.tar"
  rm -rf "$work"
  seal "$1"
}
