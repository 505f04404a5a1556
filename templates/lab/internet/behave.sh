# Runs inside the machine of the lab's Internet as root, on stdin, below lines that set: http_conf, server_conf, dnsmasq_conf, ways,
# foreign (who signs in the place of the lab's authority; empty: nobody), proxy (yes or no), words (what is not as it should be, a line each).
# From its end on the Internet behaves like this, whatever it did before. What it writes last tells that all of it is there.
set -eu
umask 022
folder=/etc/lab-internet

# Another authority of the same lab, which nobody trusts but who is given filter.crt.
if [ -n "$foreign" ]; then
  made=$(mktemp -d)
  openssl req -utf8 -x509 -newkey rsa:2048 -nodes -days 3650 -subj "/CN=$foreign" -keyout "$made/key" -out "$made/crt" 2>/dev/null
  openssl x509 -req -in "$folder/server.csr" -CA "$made/crt" -CAkey "$made/key" -set_serial "0x$(openssl rand -hex 8)" \
    -days 3650 -sha256 -extfile "$folder/server.ext" -out "$folder/foreign.crt" 2>/dev/null
  install -m 600 "$folder/server.key" "$folder/foreign.key"
  install -m 644 "$made/crt" "$folder/filter.crt"
  rm -r "$made"
fi

printf '%s\n' "$http_conf" >"$folder/behaviour.conf"
printf '%s\n' "$server_conf" >"$folder/answers.conf"
printf '%s\n' "$dnsmasq_conf" >"$folder/dnsmasq.conf"
printf '%s\n' "$ways" >"$folder/ways.sh"
printf '%s' "$words" >"$folder/behaviour"
nginx -q -t
# Started anew, and not told to read again: what is under way ends, as with a line that is cut or mended.
systemctl restart nginx.service lab-dns.service lab-ways.service
if [ "$proxy" = yes ]; then
  systemctl -q enable lab-proxy.service
  systemctl restart lab-proxy.service
else
  systemctl -q disable --now lab-proxy.service
fi
touch "$folder/ready"
