# shellcheck shell=bash
# What publishers release as files, under the names that it has in the world, around the programs of the bundle: for `kmon bundle make`.

# make_releases BUNDLE FOLDER
make_releases() {
  local bundle=$1 hosts=$2/hosts files folder version name
  files=$(mktemp -d "$2/.files.XXXX")

  version=$(kubernetes_of "$bundle")
  folder=$hosts/cdn.dl.k8s.io/release
  mkdir -p "$folder/$version/bin/linux/$ARCHITECTURE"
  printf '%s' "$version" >"$folder/stable-$(cut -d. -f1-2 <<<"${version#v}").txt"
  for name in kubeadm kubelet kubectl; do
    program "$bundle/bin/$name.gz" "$folder/$version/bin/linux/$ARCHITECTURE/$name"
    sum_of "$folder/$version/bin/linux/$ARCHITECTURE/$name" >"$folder/$version/bin/linux/$ARCHITECTURE/$name.sha256"
  done
  # Of kubeadm's source three lines: the images of others that it asks for.
  folder=$hosts/raw.githubusercontent.com/kubernetes/kubernetes/$version/cmd/kubeadm/app/constants
  mkdir -p "$folder"
  printf '\tDefaultEtcdVersion = "%s"\n\tCoreDNSVersion = "%s"\n\tPauseVersion = "%s"\n' "$(tag_in "$bundle" etcd)" \
    "$(tag_in "$bundle" coredns/coredns)" "$(tag_in "$bundle" pause)" >"$folder/constants.go"

  version=$(version_in "$bundle" containerd)
  for name in containerd containerd-shim-runc-v2 ctr; do program "$bundle/bin/$name.gz" "$files/containerd/bin/$name"; done
  release_archive "$files/containerd" "$(assets containerd/containerd "v$version")/containerd-static-$version-linux-$ARCHITECTURE.tar.gz" sha256sum bin

  version=$(version_in "$bundle" loopback)
  for name in "$bundle"/cni/*.gz; do program "$name" "$files/plugins/$(basename "$name" .gz)"; done
  release_archive "$files/plugins" "$(assets containernetworking/plugins "v$version")/cni-plugins-linux-$ARCHITECTURE-v$version.tgz" sha256 .

  version=$(version_in "$bundle" crictl)
  program "$bundle/bin/crictl.gz" "$files/crictl/crictl"
  release_archive "$files/crictl" "$(assets kubernetes-sigs/cri-tools "v$version")/crictl-v$version-linux-$ARCHITECTURE.tar.gz" sha256 crictl

  version=$(version_in "$bundle" helm)
  program "$bundle/bin/helm.gz" "$files/helm/linux-$ARCHITECTURE/helm"
  release_archive "$files/helm" "$hosts/get.helm.sh/helm-v$version-linux-$ARCHITECTURE.tar.gz" sha256sum "linux-$ARCHITECTURE"
  rm -r "$files"
}

# assets PROJECT TAG: the folder of a release, where the name that is asked for sends on to.
assets() {
  printf '%s' "$hosts/release-assets.githubusercontent.com/$1/releases/download/$2"
}

# release_archive FOLDER ARCHIVE ENDING MEMBER: the archive, and its checksum beside it under that ending.
release_archive() {
  mkdir -p "$(dirname "$2")"
  # Time counts, not bytes, as with the packages.
  tar -C "$1" --owner=0 --group=0 --numeric-owner -cf - "$4" | gzip -1n >"$2"
  printf '%s  %s\n' "$(sum_of "$2")" "$(basename "$2")" >"$2.$3"
}

# tag_in BUNDLE NAME: the version of an image of Kubernetes' own registry.
tag_in() {
  grep -o "registry\.k8s\.io/$2:[^\"]*" "$1/bundle.yaml" | head -n 1 | sed 's/.*://'
}
