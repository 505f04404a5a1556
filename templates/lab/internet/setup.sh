# Runs inside the machine of the lab's Internet as root, on stdin, below lines that set: names (by spaces), nginx_conf, manifests_conf,
# token_conf, proxy_conf, dns_service, proxy_service, ways_service. Above behave.sh, which starts what is installed here. Safe to repeat.
set -eu
umask 022
export DEBIAN_FRONTEND=noninteractive
folder=/etc/lab-internet
rm -f "$folder/ready"

# A Debian of its own serves it; no service starts before it is told what to serve.
if ! [ -x /usr/sbin/nginx ] || ! [ -x /usr/sbin/dnsmasq ] || ! [ -x /usr/bin/tinyproxy ] || ! [ -x /usr/sbin/nft ]; then
  printf '#!/bin/sh\nexit 101\n' >/usr/sbin/policy-rc.d
  chmod 755 /usr/sbin/policy-rc.d
  apt-get -qq -o Acquire::Retries=3 update >&2
  apt-get -qq -y -o Acquire::Retries=3 install --no-install-recommends \
    nginx-light dnsmasq-base tinyproxy-bin nftables openssl ca-certificates curl >&2
  rm -f /usr/sbin/policy-rc.d
fi

mkdir -p "$folder"
printf '%s\n' "$manifests_conf" >"$folder/manifests.conf"
printf '%s\n' "$token_conf" >"$folder/token.conf"
printf '%s\n' "$proxy_conf" >"$folder/proxy.conf"
printf '%s\n' "$nginx_conf" >/etc/nginx/nginx.conf
printf '%s\n' "$dns_service" >/etc/systemd/system/lab-dns.service
printf '%s\n' "$proxy_service" >/etc/systemd/system/lab-proxy.service
printf '%s\n' "$ways_service" >/etc/systemd/system/lab-ways.service
# For the proxy, which asks as a program of this machine.
for name in $names; do
  grep -qxF "127.0.0.1 $name" /etc/hosts || printf '127.0.0.1 %s\n' "$name" >>/etc/hosts
done

# The authority is the lab's own, made here and for this lab alone; its key leaves this machine never.
if ! [ -s "$folder/authority.crt" ]; then
  openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj '/CN=Authority of the lab' \
    -keyout "$folder/authority.key" -out "$folder/authority.crt.part" 2>/dev/null
  mv "$folder/authority.crt.part" "$folder/authority.crt"
fi
alternatives=
for name in $names; do alternatives="$alternatives,DNS:$name"; done
printf 'subjectAltName=%s\nextendedKeyUsage=serverAuth\n' "${alternatives#,}" >"$folder/server.ext"
openssl req -newkey rsa:2048 -nodes -subj '/CN=The Internet of the lab' \
  -keyout "$folder/server.key" -out "$folder/server.csr" 2>/dev/null
openssl x509 -req -in "$folder/server.csr" -CA "$folder/authority.crt" -CAkey "$folder/authority.key" -CAcreateserial \
  -days 3650 -sha256 -extfile "$folder/server.ext" -out "$folder/server.crt" 2>/dev/null
chmod 600 "$folder"/*.key
systemctl -q daemon-reload
systemctl -q enable nginx.service lab-dns.service lab-ways.service
