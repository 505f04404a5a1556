# Runs inside a laptop as root, on stdin, below lines that set: link (to the guest), address (on it), outside (the link to the room), guest (its
# address), ssh (the port that leads to the guest's 22), tcp, udp (ports that lead to the same of the guest).
set -eu
# Nothing of IPv6 on it: its order among the addresses would be another one each time.
ip link set dev "$link" addrgenmode none
ip -4 address replace "$address/24" dev "$link"
ip link set dev "$link" up
echo 1 >/proc/sys/net/ipv4/ip_forward
# Nothing of the laptop's own rules is in this table: it is made anew as a whole.
nft -f - <<end
table ip laptop
delete table ip laptop
table ip laptop {
  chain forwards {
    type nat hook prerouting priority dstnat;
    iifname "$outside" tcp dport $ssh dnat to $guest:22
    iifname "$outside" tcp dport { $tcp } dnat to $guest
    iifname "$outside" udp dport $udp dnat to $guest
  }
  chain masks {
    type nat hook postrouting priority srcnat;
    oifname { "$outside", "$link" } masquerade
  }
}
end
