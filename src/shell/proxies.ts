import { reads } from './command.js';
import type { Command } from './command.js';

const NAMES = ['http', 'https', 'all'];

/**
 * For the beginning of every script that runs as root on a machine: what it starts takes no proxy, whatever the login has brought. kubeadm,
 * kubectl and helm speak to the room alone, and kubeadm would hand the proxy on to the control plane. The addresses, in which a password may
 * stand, are kept in the shell, where no other process sees them.
 */
export const PROXIES_AWAY = [
  ...NAMES.map((n) => `kept_${n}_proxy=\${${n}_proxy:-\${${n.toUpperCase()}_PROXY:-}}`),
  `unset ${NAMES.flatMap((n) => [`${n}_proxy`, `${n.toUpperCase()}_PROXY`]).join(' ')}`,
].join('; ');

/** For what fetches something from outside: the proxies that the login has brought, again. */
export const proxiesBack: Command<'reads'> = reads`if [ -n "$kept_http_proxy" ]; then http_proxy=$kept_http_proxy; export http_proxy; fi
if [ -n "$kept_https_proxy" ]; then https_proxy=$kept_https_proxy; export https_proxy; fi
if [ -n "$kept_all_proxy" ]; then all_proxy=$kept_all_proxy; export all_proxy; fi`;
