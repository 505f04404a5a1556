import type { TestMachine } from './lab.js';

/** Something that is really wrong with a machine, and the way back. */
export interface Fault {
  plant(): void;
  undo(): void;
}

/** Both disks were copied from one: `machine` has the machine-id of `other`. */
export function sameMachineId(machine: TestMachine, other: TestMachine): Fault {
  const own = machine.sh('cat /etc/machine-id').trim();
  const set = (id: string): void => void machine.sh(`echo ${id} >/etc/machine-id`);
  return {
    plant: () => {
      set(other.sh('cat /etc/machine-id').trim());
    },
    undo: () => {
      set(own);
    },
  };
}

/** `machine` calls itself as `other` does. */
export function sameHostname(machine: TestMachine, other: TestMachine): Fault {
  const own = machine.sh('cat /proc/sys/kernel/hostname').trim();
  const set = (name: string): void => void machine.sh(`echo ${name} >/proc/sys/kernel/hostname`);
  return {
    plant: () => {
      set(other.sh('cat /proc/sys/kernel/hostname').trim());
    },
    undo: () => {
      set(own);
    },
  };
}

/** A second network card that takes the default route. */
export function secondNetwork(machine: TestMachine): Fault {
  return {
    plant: () => {
      // It counts before the lab's own default route, which has a metric.
      machine.sh(`ip link add nic1 type veth peer name nic1-switch
ip link set nic1 up; ip link set nic1-switch up
ip addr add 172.31.250.2/29 dev nic1
ip route add default via 172.31.250.1 dev nic1`);
    },
    undo: () => {
      machine.sh('ip link del nic1');
    },
  };
}

/** The school uses the range that the pods shall have: this machine has a route for it. */
export function routeFor(machine: TestMachine, range: string, via: TestMachine): Fault {
  return {
    plant: () => {
      machine.sh(`ip route add ${range} via ${via.address}`);
    },
    undo: () => {
      machine.sh(`ip route del ${range}`);
    },
  };
}

/** A service that holds a port, under the name of another Kubernetes. */
export function service(machine: TestMachine, name: string, port: number): Fault {
  return {
    plant: () => {
      machine.sh(`cat >/run/${name} <<'END'
#!/usr/bin/perl
use IO::Socket::INET;
my $socket = IO::Socket::INET->new(LocalPort => ${port}, Listen => 5, ReuseAddr => 1) or die;
1 while $socket->accept;
END
chmod +x /run/${name}
mount -o remount,exec /run
systemd-run --quiet --unit=${name} /run/${name}
timeout 10 sh -c 'until ss -H -l -n -t "sport = :${port}" | grep -q LISTEN; do sleep 0.1; done'`);
    },
    undo: () => {
      machine.sh(`systemctl stop ${name}; rm /run/${name}`);
    },
  };
}

/** Debian's own node-exporter: its service starts at once and takes port 9100. */
export function debianNodeExporter(machine: TestMachine): Fault {
  const apt = 'DEBIAN_FRONTEND=noninteractive apt-get -qq';
  return {
    plant: () => {
      machine.sh(`apt-get -q update >/dev/null
${apt} install --no-install-recommends prometheus-node-exporter >/dev/null 2>&1
timeout 20 sh -c 'until ss -H -l -n -t "sport = :9100" | grep -q LISTEN; do sleep 0.1; done'`);
    },
    undo: () => {
      machine.sh(`${apt} purge --autoremove prometheus-node-exporter >/dev/null 2>&1`);
    },
  };
}

/** The file system of /var/lib has nothing left: it is moved to a small one, which is filled. */
export function fullDisk(machine: TestMachine): Fault {
  return {
    plant: () => {
      machine.sh(`mkdir /run/small-disk
mount -t tmpfs -o size=90% tmpfs /run/small-disk
cp -a /var/lib/. /run/small-disk/
mount -o remount,size=$(($(du -sk /run/small-disk | cut -f1) + 1024))k /run/small-disk
mount --bind /run/small-disk /var/lib
dd if=/dev/zero of=/var/lib/filler bs=64k 2>/dev/null || :`);
    },
    undo: () => {
      machine.sh('umount /var/lib; umount /run/small-disk; rmdir /run/small-disk');
    },
  };
}

/** An installation under way: a real apt-get that waits, its lock held, before it calls dpkg. */
export function heldAptLock(machine: TestMachine): Fault {
  return {
    plant: () => {
      machine.sh(`apt-get -q update >/dev/null
cat >/run/hold-apt <<'END'
touch /run/apt-held
while [ -e /run/apt-held ]; do sleep 0.2; done
exit 1
END
systemd-run --quiet --unit=hold-apt -E DEBIAN_FRONTEND=noninteractive \
  apt-get -y -o DPkg::Pre-Install-Pkgs::='sh /run/hold-apt' install --reinstall hostname
timeout 60 sh -c 'until [ -e /run/apt-held ]; do sleep 0.1; done'`);
    },
    undo: () => {
      machine.sh(`rm -f /run/apt-held /run/hold-apt
timeout 20 sh -c 'while systemctl -q is-active hold-apt; do sleep 0.1; done'
systemctl reset-failed hold-apt 2>/dev/null || :`);
    },
  };
}

/**
 * A clock that is off. The machines share the clock of this computer, so a stand-in for \`date\` tells another time, and takes one that it
 * is told to set.
 */
export function wrongClock(machine: TestMachine, seconds: number): Fault {
  return {
    plant: () => {
      machine.sh(`echo ${seconds} >/run/clock-offset
cat >/usr/local/bin/date <<'END'
#!/bin/sh
read -r offset </run/clock-offset
case $1 in
  -s | --set) set -- "--set=$2" ;;
esac
case $1 in
  --set=@*)
    wanted=\${1#--set=@}
    echo $((\${wanted%%.*} - $(/bin/date +%s))) >/run/clock-offset ;;
  +%s%N) echo "$(($(/bin/date +%s%N) + offset * 1000000000))" ;;
  *) exec /bin/date -d "@$(($(/bin/date +%s) + offset))" "$@" ;;
esac
END
chmod +x /usr/local/bin/date`);
    },
    undo: () => {
      machine.sh('rm -f /usr/local/bin/date /run/clock-offset');
    },
  };
}

/** The user is in no group, and named by no rule, that lets him become root. */
export function noSudo(machine: TestMachine): Fault {
  return {
    plant: () => {
      machine.sh('mv /etc/sudoers.d/student /root/rule && gpasswd -d student sudo >/dev/null');
    },
    undo: () => {
      machine.sh('mv /root/rule /etc/sudoers.d/student && gpasswd -a student sudo >/dev/null');
    },
  };
}

/** A kernel that was started without the memory controller, as that of Raspberry Pi OS: as far as a machine can be told so. */
export function noMemoryCgroup(machine: TestMachine): Fault {
  return {
    plant: () => {
      machine.sh(`sed '/^memory/s/1$/0/' /proc/cgroups >/run/cgroups
mount --bind /run/cgroups /proc/cgroups`);
    },
    undo: () => {
      machine.sh('umount /proc/cgroups; rm /run/cgroups');
    },
  };
}

/** A frozen disk, or a live stick: what is written to /var/lib goes to memory, over a disk that stays as it is. */
export function frozenDisk(machine: TestMachine): Fault {
  return {
    plant: () => {
      machine.sh(`mkdir -p /run/frozen/upper /run/frozen/work
mount -t overlay overlay -o lowerdir=/var/lib,upperdir=/run/frozen/upper,workdir=/run/frozen/work /var/lib`);
    },
    undo: () => {
      machine.sh('umount /var/lib; rm -r /run/frozen');
    },
  };
}

/** Somebody protects the names of the school: /etc/hosts cannot be changed, not even by root. */
export function immutableHosts(machine: TestMachine): Fault {
  return {
    plant: () => {
      machine.sh('chattr +i /etc/hosts');
    },
    undo: () => {
      machine.sh('chattr -i /etc/hosts');
    },
  };
}

/** A folder on a file system of its own from which no program may run, as guides to hardening advise. */
export function noexec(machine: TestMachine, folder: string): Fault {
  return {
    plant: () => {
      machine.sh(`mount --bind ${folder} ${folder} && mount -o remount,bind,noexec ${folder}`);
    },
    undo: () => {
      machine.sh(`umount ${folder}`);
    },
  };
}

/** A package of the owner's whose installation fails at its end, as a driver does that does not compile: dpkg's \`iF\`. */
export function halfConfigured(machine: TestMachine, name: string): Fault {
  return {
    plant: () => {
      machine.sh(`mkdir -p /run/deb/DEBIAN /run/deb/usr/share/${name}
echo menu >/run/deb/usr/share/${name}/menu
printf 'Package: ${name}\nVersion: 1\nArchitecture: all\nMaintainer: Owner <owner@example.org>\nDescription: lunch\n' >/run/deb/DEBIAN/control
printf '#!/bin/sh\necho tried >>/var/lib/${name}-tried\nexit 1\n' >/run/deb/DEBIAN/postinst
chmod 0755 /run/deb/DEBIAN/postinst
dpkg-deb --build /run/deb /run/${name}.deb >/dev/null
if dpkg --install /run/${name}.deb >/dev/null 2>&1; then exit 1; fi
rm -r /run/deb /run/${name}.deb`);
    },
    undo: () => {
      machine.sh(`dpkg --purge ${name} >/dev/null; rm -f /var/lib/${name}-tried`);
    },
  };
}
