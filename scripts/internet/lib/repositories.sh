# shellcheck shell=bash
# Repositories for apt, each signed with a key of its own.

# make_repositories BUNDLE FOLDER: out of the packages in FOLDER/debs.
make_repositories() {
  local bundle=$1 debs=$2/debs hosts=$2/hosts minor folder
  install_packages gpg gpg-agent gpgconf
  minor=$(cut -d. -f1-2 <<<"$(kubernetes_of "$bundle")")

  # Flat: what apt reads, the key and the packages in one folder.
  folder=$hosts/prod-cdn.packages.k8s.io/repositories/isv:/kubernetes:/core:/stable:/$minor/deb
  mkdir -p "$folder"
  cp -r "$debs/kubernetes" "$folder/$ARCHITECTURE"
  index "$folder" "$ARCHITECTURE" >"$folder/Packages"
  seal_repository "$folder" "isv:kubernetes:core:stable:$minor" "$folder/Release.key" 'Suite: deb' Packages

  folder=$hosts/download.docker.com/linux/debian
  with_components "$folder" "$debs/docker" "$DEBIAN_CODENAME" stable Docker "$folder/gpg"

  folder=$hosts/packages.buildkite.com/helm-linux/helm-debian
  with_components "$folder/any" "$debs/helm" any main Helm "$folder/gpgkey"
}

# with_components FOLDER DEBS SUITE COMPONENT ORIGIN KEY_FILE: a repository of one suite and one component.
with_components() {
  local folder=$1 suite=$3 component=$4 list=$4/binary-$ARCHITECTURE/Packages
  mkdir -p "$folder/dists/$suite/$(dirname "$list")" "$folder/pool"
  cp -r "$2" "$folder/pool/$component"
  index "$folder" "pool/$component" >"$folder/dists/$suite/$list"
  seal_repository "$folder/dists/$suite" "$5" "$6" "Suite: $suite
Codename: $suite
Components: $component" "$list"
}

# index FOLDER SUBFOLDER: what apt reads of the packages there.
index() {
  local deb
  for deb in "$1/$2"/*.deb; do
    dpkg-deb --field "$deb"
    printf 'Filename: %s\nSize: %s\nSHA256: %s\n\n' "${deb#"$1"/}" "$(stat --format=%s "$deb")" "$(sum_of "$deb")"
  done
}

# seal_repository FOLDER ORIGIN KEY_FILE FIELDS LIST: Release and its signatures; the key, armoured, goes into KEY_FILE.
seal_repository() {
  local folder=$1 home list=$5 packed=$5.gz
  gzip --keep -n "$folder/$list"
  {
    printf 'Origin: %s\nLabel: %s\n%s\nArchitectures: %s\nDate: %s\nSHA256:\n' "$2" "$2" "$4" "$ARCHITECTURE" "$(LC_ALL=C date -uR | sed 's/+0000/UTC/')"
    for list in "$list" "$packed"; do
      printf ' %s %s %s\n' "$(sum_of "$folder/$list")" "$(stat --format=%s "$folder/$list")" "$list"
    done
  } >"$folder/Release"
  home=$(mktemp -d)
  gpg_in "$home" --quick-generate-key "$2 of the lab <lab@localhost>" rsa2048 sign never
  gpg_in "$home" --armor --export >"$3"
  gpg_in "$home" --clearsign --output "$folder/InRelease" "$folder/Release"
  gpg_in "$home" --armor --detach-sign --output "$folder/Release.gpg" "$folder/Release"
  # The secret key is gone with it: nothing is ever signed again.
  gpgconf --homedir "$home" --kill all
  rm -rf "$home"
}

gpg_in() {
  gpg --homedir "$1" --batch --quiet --passphrase '' --pinentry-mode loopback "${@:2}"
}

sum_of() {
  sha256sum <"$1" | cut -c 1-64
}
