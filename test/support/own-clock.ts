import type { TestMachine } from './lab.js';
import type { Fault } from './machine-faults.js';

/** What stands in for `date`: nothing of it is in any PATH. */
const FOLDER = '/usr/lib/own-clock';

/** CAP_SYS_TIME (linux/capability.h): what it takes to set a clock. */
const MAY_SET_CLOCKS = 25;

/**
 * Which programs of a machine the kernel would let set a clock, now or when they start others: by what /proc tells of them, never by trying.
 * What `sh` runs is among those that are asked.
 */
export function whoMaySetClocks(machine: TestMachine): readonly string[] {
  const names = machine.sh(`for process in /proc/[0-9]*; do
  status=$(cat "$process/status" 2>/dev/null) || continue
  name=$(printf '%s\\n' "$status" | sed -n 's/^Name:[[:space:]]*//p')
  sets=$(printf '%s\\n' "$status" | sed -n 's/^Cap\\(Prm\\|Bnd\\):[[:space:]]*//p')
  for set in \${sets:-ffffffffffffffff}; do
    if [ $((0x$set >> ${MAY_SET_CLOCKS} & 1)) = 1 ]; then echo "$name"; fi
  done
done`);
  return [...new Set(names.split('\n').filter((name) => name !== ''))];
}

/**
 * A computer with a clock of its own, `seconds` off, that kmon can set. The clock is a STAND-IN: the machines share the clock of this
 * computer, and must never set it. In the place of `date` is a script that adds an offset to the time, and changes the offset when it is told to
 * set the clock; it refuses whatever else. The real program is kept out of the way, and only ever asked to format a time.
 *
 * Beyond that the kernel refuses to set a clock to everything that runs in a lab machine, and nothing is planted where it would not.
 * What tells that the machine is a container is taken away, so that kmon takes it for a computer that has a clock.
 */
export function ownClock(machine: TestMachine, seconds: number): Fault {
  return {
    plant: () => {
      const able = whoMaySetClocks(machine);
      if (able.length > 0) throw new Error(`on ${machine.name} these may set a clock: ${able.join(', ')}`);
      machine.sh(`mkdir ${FOLDER}
echo ${seconds} >${FOLDER}/offset
cat >${FOLDER}/date <<'END'
#!/bin/sh
set -eu
read -r offset <${FOLDER}/offset
now=$(${FOLDER}/real +%s.%N)
case $#:\${1-}:\${2-} in
  1:+*) exec ${FOLDER}/real -d "@$((\${now%.*} + offset)).\${now#*.}" "$1" ;;
  2:-s:@*[!0-9]* | 2:-s:@) ;;
  2:-s:@*)
    echo $((\${2#@} - \${now%.*})) >${FOLDER}/offset
    exit ;;
esac
echo "this stand-in for date does not know: $*" >&2
exit 64
END
chmod +x ${FOLDER}/date
mv /usr/bin/date ${FOLDER}/real
mv ${FOLDER}/date /usr/bin/date

rm -f /run/systemd/container /.dockerenv
if mountpoint -q /run/.containerenv; then umount /run/.containerenv; fi
rm -f /run/.containerenv`);
    },
    undo: () => {
      machine.sh(`mv ${FOLDER}/real /usr/bin/date
rm -r ${FOLDER}
echo container >/run/systemd/container`);
    },
  };
}

/** How far the clock that stands in on the machine is off now, in seconds. */
export function clockIsOff(machine: TestMachine): number {
  return Number(machine.sh(`cat ${FOLDER}/offset`));
}

/**
 * A computer that its login manager suspends after a day without a hand on it. Should it ever come to that: the switch that would put this
 * computer to sleep, which the machine shares, is not in its sight.
 */
export function fallsAsleep(machine: TestMachine): Fault {
  return {
    plant: () => {
      machine.sh(`mount -t tmpfs -o ro,size=4k tmpfs /sys/power
test ! -e /sys/power/state
mkdir -p /etc/systemd/logind.conf.d
printf '[Login]\\nIdleAction=suspend\\nIdleActionSec=1day\\n' >/etc/systemd/logind.conf.d/idle.conf
systemctl restart systemd-logind`);
    },
    undo: () => {
      machine.sh(`rm /etc/systemd/logind.conf.d/idle.conf
systemctl restart systemd-logind
umount /sys/power`);
    },
  };
}
