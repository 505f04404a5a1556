# Settings, by one grep for all of them: nothing but the lines that are wanted leaves the machine, so no key of a Wi-Fi.
set --
tab='	'
sd=/etc/systemd; lib=/usr/lib/systemd; run=/run/systemd
# shellcheck disable=SC2231 # words of ours
for f in /etc/os-release /usr/lib/os-release /etc/upstream-release/lsb-release /proc/meminfo /proc/self/status /proc/filesystems /proc/self/mounts /etc/resolv.conf \
  /etc/kmon/kubeadm-init.yaml /etc/ufw/ufw.conf /etc/environment /etc/apt/apt.conf /etc/apt/apt.conf.d/* /etc/dnf/dnf.conf /etc/yum.conf \
  "/lib/modules/$release/modules.dep" "/lib/modules/$release/modules.builtin" \
  $sd/system.conf $sd/system.conf.d/*.conf $run/system.conf.d/*.conf $lib/system.conf.d/*.conf \
  $lib/logind.conf $lib/logind.conf.d/*.conf $run/logind.conf.d/*.conf $sd/logind.conf $sd/logind.conf.d/*.conf \
  $lib/sleep.conf.d/*.conf $run/sleep.conf.d/*.conf $sd/sleep.conf $sd/sleep.conf.d/*.conf \
  $run/inhibit/* $run/netif/links/* /run/NetworkManager/devices/* /run/NetworkManager/system-connections/* \
  /etc/network/interfaces /etc/network/interfaces.d/* /etc/dhcpcd.conf /var/lib/dhcp/*.leases /var/lib/dhclient/*.lease*; do
  # No pipes, which would keep a reader waiting, and nothing that could not be told from `path:line`.
  case $f in *:*) ;; *) if [ -f "$f" ] && [ -r "$f" ]; then set -- "$@" "$f"; fi ;; esac
done
# What a line may begin with makes grep slow, hence no more of it than needed; the blanks are a space and a tab. A proxy is looked for in
# the names of settings: a Wi-Fi key may hold that word, too.
conf=$(grep -aHsE \
  -e '^(ID|ID_LIKE|NAME|PRETTY_NAME|VERSION_ID|([A-Z]+_)*CODENAME|DISTRIB_ID|ENABLED|WHAT|MODE|ADMIN_STATE|NETWORK_FILE|managed|connection-uuid|uuid|interface-name|external)=' \
  -e '^(MemTotal|MemAvailable|CapEff|Cpus_allowed_list|mode|kubernetesVersion):' \
  -e "^nodev${tab}overlay\$" \
  -e ' /home(/[^ ]*)? (nfs|cifs|smb|autofs|fuse)' \
  -e ' /(opt(/cni(/bin)?|/kmon(/bin)?)?|usr(/bin)?|var(/lib(/dpkg(/info)?)?)?)? [a-z][^ ]* [^ ]* 0 0$' \
  -e '/(overlay|br_netfilter|vxlan|nf_conntrack)\.ko' \
  -e "^[ $tab]*(nameserver|iface|interface|static|expire|fixed-address)[ $tab]" \
  -e "^[ $tab]*(export )?[A-Za-z_:]*[Pp][Rr][Oo][Xx][Yy]" \
  -e '^(Acquire|DefaultEnvironment=).*[Pp][Rr][Oo][Xx][Yy]' \
  -e "^[ $tab]*(HandleLidSwitch|HandleLidSwitchExternalPower|IdleAction|AllowSuspend)[ $tab]*=" \
  -- "$@" /dev/null)
# The password of a proxy stays here.
case $conf in
  *://*@*) conf=$(printf '%s\n' "$conf" | sed "s|://[^ \"';]*@|://|g") ;;
esac
section files "$conf"
case $conf in
  # A dead file server would hold up whoever looks there.
  */proc/self/mounts:*' /home'*) ;;
  *) for d in /home/*/.minikube/profiles; do if [ -e "$d" ]; then say other "minikube:$d"; break; fi; done ;;
esac
