# Runs inside a lab machine as root, on stdin, below lines that set: files (a line each: a path below /sys/class, a tab, what is in it), links
# (the same with where it leads), mounts (a script), service (the unit that runs it at every start). Safe to repeat.
set -eu
umask 022
own=/srv/lab-sensors
mkdir -p "$own/hwmon" "$own/thermal"
# The two folders stay the same ones: programs that run have them mounted.
find "$own/hwmon" "$own/thermal" -mindepth 1 -delete
tab=$(printf '\t')
printf '%s\n' "$files" | while IFS=$tab read -r path text; do
  [ -n "$path" ] || continue
  mkdir -p "$own/${path%/*}"
  printf '%s\n' "$text" >"$own/$path"
done
printf '%s\n' "$links" | while IFS=$tab read -r path to; do
  [ -n "$path" ] || continue
  mkdir -p "$own/${path%/*}/$to"
  ln -s "$to" "$own/$path"
done
printf '%s\n' "$mounts" >"$own/mounts.sh"
printf '%s\n' "$service" >/etc/systemd/system/lab-sensors.service
systemctl -q daemon-reload
systemctl -q enable lab-sensors.service
systemctl start lab-sensors.service
