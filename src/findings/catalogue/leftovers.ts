import type { CatalogueEntry } from './entry.js';

/** What is in the way from before. */
export const LEFTOVERS = {
  'K-LEFTOVER': {
    title: 'An earlier cluster is on the machine',
    severities: ['stops'],
    cause: 'kubeadm refuses a machine that is part of another cluster',
    remedy: 'ask the owner; if it may go: `sudo kubeadm reset`',
  },
  'K-OTHER-ROOM': {
    title: 'The machine belongs to another room',
    severities: ['stops'],
    cause: 'its ledger says who changed it; only that room, or somebody at the machine itself, may undo that',
    remedy: 'give it back first, with the kmon.yaml of that room, or there: `sudo kmon teardown --local`',
  },
  'K-OTHER-KUBERNETES': {
    title: 'Another Kubernetes runs on the machine',
    severities: ['stops', 'hurts'],
    cause: 'two kubelets cannot share a machine',
    remedy: 'ask the owner and stop it for the lesson (`sudo k3s-killall.sh`, `sudo microk8s stop`, …)',
  },
  'K-PORT-TAKEN': {
    title: 'A port is in use',
    severities: ['stops', 'hurts'],
    cause: 'a part of Kubernetes listens on this port',
    remedy: 'stop the program or the unit that is named',
  },
  'K-EXPORTER': {
    title: 'Another node-exporter has port 9100',
    severities: ['stops'],
    cause: 'the one of kmon could not start beside it',
    remedy: 'stop it for the lesson: `sudo systemctl stop prometheus-node-exporter`',
  },
  'K-APT-LOCK': {
    title: 'The package manager is busy',
    severities: ['note'],
    cause: 'an installation or update is under way; kmon waits for it',
    remedy: 'nothing: kmon waits up to five minutes for it',
  },
  'K-PACKAGES': {
    title: 'A package is half-done',
    severities: ['stops'],
    cause:
      'apt installs nothing, or fails, before such a package is in order, and teardown leaves alone what is not of kmon',
    remedy: 'put it in order: `sudo dpkg --configure -a`, then `sudo apt-get -f install`, or remove it',
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;
