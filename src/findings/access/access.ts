import type { KmonError } from '../../errors/kmon-error.js';
import type { Machine } from '../../room/machine.js';
import { catalogue, subject } from '../subject.js';
import type { UnseenVerdictOf } from '../subject.js';

const { entries, finding } = catalogue({
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
});

type Code = keyof typeof entries;

/** By the error's code. Every other one means that the login works and the look does not. */
const CODES: Readonly<Record<string, Code>> = {
  unreachable: 'K-UNREACHABLE',
  'connection-lost': 'K-UNREACHABLE',
  'login-refused': 'K-LOGIN',
  'host-key-changed': 'K-HOST-KEY',
  'host-key-unknown': 'K-HOST-KEY',
  'no-sudo': 'K-SUDO',
  'not-a-node': 'K-NOT-LINUX',
};

/** The machine let nobody in who could look at it. */
export function isShut({ code }: KmonError): boolean {
  return CODES[code] !== undefined;
}

/** Why a machine could not be looked at, in the words of the failure itself. */
export function inItsWords(machine: Machine, { message, evidence, hint }: KmonError) {
  return {
    evidence: onOneLine(evidence === undefined ? message : `${message}: ${evidence}`),
    remedy: onOneLine(hint ?? `try \`ssh ${machine.address}\` by hand, and run \`kmon check\` again`),
  };
}

function onOneLine(text: string): string {
  return text
    .trim()
    .replaceAll(/\s*\n\s*/g, '; ')
    .replace(/\.$/, '');
}

const shut: UnseenVerdictOf<Code> = (machine, error) => {
  const code = CODES[error.code];
  return code === undefined ? [] : [finding(code, 'stops', machine, inItsWords(machine, error))];
};

/** Whether the machine can be looked at. */
export const access = subject({ entries, ofUnseen: [shut] });
