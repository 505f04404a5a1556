# Runs inside a guest as root, on stdin, below lines that set: link, address, gateway.
set -eu
ip link set dev "$link" up
ip -4 address replace "$address/24" dev "$link"
ip -4 route replace default via "$gateway" dev "$link"
