/** What systemd-resolved's stub, a dnsmasq or the like leaves in resolv.conf: an address that means another computer in a machine. */
const LOOPBACK = /^nameserver\s+(?:127\.|::1)/;

/**
 * The resolv.conf of a machine: this computer's own, or the one behind its local stub. Empty when all of them only know a
 * server on loopback, which a machine cannot reach.
 *
 * @param files contents in order of preference.
 */
export function machineResolvConf(files: readonly string[]): string {
  for (const file of files) {
    const lines = file
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => /^(?:nameserver|search|options)\s/.test(line) && !LOOPBACK.test(line));
    if (lines.some((line) => line.startsWith('nameserver'))) return lines.join('\n');
  }
  return '';
}

/** The lines of this computer's /etc/hosts that name one of `names` at an address which a machine can reach as well. */
export function hostsLinesFor(names: readonly string[], etcHosts: string): readonly string[] {
  return etcHosts
    .split('\n')
    .map((line) => line.replace(/#.*/, '').trim())
    .filter((line) => {
      const [address = '', ...hosts] = line.split(/\s+/);
      return hosts.some((host) => names.includes(host)) && !/^(?:127\.|::1$)/.test(address);
    });
}
