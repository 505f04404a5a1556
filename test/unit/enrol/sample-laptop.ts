import { letterText } from '../../../src/enrol/letter.js';
import type { GuestLaptop, OwnLaptop } from '../../../src/enrol/registration.js';
import { keyOf, sealed } from '../../../src/enrol/seal.js';

/** A public host key as a .pub file has it. */
export const HOST_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILHHpweH1EjCy3PpKxURIwQ+RYfv6lTGyBtWzmYowZ1X';

export const OTHER_KEY = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ+j0e78w7PqwFlU5vABzAjAP0vx+DkntOVbcNnGsBTM';

export const wireOf = (line: string): Buffer => Buffer.from(line.split(' ')[1] ?? '', 'base64');

export const SESSION = '0123456789abcdef0123456789abcdef';
export const ADDRESS = '192.0.2.12';

export const nonceOf = (n: number): string => String(n).padStart(32, 'a');

/** What a laptop says of itself; a word that is `undefined` is left out. */
export function saying(changed: Readonly<Record<string, string | undefined>> = {}): string {
  const lines: Readonly<Record<string, string | undefined>> = {
    session: SESSION,
    nonce: nonceOf(1),
    name: 'pc-12',
    address: ADDRESS,
    port: '22',
    system: 'Debian GNU/Linux 12 (bookworm)',
    authorizedkeysfile: '.ssh/authorized_keys .ssh/authorized_keys2',
    permitrootlogin: 'without-password',
    pubkeyauthentication: 'yes',
    authenticationmethods: 'any',
    hostkey: HOST_KEY,
    ...changed,
  };
  return letterText(
    'register',
    Object.entries(lines).flatMap(([word, says]) => (says === undefined ? [] : [[word, says] as const])),
  );
}

export const registering = (word: string, changed: Parameters<typeof saying>[0] = {}): string =>
  sealed(keyOf(word), saying(changed));

export const asking = (
  word: string,
  count: number,
  step: string,
  more: Readonly<Record<string, string>> = {},
): string =>
  sealed(
    keyOf(word),
    letterText(
      'ask',
      Object.entries({ session: SESSION, nonce: nonceOf(1), count: String(count), step, ...more }),
    ),
  );

export const LAPTOP: OwnLaptop = {
  name: 'pc-12',
  address: ADDRESS,
  port: 22,
  hostKeys: [wireOf(HOST_KEY)],
  system: 'Debian GNU/Linux 12 (bookworm)',
  sshd: {
    authorizedKeysFile: '.ssh/authorized_keys .ssh/authorized_keys2',
    permitRootLogin: 'without-password',
    pubkeyAuthentication: 'yes',
    authenticationMethods: 'any',
  },
};

/** One whose guest is made. */
export const WITH_GUEST: GuestLaptop = {
  name: 'pc-12',
  address: ADDRESS,
  port: 2222,
  hostKeys: [wireOf(OTHER_KEY)],
  system: 'Windows 11 Home',
  guest: { architecture: 'amd64' },
};

/** What a laptop says that would have a guest. */
export const guestSaying = (
  changed: Readonly<Record<string, string | undefined>> = {},
): Readonly<Record<string, string | undefined>> => ({
  port: '2222',
  system: 'Windows 11 Home',
  authorizedkeysfile: undefined,
  permitrootlogin: undefined,
  pubkeyauthentication: undefined,
  authenticationmethods: undefined,
  hostkey: undefined,
  node: 'guest',
  architecture: 'amd64',
  ...changed,
});
