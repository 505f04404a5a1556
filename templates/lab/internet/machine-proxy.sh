# Runs inside a machine of the room as root, on stdin, below lines that set: apt_conf and environment, what its owner would have written of a
# proxy there; empty: what an earlier run wrote goes.
set -eu
umask 022
file=/etc/apt/apt.conf.d/90lab-proxy
if [ -n "$apt_conf" ]; then printf '%s\n' "$apt_conf" >"$file"; else rm -f "$file"; fi
mark='# proxy of the lab'
if grep -qsxF "$mark" /etc/environment; then sed -i "/^$mark\$/,/^$mark ends\$/d" /etc/environment; fi
if [ -n "$environment" ]; then printf '%s\n' "$mark" "$environment" "$mark ends" >>/etc/environment; fi
