import { reads, withOptions } from '../shell/command.js';
import type { Command } from '../shell/command.js';

/**
 * Asks whether somebody answers for an address on the link of a device. A packet to its discard port makes the kernel ask for the hardware
 * address; what it then knows is printed. A machine that answers to nothing else answers this. An entry from before is only believed when
 * it is confirmed, for which the kernel takes up to 8 s: it waits 5 s and asks three times.
 */
export function askNeighbour(address: string, device: string, withinS = 10): Command<'reads'> {
  return withOptions(
    reads`i=0
while :; do
  perl -MSocket -e ${SEND} ${address} ${device}
  n=$(ip -4 neigh show to ${address} dev ${device})
  case $n in *REACHABLE* | *PERMANENT* | *NOARP*) break ;; esac
  i=$((i + 1)); if [ $i -gt ${2 * withinS} ]; then break; fi
  sleep 0.5
done
printf '%s\n' "$n"`,
    { timeoutMs: 30_000 },
  );
}

/** 25: SO_BINDTODEVICE, so that no other device is asked. That nobody can be sent to is what is to be found out. */
const SEND = `my ($a, $d) = @ARGV; socket(my $s, PF_INET, SOCK_DGRAM, 17) or die "$!\\n";
setsockopt($s, SOL_SOCKET, 25, "$d\\0") or die "$!\\n"; send($s, "", 0, pack_sockaddr_in(9, inet_aton($a)))`;

/** What `askNeighbour` printed says that somebody answered. */
export function answers(stdout: string): boolean {
  return /\b(?:REACHABLE|PERMANENT|NOARP)\b/.test(stdout);
}
