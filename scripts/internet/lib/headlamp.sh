# shellcheck shell=bash
# A stand-in for Headlamp, whose image and pages cannot be had: one page that says so, from BusyBox' web server, at Headlamp's port. It takes
# Headlamp's arguments and heeds none. What kmon installs around it is proven with it, and nothing that Headlamp does.

readonly HEADLAMP_STAND_IN=kmon.invalid/headlamp-stand-in:lab

# make_headlamp FOLDER FILE: the archive with that image. FOLDER is for the work, and stays.
make_headlamp() {
  local system=$1/system rootfs=$1/rootfs
  mkdir -p "$system" "$rootfs/www" "$rootfs/tmp"
  unpack_packages "$system" busybox-static
  install -D -m 0755 "$(resolve "$system" /bin/busybox)" "$rootfs/bin/busybox"
  printf '<!doctype html>\n<title>not Headlamp</title>\n<p>This stands in for Headlamp in a lab: it is not Headlamp itself.</p>\n' >"$rootfs/www/index.html"
  write_accounts "$rootfs"
  # What a container is told besides are the arguments of a shell that asks for none.
  add_image "$1" "$HEADLAMP_STAND_IN" "$rootfs" \
    '{ "Entrypoint": ["/bin/busybox", "sh", "-c", "exec /bin/busybox httpd -f -p 4466 -h /www"], "Env": ["PATH=/bin"], "User": "100:101" }'
  pack_archive "$1" "$2"
}
