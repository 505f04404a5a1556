# Runs inside a lab machine as root, on stdin, below lines that set: name, fresh (yes or no), sudo (free or asks), password,
# public_key, extra_hosts, resolv_conf (empty: leave it), apt_conf, authority (a certificate to trust; empty: none).
set -eu
umask 022

if [ "$fresh" = yes ]; then
  {
    printf '127.0.0.1\tlocalhost\n127.0.1.1\t%s\n' "$name"
    printf '%s\n' '::1 localhost ip6-localhost ip6-loopback' 'ff02::1 ip6-allnodes' 'ff02::2 ip6-allrouters'
    [ -z "$extra_hosts" ] || printf '%s\n' "$extra_hosts"
  } >/etc/hosts
  [ -z "$resolv_conf" ] || printf '%s\n' "$resolv_conf" >/etc/resolv.conf
  [ -z "$apt_conf" ] || printf '%s\n' "$apt_conf" >/etc/apt/apt.conf.d/80mirror
  if [ -n "$authority" ]; then
    printf '%s\n' "$authority" >/usr/local/share/ca-certificates/lab-internet.crt
    # Not in /tmp, which the init empties while this runs.
    TMPDIR=/run update-ca-certificates >/dev/null
  fi
  if [ "$sudo" = free ]; then
    (umask 0227 && echo 'student ALL=(ALL:ALL) NOPASSWD: ALL' >/etc/sudoers.d/student)
  fi
fi

# printf is the shell's own: the password is in no argument list.
printf 'student:%s\n' "$password" | chpasswd
install -d -m 0700 -o student -g student /home/student/.ssh
touch /home/student/.ssh/authorized_keys
grep -qxF -e "$public_key" /home/student/.ssh/authorized_keys ||
  printf '%s\n' "$public_key" >>/home/student/.ssh/authorized_keys
chown student:student /home/student/.ssh/authorized_keys
chmod 0600 /home/student/.ssh/authorized_keys
