import type { CatalogueEntry } from './entry.js';

/** Where packages and images come from. */
export const SOURCES = {
  'K-DNS': {
    title: 'Names are not resolved',
    severities: ['stops', 'hurts'],
    cause: 'no name server is set, or it does not answer',
    remedy: 'connect the machine to a network with DHCP, or set a name server',
  },
  'K-DNS-LOOP': {
    title: 'The name server would ask itself',
    severities: ['hurts'],
    cause:
      "pods get the machine's name servers, and in a pod 127.0.0.1 is the pod: CoreDNS stops when it asks itself",
    remedy: 'name a server of the network in /etc/resolv.conf, or let systemd-resolved run',
  },
  'K-PROXY': {
    title: 'The proxy would take traffic of the room',
    severities: ['hurts'],
    cause: 'NO_PROXY does not hold the network of the room and the ranges of the cluster',
    remedy: 'write the ranges that are named into `no_proxy` in /etc/environment',
  },
  'K-SOURCE': {
    title: 'A source of packages or images cannot be reached',
    severities: ['stops', 'hurts'],
    cause: 'no Internet, a proxy, or a firewall of the school',
    remedy: 'have it let through by who runs the network, or name a bundle in kmon.yaml',
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;
