# shellcheck shell=bash
# Debian packages for the set-up. Whatever else uses apt at the same time is waited for.

apt() {
  DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=600 -o Acquire::Retries=3 "$@"
}

# `apt-get update` has a lock of its own on the lists, which DPkg::Lock::Timeout does not cover.
update_lists() {
  local tries
  for ((tries = 1; ; tries++)); do
    if apt update; then break; fi
    ((tries < 20)) || return 1
    sleep 3
  done
  mkdir -p "$CACHE"
  touch "$CACHE/apt-updated"
}

is_installed() {
  [[ $(dpkg-query -W -f '${db:Status-Abbrev}' "$1" 2>/dev/null) == 'ii ' ]]
}

# any_installed NAME|NAME...
any_installed() {
  local name names
  IFS='|' read -ra names <<<"$1"
  for name in "${names[@]}"; do
    if is_installed "$name"; then return 0; fi
  done
  return 1
}

# install_missing NAME...: the packages that are not there. What is there is not touched. `one|other`: either will do, and the first is
# installed when there is none.
install_missing() {
  local name missing=()
  for name; do
    if any_installed "$name"; then continue; fi
    name=${name%%|*}
    if [[ " ${missing[*]} " != *" $name "* ]]; then missing+=("$name"); fi
  done
  ((${#missing[@]})) || return 0
  command -v apt-get >/dev/null || die setup "there is no apt-get here, and these are missing: ${missing[*]}" 'install them your own way'
  ((EUID == 0)) || die setup "these Debian packages are missing: ${missing[*]}" "run: sudo apt-get install ${missing[*]}"
  step "Debian packages: ${missing[*]}" install_quietly "${missing[@]}"
}

# No service starts because of this, now or at the next boot: the tests start their own sshd.
install_quietly() {
  local policy=/usr/sbin/policy-rc.d ssh_was_there=''
  if is_installed openssh-server; then ssh_was_there=1; fi
  if [[ ! -e $policy ]]; then
    trap 'rm -f /usr/sbin/policy-rc.d' EXIT
    trap 'exit 130' INT TERM
    printf '#!/bin/sh\nexit 101\n' >"$policy"
    chmod 755 "$policy"
  fi
  # Lists that are there may be good enough; a package they do not know, or that has moved on the mirror, needs new ones.
  apt install -y --no-install-recommends --no-remove "$@" ||
    { update_lists && apt install -y --no-install-recommends --no-remove "$@"; } ||
    return
  if [[ -z $ssh_was_there ]] && is_installed openssh-server && command -v systemctl >/dev/null; then
    systemctl disable --quiet ssh.service || true
  fi
}

# know_packages: lists of what the mirror has today, for tests that download packages without installing them.
know_packages() {
  ((EUID == 0)) || return 0
  if [[ -n $(find "$CACHE/apt-updated" -mmin -1440 2>/dev/null) ]] && apt-cache show prometheus >/dev/null 2>&1; then return; fi
  step 'lists of Debian packages (apt-get update)' update_lists
}
