# shellcheck shell=bash
# shellcheck disable=SC2016  # apt and dpkg expand formats of their own
# Debian packages and sources, from the mirror this machine already uses. apt gets a source list and package lists of its
# own, so that /etc/apt and the machine's lists stay as they are although source packages are needed.

# debian_apt COMMAND...: apt-get with the list of this build. Proxies, credentials and the like come from /etc/apt/apt.conf.d.
debian_apt() {
  apt-get -q -y \
    -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$WORK/apt/sources" \
    -o Dir::State::lists="$WORK/apt/lists" -o Dir::Cache::pkgcache= -o Dir::Cache::srcpkgcache= \
    -o DPkg::Lock::Timeout=900 -o Acquire::Retries=3 -o APT::Sandbox::User=root -o APT::Get::List-Cleanup=false "$@"
}

# debian_entries: "FILE:ENTRY" for every place where this machine's apt names Debian's own archive of the release we need.
# apt itself says so (origin and codename as signed by the archive), so no mirror has to be known by name.
debian_entries() {
  local suite
  for suite in '' -updates -security; do
    apt-get indextargets --format '$(SOURCESENTRY)' \
      'Created-By: Packages' 'Origin: Debian' "Codename: $DEBIAN_CODENAME$suite" 2>/dev/null || true
  done | sort -u
}

# with_sources FILE ENTRY: one entry of a source list, asking for binary and source packages. In a deb822 file ENTRY is
# the number of the stanza, in a one-line file the number of the line.
with_sources() {
  case $1 in
    *.sources)
      awk -v wanted="$2" '
        /^[ \t]*$/ { inside = 0; next }
        /^#/ { next }
        !inside { inside = 1; stanza++ }
        stanza == wanted { sub(/^[Tt]ypes:.*/, "Types: deb deb-src"); print }
      ' "$1"
      ;;
    *)
      sed -n "${2}{s/^[[:space:]]*deb\(-src\)\{0,1\}\([[:space:]]\)/deb\2/p;s/^deb\([[:space:]]\)/deb-src\1/p}" "$1"
      ;;
  esac
}

# derive_sources: write the source list of this build. A machine without package lists (a fresh image) gets them first;
# apt does not wait for another apt that updates them, hence the tries.
derive_sources() {
  local entries file entry tries target=$WORK/apt/sources
  entries=$(debian_entries)
  for tries in 1 2 3 4 5 6; do
    [[ -z $entries ]] || break
    ((tries == 1)) || sleep 5
    apt-get -q update || true
    entries=$(debian_entries)
  done
  [[ -n $entries ]] || die "this machine's apt has no source for Debian 12 ($DEBIAN_CODENAME)" 'run the build on Debian 12'
  rm -rf "$target"
  mkdir -p "$target" "$WORK/apt/lists/partial"
  while IFS=: read -r file entry; do
    case $file in
      *.sources) { with_sources "$file" "$entry"; echo; } >>"$target/debian.sources" ;;
      *) with_sources "$file" "$entry" >>"$target/debian.list" ;;
    esac
  done <<<"$entries"
}

# ready_apt: fetch the package lists, once a run.
ready_apt() {
  [[ $(cat "$WORK/apt/ready" 2>/dev/null) != "$RUN_ID" ]] || return 0
  mkdir -p "$WORK/apt"
  derive_sources
  debian_apt update
  printf '%s\n' "$RUN_ID" >"$WORK/apt/ready"
}

# install_packages NAME...: what the build needs on this machine. What is there already is not touched.
install_packages() {
  local name missing=()
  for name; do
    [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$name" 2>/dev/null) == ii* ]] || missing+=("$name")
  done
  ((${#missing[@]})) || return 0
  ready_apt
  DEBIAN_FRONTEND=noninteractive debian_apt install --no-install-recommends "${missing[@]}"
}

# unpack_packages DIR NAME[=VERSION]...: the files of packages, without installing them: the services of some start at once.
unpack_packages() {
  local target=$1 downloads=$1/.downloads package
  shift
  mkdir -p "$downloads"
  ready_apt
  (cd "$downloads" && debian_apt download "$@")
  for package in "$downloads"/*.deb; do dpkg-deb -x "$package" "$target"; done
  for package in "$downloads"/*.deb; do
    dpkg-deb --show --showformat '${Package} ${Version}\n' "$package"
  done | sort >"$target/packages.txt"
  rm -rf "$downloads"
}
