import type { CatalogueEntry } from './entry.js';

/** What trials between the machines showed. */
export const NETWORK = {
  'K-NET-ISOLATED': {
    title: 'The network keeps computers apart',
    severities: ['stops'],
    cause: 'access points for guests let clients talk to the Internet only, not to each other',
    remedy: 'use a switch or a hotspot, or have the isolation of clients switched off in the access point',
  },
  'K-NET-BLOCKED': {
    title: 'One machine does not reach another',
    severities: ['stops', 'hurts'],
    cause: 'something between the two drops what is sent',
    remedy: 'see what is between the two: another network, a firewall, a managed switch',
  },
  'K-FIREWALL': {
    title: 'A firewall drops what the workshop needs',
    severities: ['stops', 'hurts'],
    cause: 'the port answers on the machine itself, but not from the room',
    remedy: 'open the port that is named for the network of the room',
    fix: "opens the port for the room's network only",
  },
  'K-FORWARD': {
    title: 'A firewall lets no packets of pods through',
    severities: ['stops'],
    cause:
      'machines forward the packets of pods; Docker, ufw and firewalld leave rules behind that forward only what is their own',
    remedy: 'let the range of the pods through, from it and to it',
    fix: 'lets the pods through',
  },
  'K-NET-LOSS': {
    title: 'Packets are lost',
    severities: ['hurts'],
    cause: 'weak Wi-Fi, a bad cable, or a network that is full',
    remedy: 'use a cable, or move closer to the access point',
  },
  'K-NET-LATENCY': {
    title: 'Answers take long',
    severities: ['hurts'],
    cause: 'weak Wi-Fi or a detour; etcd and the kubelet wait for every one of them',
    remedy: 'use a cable, or move closer to the access point',
  },
  'K-NET-MTU': {
    title: 'Large packets do not pass',
    severities: ['stops', 'hurts'],
    cause: 'a link with a smaller MTU lies in between; pods use what the machine believes',
    remedy: 'give both machines the MTU that passes, or repair the link',
  },
  'K-NET-SLOW': {
    title: 'The network is slow',
    severities: ['hurts'],
    cause: 'images of some hundred megabytes go over it',
    remedy: 'use a cable or another port of the switch, and load images before the lesson',
  },
  'K-NET-UNPROVEN': {
    title: 'A part of the network could not be tried',
    severities: ['note'],
    cause: 'what is needed for the trial is missing or in use',
    remedy: 'remove what is in the way of the trial and run `kmon check` again',
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;
