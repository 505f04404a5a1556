import { reads } from './command.js';
import type { Command } from './command.js';

const NAMES = ['http', 'https', 'all'];

/**
 * For the beginning of every script that runs as root on a machine: what it starts takes no proxy, whatever the login has brought. kubeadm,
 * kubectl and helm speak to the room alone, and kubeadm would hand the proxy on to the control plane. The addresses, in which a password may
 * stand, are kept in the shell, where no other process sees them.
 */
export const PROXIES_AWAY = [
  ...[...NAMES, 'no'].map((n) => `kept_${n}_proxy=\${${n}_proxy:-\${${n.toUpperCase()}_PROXY:-}}`),
  `unset ${NAMES.flatMap((n) => [`${n}_proxy`, `${n.toUpperCase()}_PROXY`]).join(' ')}`,
].join('; ');

/**
 * For what fetches something from outside: the proxies that the login has brought, again, or those of /etc/environment. On Debian, sudo lets none
 * of these through. They are in no argument list: `export` is the shell's own.
 */
export const proxiesBack: Command<'reads'> = reads`back() {
  v=$2
  if [ -z "$v" ] && [ -r /etc/environment ]; then
    v=$(sed -n "s/^[[:space:]]*\(export[[:space:]]\{1,\}\)\{0,1\}$1[[:space:]]*=[[:space:]]*//Ip" /etc/environment | tail -n 1 | tr -d "\"'\r")
  fi
  if [ -n "$v" ]; then export "$1=$v"; fi
}
back http_proxy "$kept_http_proxy"; back https_proxy "$kept_https_proxy"; back all_proxy "$kept_all_proxy"
back no_proxy "$kept_no_proxy"`;
