# shellcheck shell=bash
# What the scripts rely on wherever they are started from: also with an empty environment, a narrow umask or another language.

# Debian keeps sshd, useradd and iptables where a plain user's PATH does not look.
export PATH="${PATH:-/usr/local/bin:/usr/bin:/bin}:/usr/local/sbin:/usr/sbin:/sbin"
if [[ -z ${HOME:-} ]]; then
  HOME=$(getent passwd "$(id -u)" | cut -d : -f 6)
  export HOME
fi
export LC_ALL=C.UTF-8
unset LANGUAGE
# sshd reads test files as the user who logs in.
umask 022
[[ -t 1 ]] || export NO_COLOR=1
# Would leave out what compiles and tests.
unset NODE_ENV npm_config_omit npm_config_production

# die WHO MESSAGE [FIX]: stop with a message and one sentence on what to do about it.
die() {
  printf '%s: %s\n' "$1" "$2" >&2
  if [[ -n ${3:-} ]]; then printf '  fix: %s\n' "$3" >&2; fi
  exit 1
}
