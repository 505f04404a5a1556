# shellcheck shell=bash
# The Debian packages that images are made of, unpacked side by side into one folder that is never run as a system.

readonly IMAGE_PACKAGES=(
  "$ETCD_PACKAGE" "$NODE_EXPORTER_PACKAGE" "$PROMETHEUS_PACKAGE"
  libc6
  iptables conntrack libip4tc2 libip6tc2 libxtables12 libmnl0 libnetfilter-conntrack3 libnfnetlink0 libnftnl11
  # What the links in Prometheus' web folder point to.
  fonts-glyphicons-halflings libjs-bootstrap4 libjs-d3 libjs-eonasdan-bootstrap-datetimepicker libjs-jquery
  libjs-jquery-hotkeys libjs-moment libjs-moment-timezone libjs-mustache libjs-popper.js libjs-rickshaw
)

inputs_packages() {
  printf '%s\n' "${IMAGE_PACKAGES[@]}"
}

make_packages() {
  unpack_packages "$1" "${IMAGE_PACKAGES[@]}"
  # 220 MB of time zones that no page of Prometheus loads.
  find "$1/usr/share" -path '*/moment-timezone/data/unpacked' -prune -exec rm -rf {} +
}
