# Shows what lies in /srv/lab-sensors where a kernel shows its sensors. Safe to repeat.
set -eu
umask 022
own=/srv/lab-sensors
for class in hwmon thermal; do
  [ -d "/sys/class/$class" ] && continue
  # A kernel without sensors may not even have the class, and nobody can make a folder there: in front of all classes comes a folder that has
  # them, and this one.
  real=/run/lab-sensors
  mkdir -p "$real"
  mount --bind /sys/class "$real"
  # Or it would show what is mounted next on /sys/class as well.
  mount --make-private "$real"
  mount -t tmpfs -o mode=755 lab-sensors /sys/class
  for there in "$real"/*; do
    mkdir "/sys/class/${there##*/}"
    mount --bind "$there" "/sys/class/${there##*/}"
  done
  umount "$real"
  rmdir "$real"
  mkdir -p /sys/class/hwmon /sys/class/thermal
done
for class in hwmon thermal; do
  [ "/sys/class/$class" -ef "$own/$class" ] || mount --bind "$own/$class" "/sys/class/$class"
done
