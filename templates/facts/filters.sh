# Who drops packets, and lets none through. Only where somebody has made rules: the mere question would load that part of the kernel. What
# is built into a kernel with modules shows nowhere, and is not asked.
v=
if [ -r /proc/net/ip_tables_names ]; then
  while read -r v; do if [ "$v" = filter ]; then break; fi; done </proc/net/ip_tables_names
fi
if [ "$v" = filter ] && has iptables-legacy-save; then section legacy "$(iptables-legacy-save -t filter | sed -n "$iptables_lines")"; fi
if [ -e /sys/module/nf_tables ] || ! [ -e /proc/modules ]; then
  v=
  if has iptables-nft-save; then
    # Another program's table of that name is none that iptables could tell.
    v=$(iptables-nft-save -t filter)
    case $v in '' | *incompatible*) v= ;; *) section iptables "$(printf '%s\n' "$v" | sed -n "$iptables_lines")" ;; esac
  fi
  if has nft; then
    if [ -n "$v" ]; then v="iptables filter$nl"; fi
    section nft "$v$(nft -a -t list ruleset | sed -n "$nft_lines")"
  fi
fi
# shellcheck disable=SC3013 # every sh of a Linux knows -ef
if [ /usr/sbin/iptables -ef /usr/sbin/iptables-legacy ]; then say iptables-is legacy; fi
