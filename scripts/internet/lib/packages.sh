# shellcheck shell=bash
# Packages with the names, versions, files and dependencies of those in the world, around the programs of the bundle.

# make_packages BUNDLE FOLDER: a folder a repository. Docker's containerd has a runc of its own: here it is Debian's.
make_packages() {
  local bundle=$1 out=$2 files kubernetes cni plugin
  files=$(mktemp -d "$out/.files.XXXX")
  kubernetes=$(version_in "$bundle" kubeadm)-1.1
  cni=$(version_in "$bundle" loopback)-1.1

  program "$bundle/bin/kubelet.gz" "$files/kubelet/usr/bin/kubelet"
  put "$INTERNET_SCRIPTS/packages/kubelet.service" "$files/kubelet/usr/lib/systemd/system/kubelet.service"
  put "$INTERNET_SCRIPTS/packages/kubelet.env" "$files/kubelet/etc/default/kubelet"
  put /dev/null "$files/kubelet/var/lib/kubelet/.kubelet-keep"
  put /dev/null "$files/kubelet/etc/kubernetes/manifests/.kubelet-keep"
  pack kubelet "$kubernetes" "$files" "$out/kubernetes" \
    'Depends: kubernetes-cni (>= 1.2.0), mount, util-linux' 'Recommends: iptables (>= 1.8.4)'

  program "$bundle/bin/kubeadm.gz" "$files/kubeadm/usr/bin/kubeadm"
  put "$INTERNET_SCRIPTS/packages/10-kubeadm.conf" "$files/kubeadm/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf"
  pack kubeadm "$kubernetes" "$files" "$out/kubernetes"

  program "$bundle/bin/kubectl.gz" "$files/kubectl/usr/bin/kubectl"
  pack kubectl "$kubernetes" "$files" "$out/kubernetes"

  program "$bundle/bin/crictl.gz" "$files/cri-tools/usr/bin/crictl"
  pack cri-tools "$(version_in "$bundle" crictl)-1.1" "$files" "$out/kubernetes"

  for plugin in "$bundle"/cni/*.gz; do
    program "$plugin" "$files/kubernetes-cni/opt/cni/bin/$(basename "$plugin" .gz)"
  done
  pack kubernetes-cni "$cni" "$files" "$out/kubernetes"

  program "$bundle/bin/helm.gz" "$files/helm/usr/bin/helm"
  pack helm "$(version_in "$bundle" helm)-1" "$files" "$out/helm"

  make_containerd "$bundle" "$files" "$out/docker"
  rm -r "$files"
}

make_containerd() {
  local bundle=$1 files=$2 name
  local root=$files/containerd.io
  unpack_packages "$files/.runc" runc >&2
  put "$files/.runc/usr/sbin/runc" "$root/usr/bin/runc" 755
  for name in containerd containerd-shim-runc-v2 ctr; do program "$bundle/bin/$name.gz" "$root/usr/bin/$name"; done
  put "$INTERNET_SCRIPTS/packages/containerd.service" "$root/lib/systemd/system/containerd.service"
  put "$INTERNET_SCRIPTS/packages/containerd.toml" "$root/etc/containerd/config.toml"
  for name in postinst prerm postrm; do put "$INTERNET_SCRIPTS/packages/containerd.$name" "$root/DEBIAN/$name" 755; done
  pack containerd.io "$(version_in "$bundle" containerd)-1~debian.12~$DEBIAN_CODENAME" "$files" "$3" \
    'Depends: libc6 (>= 2.34), libseccomp2 (>= 2.5.0)' 'Provides: containerd, runc' 'Conflicts: containerd, runc' 'Replaces: containerd, runc'
}

# program PACKED TARGET
program() {
  mkdir -p "$(dirname "$2")"
  gzip -dc "$1" >"$2"
  chmod 755 "$2"
}

# put SOURCE TARGET [MODE]
put() {
  install -D -m "${3:-644}" "$1" "$2"
}

# pack NAME VERSION FILES FOLDER [FIELD...]: the package of FILES/NAME, in FOLDER. What is in /etc belongs to the machine's owner.
pack() {
  local name=$1 version=$2 root=$3/$1 folder=$4
  shift 4
  mkdir -p "$folder" "$root/DEBIAN"
  {
    printf '%s\n' "Package: $name" "Version: $version" "Architecture: $ARCHITECTURE" 'Maintainer: the lab <lab@localhost>' \
      'Section: net' 'Priority: optional' "Installed-Size: $(du -sk --exclude DEBIAN "$root" | cut -f 1)" "$@"
    printf 'Description: %s as the lab has it\n' "$name"
  } >"$root/DEBIAN/control"
  if [[ -d $root/etc ]]; then (cd "$root" && find etc -type f ! -name '.*' -printf '/%p\n') >"$root/DEBIAN/conffiles"; fi
  find "$root" -type d -exec chmod 755 {} +
  # Packed once for machines that lie on the same computer: time counts, not bytes.
  dpkg-deb --root-owner-group -Zgzip -z1 --build "$root" "$folder" >&2
  rm -r "$root"
}
