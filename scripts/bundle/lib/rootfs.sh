# shellcheck shell=bash
# Root file systems for images: a program, the libraries it loads, and nothing else.

# resolve SYSROOT PATH: the regular file behind a path, with absolute links read inside the sysroot and not on this machine.
resolve() {
  local path=$2 link
  while [[ -L $1$path ]]; do
    link=$(readlink "$1$path")
    case $link in
      /*) path=$link ;;
      *) path=$(dirname "$path")/$link ;;
    esac
  done
  printf '%s%s\n' "$1" "$path"
}

# copy_program SYSROOT SOURCE ROOTFS TARGET: an executable with the libraries that its own loader finds inside the sysroot.
copy_program() {
  local sysroot=$1 source=$2 rootfs=$3 target=$4
  install -D -m 0755 "$(resolve "$sysroot" "$source")" "$rootfs$target"
  copy_libraries "$sysroot" "$source" "$rootfs"
}

# copy_libraries SYSROOT FILE ROOTFS: the libraries FILE (a program or a library) needs, under the paths it asks for.
copy_libraries() {
  local sysroot=$1 file=$2 rootfs=$3 loader listing library
  loader=$(find "$sysroot" -path '*/ld-linux*.so.*' -type f -printf '/%P\n' -quit)
  listing=$(chroot "$sysroot" "$loader" --list "$file") || {
    printf '%s\n' "$listing"
    return 1
  }
  if grep 'not found' <<<"$listing"; then return 1; fi
  grep -oE '(=> |^[[:space:]]*)/[^ ]+' <<<"$listing" | grep -oE '/.*' | while read -r library; do
    [[ -e $rootfs$library ]] || install -D -m 0755 "$(resolve "$sysroot" "$library")" "$rootfs$library"
  done
  # A program names its loader by a path of its own (/lib64/...), which --list does not print.
  library=$(readelf -p .interp "$(resolve "$sysroot" "$file")" 2>/dev/null | grep -oE '/[^ ]+' || true)
  if [[ -n $library && ! -e $rootfs$library ]]; then
    install -D -m 0755 "$(resolve "$sysroot" "$library")" "$rootfs$library"
  fi
}

# write_accounts ROOTFS: root and nobody, and name look-ups in the usual order (/etc/hosts before DNS).
write_accounts() {
  mkdir -p "$1/etc"
  printf 'root:x:0:0:root:/:/sbin/nologin\nnobody:x:65534:65534:nobody:/:/sbin/nologin\n' >"$1/etc/passwd"
  printf 'root:x:0:\nnogroup:x:65534:\n' >"$1/etc/group"
  printf 'passwd: files\ngroup: files\nhosts: files dns\n' >"$1/etc/nsswitch.conf"
}
