# shellcheck shell=bash
# The images that Kubernetes' own tests run, under the names that they ask for. Those of one kind stand on one layer: agnhost and a small
# Debian with what the tests call by name in a container. Of the upstream images these are stand-ins: a test sees the same programs, not the
# same files.

# apt adds what these need.
readonly E2E_PACKAGES=(
  bash coreutils libc-bin sed grep procps findutils hostname bind9-dnsutils curl netcat-openbsd iproute2 busybox-static nginx-light
)

inputs_e2e-images() {
  step_key e2e
  printf '%s\n' "${E2E_PACKAGES[@]}"
  image_inputs
}

make_e2e-images() {
  local work=$1/work name path='"Env": ["PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"]'
  make_e2e_rootfs "$work/rootfs-debian"
  add_e2e "$work" agnhost debian "{ $path, \"Entrypoint\": [\"/agnhost\"], \"Cmd\": [\"pause\"] }"
  add_e2e "$work" glibc-dns-testing debian "{ $path }"
  add_e2e "$work" busybox debian "{ $path, \"Cmd\": [\"sh\"] }"
  add_e2e "$work" nginx debian "{ $path, \"Cmd\": [\"nginx\", \"-g\", \"daemon off;\"], \"StopSignal\": \"SIGQUIT\" }"
  add_e2e "$work" nonroot debian "{ $path, \"User\": \"1234\" }"
  for name in kitten nautilus; do
    install -D -m 0755 "$(output_of e2e)/agnhost" "$work/rootfs-$name/agnhost"
    cp "$(output_of e2e)/files/$name"/* "$work/rootfs-$name/"
    write_accounts "$work/rootfs-$name"
    add_e2e "$work" "$name" "$name" '{ "Entrypoint": ["/agnhost"], "Cmd": ["test-webserver"] }'
  done
  install -D -m 4755 "$(output_of e2e)/nonewprivs" "$work/rootfs-nonewprivs/usr/local/bin/nnp"
  write_accounts "$work/rootfs-nonewprivs"
  add_e2e "$work" nonewprivs nonewprivs "{ $path, \"Cmd\": [\"nnp\"] }"
  install -D -m 0755 "$(output_of e2e)/sample-apiserver" "$work/rootfs-sample-apiserver/sample-apiserver"
  mkdir "$work/rootfs-sample-apiserver/tmp"
  write_accounts "$work/rootfs-sample-apiserver"
  add_e2e "$work" sample-apiserver sample-apiserver '{ "Entrypoint": ["/sample-apiserver"] }'
  pack_archive "$work" "$1/e2e.tar"
  rm -rf "$work"
  seal "$1"
}

# add_e2e WORK NAME ROOTFS CONFIG: that image in each version that the tests ask for.
add_e2e() {
  local image layer=$1/layers/$3.tar
  if [[ ! -f $layer ]]; then
    mkdir -p "$1/layers"
    pack_layer "$1/rootfs-$3" "$layer"
  fi
  # In the registry of the project's test images: others of that name are for tests of what is refused.
  grep -E "^registry\.k8s\.io/e2e-test-images/$2:" "$(output_of e2e)/images.txt" | while read -r image; do
    printf '{ "name": "%s", "layer": "%s", "config": %s }\n' "$image" "$layer" "$4" >>"$1/images"
  done
}

# make_e2e_rootfs DIR: packages unpacked and not set up, so what their scripts would do is done here.
make_e2e_rootfs() {
  local packages applet
  mkdir -p "$1"
  ready_apt
  : >"$1.status"
  mapfile -t packages < <(
    debian_apt --simulate --no-install-recommends -o Dir::State::status="$1.status" install "${E2E_PACKAGES[@]}" |
      sed -n 's/^Inst \([^ ]*\) .*/\1/p'
  )
  ((${#packages[@]} > ${#E2E_PACKAGES[@]}))
  unpack_packages "$1" "${packages[@]}"
  rm -rf "$1"/usr/share/{doc,man,locale,info,i18n,lintian,perl,bash-completion,zoneinfo} "$1"/usr/lib/*/{gconv,perl*}
  # dash forgets variables whose names it could not write itself; containers are given such.
  ln -sf bash "$1/bin/sh"
  mkdir -p "$1"/usr/local/bin "$1"/{tmp,uploads,root,run} "$1"/var/lib/nginx
  for applet in $(chroot "$1" /bin/busybox --list); do
    [[ -n $(find "$1"/{bin,sbin,usr/bin,usr/sbin} -maxdepth 1 -name "$applet" -print -quit) ]] || ln -s /bin/busybox "$1/usr/local/bin/$applet"
  done
  ln -sf /bin/nc.openbsd "$1/usr/local/bin/nc"
  install -D -m 0755 -t "$1" "$(output_of e2e)/agnhost"
  ln -s agnhost "$1/agnhost-2"
  cp "$(output_of e2e)"/files/agnhost/localhost.* "$1/"
  write_accounts "$1"
  # The user and the group that a test of supplementary groups looks for in agnhost's image.
  printf 'www-data:x:33:33:www-data:/var/www:/sbin/nologin\nuser-defined-in-image:x:1000:1000::/:/bin/sh\n' >>"$1/etc/passwd"
  printf 'www-data:x:33:\nuser-defined-in-image:x:1000:\ngroup-defined-in-image:x:50000:user-defined-in-image\n' >>"$1/etc/group"
  ln -sf /etc/nginx/sites-available/default "$1/etc/nginx/sites-enabled/default"
  # A container may have no IPv6.
  sed -i '/listen \[::\]/d' "$1/etc/nginx/sites-available/default"
  install -D -m 0644 "$1/usr/share/nginx/html/index.html" "$1/var/www/html/index.html"
}
