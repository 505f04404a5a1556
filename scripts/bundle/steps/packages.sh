# shellcheck shell=bash
# The Debian packages that kube-proxy's image is made of, unpacked side by side into one folder that is never run as a system: `nft` with
# the libraries it loads.

readonly IMAGE_PACKAGES=(
  libc6 nftables libnftables1 libmnl0 libnftnl11 libgmp10 libjansson4 libxtables12 libedit2 libbsd0 libmd0 libtinfo6
)

inputs_packages() {
  printf '%s\n' "${IMAGE_PACKAGES[@]}"
}

make_packages() {
  unpack_packages "$1" "${IMAGE_PACKAGES[@]}"
}
