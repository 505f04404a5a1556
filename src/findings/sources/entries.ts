import { catalogue } from '../subject.js';
import type { FindingOf, VerdictOf } from '../subject.js';

/** What there is to say about where packages and images come from. */
export const { entries, finding } = catalogue({
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
    severities: ['note'],
    cause:
      'NO_PROXY does not hold the network of the room and the ranges of the cluster: a kubectl that somebody types on that machine would go to the proxy; the workshop itself goes past it',
    remedy:
      'write the ranges that are named into `no_proxy` in /etc/environment, if you work on that machine',
  },
  'K-SOURCE': {
    title: 'A source of packages or images cannot be reached',
    severities: ['stops', 'hurts'],
    cause: 'no Internet, a proxy, or a firewall of the school',
    remedy: 'have it let through by who runs the network, or name a bundle in kmon.yaml',
  },
  'K-BUNDLE': {
    title: 'The bundle lacks an image, and it does not come from elsewhere',
    severities: ['stops'],
    cause:
      'the bundle was made for another kmon.yaml; an image that is not in it is pulled from where it is published, and the machine does not get there',
    remedy:
      'run `kmon bundle make` again with this kmon.yaml where there is Internet, or ask for what the bundle has: `network: routes` and `network: vxlan` need no image',
  },
  'K-TLS': {
    title: 'Downloads are not what they should be signed by',
    severities: ['stops', 'hurts'],
    cause:
      "something on the way (a school's proxy, a virus scanner) opens encrypted connections and signs them anew with an authority of its own",
    remedy:
      'ask who runs the network for the certificate of that authority, put it on each machine as a .crt into /usr/local/share/ca-certificates and run `sudo update-ca-certificates`',
  },
  'K-PROXY-LOGIN': {
    title: 'The proxy wants a name and a password',
    severities: ['stops', 'hurts'],
    cause: 'the address of the proxy that the machine is told to use holds none, or wrong ones',
    remedy:
      'write them into the address of the proxy where it stands on the machine (/etc/environment, /etc/apt/apt.conf.d): http://NAME:PASSWORD@proxy:port',
  },
  'K-PORTAL': {
    title: 'The network shows a page of its own',
    severities: ['stops', 'hurts'],
    cause: 'it wants a login first, or shows why it lets nothing through',
    remedy:
      'open a page in the browser of that machine, do what the network asks for, then run `kmon check` again',
  },
});

export type SourcesVerdict = VerdictOf<keyof typeof entries>;
export type SourcesFinding = FindingOf<keyof typeof entries>;
