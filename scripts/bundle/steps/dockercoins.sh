# shellcheck shell=bash
# What DockerCoins is run by: Debian's Redis and Python.

know_part dockercoins v1.0.0 'parent child' DockerCoins

readonly REDIS_PACKAGES=(redis-tools libatomic1 libc6 libcap2 libgcrypt20 libgpg-error0 libjemalloc2 liblzf1 liblzma5 liblz4-1 libssl3 libstdc++6 libgcc-s1 libsystemd0 libzstd1)
readonly PYTHON_PACKAGES=(python3.11-minimal libpython3.11-minimal libpython3.11-stdlib libexpat1 zlib1g)

inputs_dockercoins() {
  printf '%s\n' "${REDIS_PACKAGES[@]}" "${PYTHON_PACKAGES[@]}"
}

make_dockercoins() {
  unpack_packages "$1" "${REDIS_PACKAGES[@]}" "${PYTHON_PACKAGES[@]}"
}
