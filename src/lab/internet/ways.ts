import { MACHINE_LINK } from '../names.js';
import type { InternetBehaviour } from './behaviour.js';

/** Where the lab's Internet is reached, and where names lead that are not to be reached. */
export interface InternetAddresses {
  readonly serves: string;
  /** Refuses connections. */
  readonly closed: string;
  /** Does not answer. */
  readonly silent: string;
}

/** Of the proxy, on the address that serves. */
export const PROXY_PORT = 3128;

/**
 * What the machine of the lab's Internet lets through, as a script for its `sh`: it replaces all that an earlier one has set. What it does
 * itself, such as the proxy, which asks its own web server, is never in the way.
 */
export function waysScript(b: InternetBehaviour, { closed, silent }: InternetAddresses): string {
  return `set -eu
for address in ${closed} ${silent}; do ip address replace "$address/24" dev ${MACHINE_LINK}; done
tc qdisc del dev ${MACHINE_LINK} root 2>/dev/null || true
${b.bytesPerSecond === undefined ? '' : `${slowLine(b.bytesPerSecond)}\n`}sysctl -qw net.netfilter.nf_conntrack_acct=1
nft -f - <<'END'
table inet lab_internet
delete table inet lab_internet
table inet lab_internet {
  chain room {
    type filter hook input priority filter;
    iifname "lo" accept
    ip daddr ${closed} meta l4proto tcp reject with tcp reset
    ip daddr ${silent} drop
${rules(b)
  .map((rule) => `    ${rule}\n`)
  .join('')}  }
}
END
`;
}

function rules(b: InternetBehaviour): readonly string[] {
  return [
    ...(b.dns === 'silent' ? ['meta l4proto { tcp, udp } th dport 53 drop'] : []),
    ...(b.dns === 'closed' ? ['tcp dport 53 reject with tcp reset', 'udp dport 53 reject'] : []),
    ...(b.proxy === undefined ? [] : ['tcp dport { 80, 443 } reject with tcp reset']),
    // Whoever has got so much is told at the next packet of its own that there is no such connection.
    ...(b.cutAfterBytes === undefined
      ? []
      : [`tcp dport { 80, 443, ${PROXY_PORT} } ct reply bytes > ${b.cutAfterBytes} reject with tcp reset`]),
  ];
}

/** One line for all machines. The bucket holds at least a frame, and what comes between two ticks of the kernel's clock. */
function slowLine(bytesPerSecond: number): string {
  const burst = Math.max(16_384, Math.ceil(bytesPerSecond / 50));
  return `tc qdisc add dev ${MACHINE_LINK} root tbf rate ${bytesPerSecond * 8}bit burst ${burst} latency 400ms`;
}
