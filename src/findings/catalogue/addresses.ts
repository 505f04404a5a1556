import type { CatalogueEntry } from './entry.js';

/** How the machine is addressed, as it says itself. */
export const ADDRESSES = {
  'K-ADDRESS': {
    title: 'The machine does not have the address of kmon.yaml',
    severities: ['stops'],
    cause: 'the address was reached through something else, or has moved',
    remedy: 'write the address that the machine has into kmon.yaml',
  },
  'K-ROUTE': {
    title: 'The machine reaches the parent from another address',
    severities: ['stops', 'hurts'],
    cause: 'the node would be known by an address that others may not reach',
    remedy:
      'unplug the other network or disconnect the VPN for the lesson, or write the other address into kmon.yaml',
  },
  'K-LEASE': {
    title: 'The address is leased',
    severities: ['hurts', 'note'],
    cause: 'after the lease, or on a new connection, DHCP may give another one',
    remedy: 'reserve the address in the router',
    fix: 'makes the present address a static one; it goes back by itself if the machine cannot be reached with it',
  },
  'K-DEFAULT-ROUTE': {
    title: 'The default route leaves by another network',
    severities: ['note'],
    cause: 'programs that choose an address by the default route choose the wrong one',
    remedy: 'nothing for kmon; if something else goes the wrong way, unplug the other network for the lesson',
  },
  'K-VPN': {
    title: 'A VPN is up',
    severities: ['hurts', 'note'],
    cause: 'it may take traffic of the room with it',
    remedy: 'disconnect it for the lesson',
  },
  'K-SEGMENT': {
    title: 'The machines are not in one network',
    severities: ['stops', 'hurts'],
    cause: 'routes between machines need one network segment',
    remedy:
      'connect the machine to the switch or Wi-Fi of the parent, or choose `network: flannel` in kmon.yaml',
  },
  'K-RANGE': {
    title: 'A range of the cluster is in use in the network',
    severities: ['stops'],
    cause: 'the machine could not reach one of the two',
    remedy: 'write the range that is proposed into kmon.yaml; it is free on all machines',
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;
