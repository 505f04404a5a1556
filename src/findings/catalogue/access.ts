import type { CatalogueEntry } from './entry.js';

/** Whether the machine can be looked at. */
export const ACCESS = {
  'K-UNREACHABLE': {
    title: 'The machine does not answer',
    severities: ['stops'],
    cause: 'it is off, asleep, in another network, or its SSH port is closed',
    remedy: 'switch the machine on, connect it to the network of the room, and see that `ssh` to it works',
  },
  'K-LOGIN': {
    title: 'The login is refused',
    severities: ['stops'],
    cause:
      'the user, the key or the password is not the one that the machine knows, a rule there turns the user away, or it is just starting',
    remedy:
      'do what the machine says; else correct `user`, `key` or the password file of the machine in kmon.yaml, and try `ssh USER@ADDRESS`',
  },
  'K-HOST-KEY': {
    title: 'The host key is not the pinned one',
    severities: ['stops'],
    cause: 'the machine was installed anew, or another computer has its address',
    remedy: 'find out why; if the machine was really installed anew, remove its line from .kmon/known_hosts',
  },
  'K-SUDO': {
    title: 'The user may not become root',
    severities: ['stops'],
    cause: 'Kubernetes is installed as root',
    remedy: 'let the user become root there: `sudo usermod -aG sudo USER`, or log in as another user',
  },
  'K-NOT-LINUX': {
    title: 'The computer runs Windows or macOS',
    severities: ['stops'],
    cause: 'a Kubernetes node made by kubeadm is a Linux',
    remedy: 'list the computer as `kind: observed` in kmon.yaml, or start Linux on it',
  },
  'K-OBSERVED': {
    title: 'The exporter of an observed computer does not answer',
    severities: ['note'],
    cause: 'it is not running, or the firewall there drops what comes from the room',
    remedy: 'start the exporter there and open its port, with the commands that `kmon check` prints',
    fix: 'opens the port of the exporter in the firewall of a Windows or macOS computer, for the network of the room only',
  },
  'K-UNSEEN': {
    title: 'The machine could not be looked at',
    severities: ['stops'],
    cause: 'the login works, but what kmon asks there does not run to its end',
    remedy: 'log in with `ssh`, see whether `sh` and `sudo` work there, and run `kmon check` again',
  },
} as const satisfies Readonly<Record<string, CatalogueEntry>>;
