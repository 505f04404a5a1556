/**
 * The configuration of dnsmasq on the lab's Internet: it answers for the names that are served there, and hands on what else is asked to the
 * name servers of its own resolv.conf, which are those of this computer.
 */
export function dnsConfig(names: readonly string[], address: string): string {
  return [
    `listen-address=${address}`,
    'bind-interfaces',
    'no-hosts',
    'user=root',
    // Nothing of these is asked elsewhere: no address of the world gets in, of either kind.
    ...names.flatMap((name) => [`local=/${name}/`, `host-record=${name},${address}`]),
    '',
  ].join('\n');
}
