# shellcheck shell=bash
# The images that DockerCoins runs in: Debian's Redis and Python, under the names of those in the world and by their own versions. Its own code
# comes as a ConfigMap.

inputs_dockercoins-part() {
  step_key dockercoins
  image_inputs
}

make_dockercoins-part() {
  local work=$1/work system
  system=$(output_of dockercoins)
  install_packages binutils
  add_redis "$work" "$system"
  add_python "$work" "$system"
  pack_archive "$work" "$1/dockercoins.tar"
  rm -rf "$work"
  seal "$1"
}

# version_in SYSTEM PACKAGE: without what Debian has made of it, 7.0.15 of 5:7.0.15-1~deb12u10.
version_in() {
  sed -n "s/^$2 \([0-9]*:\)\{0,1\}\([0-9.]*\).*/\2/p" "$1/packages.txt"
}

# add_redis WORK SYSTEM
add_redis() {
  local rootfs=$1/rootfs-redis
  # One program is the server, and by another name what looks at its files.
  copy_program "$2" /usr/bin/redis-check-rdb "$rootfs" /usr/bin/redis-server
  mkdir -p "$rootfs"/{tmp,data}
  write_accounts "$rootfs"
  add_image "$1" "docker.io/library/redis:$(version_in "$2" redis-tools)" "$rootfs" \
    '{ "Env": ["PATH=/usr/bin"], "WorkingDir": "/data", "Cmd": ["redis-server"] }'
}

# add_python WORK SYSTEM: with those of its modules that need no library of others, compiled, since a pod cannot keep what it compiles.
add_python() {
  local rootfs=$1/rootfs-python library=/usr/lib/python3.11
  copy_program "$2" /usr/bin/python3.11 "$rootfs" /usr/bin/python3
  mkdir -p "$rootfs/usr/lib" "$rootfs/tmp"
  cp -r "$2$library" "$rootfs/usr/lib/"
  rm -rf "$rootfs$library"/{lib-dynload,lib2to3,pydoc_data,ensurepip,distutils,idlelib,turtledemo,test,sitecustomize.py}
  mkdir "$rootfs$library/lib-dynload"
  chroot "$rootfs" /usr/bin/python3 -m compileall -q --invalidation-mode unchecked-hash "$library"
  write_accounts "$rootfs"
  add_image "$1" "docker.io/library/python:$(version_in "$2" python3.11-minimal)" "$rootfs" \
    '{ "Env": ["PATH=/usr/bin"], "Cmd": ["python3"] }'
}
