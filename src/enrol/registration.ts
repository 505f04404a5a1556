import { fitted } from '../config/writing/fitting.js';
import { MACHINE_NAME, REACHABLE_ADDRESS } from '../config/names.js';
import { keyType } from '../transport/host-keys/known-hosts.js';
import { GUEST_ARCHITECTURES } from '../guest/manifest.js';
import type { GuestArchitecture } from '../guest/manifest.js';
import { GUEST_SSH_PORT } from '../guest/ways/forwards.js';
import { oneOfLetter, readLetter } from './letter.js';
import type { Letter } from './letter.js';

/** What the SSH server of a laptop says of itself for root (`sshd -T`), as far as kmon's key depends on it. */
export interface SshdSays {
  readonly authorizedKeysFile: string;
  readonly permitRootLogin: string;
  readonly pubkeyAuthentication: string;
  readonly authenticationMethods: string;
}

/** The Linux inside of a laptop, that is to be the machine of the room. */
export interface GuestSays {
  readonly architecture: GuestArchitecture;
}

/** A laptop that wants to be in the room: itself, by its SSH server, or by a guest. */
export type Laptop = OwnLaptop | GuestLaptop;

export type OwnLaptop = SeenLaptop & { readonly sshd: SshdSays; readonly guest?: undefined };
export type GuestLaptop = SeenLaptop & { readonly guest: GuestSays; readonly sshd?: undefined };

interface SeenLaptop {
  /** A name for a machine, made of what was typed there. */
  readonly name: string;
  /** By which kmon reached it, and which it has itself. */
  readonly address: string;
  /** Of its SSH server; of a guest the laptop's, that leads there. */
  readonly port: number;
  /** In SSH's wire form: those that it has told, or of them those that are believed. A guest has none before it is made. */
  readonly hostKeys: readonly Buffer[];
  /** Such as "Debian GNU/Linux 12 (bookworm)". */
  readonly system: string;
}

export interface Registration {
  readonly session: string;
  /** Chosen by the laptop, for this one registration. */
  readonly nonce: string;
  readonly laptop: Laptop;
}

/** What is wrong with one, for whoever sits at the laptop. */
export interface Misfit {
  readonly wrong: string;
  /** Another name would do. */
  readonly otherName?: boolean;
}

const MOST_KEYS = 6;
const NONCE = /^[0-9a-f]{32}$/;

/**
 * A registration whose seal is right already, and which came from `source`. Every value is checked: a laptop with a word is still somebody
 * else's.
 */
export function readRegistration(text: string, source: string): Registration | Misfit {
  const letter = readLetter('register', text);
  const session = letter && oneOfLetter(letter, 'session');
  const nonce = letter && oneOfLetter(letter, 'nonce');
  if (letter === undefined || session === undefined || nonce === undefined || !NONCE.test(nonce))
    return { wrong: 'that is no registration' };
  const laptop = readLaptop(letter, source);
  return 'wrong' in laptop ? laptop : { session, nonce, laptop };
}

function readLaptop(letter: Letter, source: string): Laptop | Misfit {
  const said = (word: string): string => oneOfLetter(letter, word) ?? '';
  const typed = said('name');
  const name = fitted(typed) ?? '';
  if (!MACHINE_NAME.test(name))
    return {
      wrong: `${typed === '' ? 'no name' : `"${typed}"`} cannot be the name of a machine`,
      otherName: true,
    };
  const address = said('address');
  if (!REACHABLE_ADDRESS.test(source))
    return { wrong: `${source} is no address that kmon could come back to` };
  if (address !== source) {
    return {
      wrong: `the laptop calls itself ${address || 'nothing'} and comes from ${source}: somebody is between, or a network that hides it`,
    };
  }
  const port = /^\d{1,5}$/.test(said('port')) ? Number(said('port')) : NaN;
  if (!(port >= 1 && port <= 65_535)) return { wrong: 'its SSH server has no port' };
  const system = said('system').slice(0, 80);
  if (letter.has('node')) {
    const architecture = GUEST_ARCHITECTURES.find((known) => known === said('architecture'));
    if (said('node') !== 'guest' || architecture === undefined)
      return { wrong: 'it does not say what guest it would have' };
    if (port !== GUEST_SSH_PORT)
      return { wrong: `a guest is reached by port ${GUEST_SSH_PORT} of its laptop` };
    return { name, address, port, hostKeys: [], system, guest: { architecture } };
  }
  const hostKeys = readHostKeys(letter);
  if (hostKeys === undefined) return { wrong: 'its SSH server has no host key that kmon knows' };
  const sshd = {
    authorizedKeysFile: said('authorizedkeysfile'),
    permitRootLogin: said('permitrootlogin'),
    pubkeyAuthentication: said('pubkeyauthentication'),
    authenticationMethods: said('authenticationmethods'),
  };
  if (!isSshd(sshd)) return { wrong: 'its SSH server does not say how it lets root in' };
  return { name, address, port, hostKeys, system, sshd };
}

/** The host keys that a letter tells; `undefined` where there is none, too many, or one that is no key. */
export function readHostKeys(letter: Letter): readonly Buffer[] | undefined {
  const keys = (letter.get('hostkey') ?? []).map(readKey);
  return keys.length > 0 && keys.length <= MOST_KEYS && keys.every((key) => key !== undefined)
    ? keys
    : undefined;
}

function isSshd(sshd: SshdSays): boolean {
  // What goes into a line of sshd_config again.
  if (!/^[A-Za-z0-9_./%~@ +-]{1,500}$/.test(sshd.authorizedKeysFile)) return false;
  return [sshd.permitRootLogin, sshd.pubkeyAuthentication, sshd.authenticationMethods].every((word) =>
    /^[a-z0-9,: -]{1,200}$/.test(word),
  );
}

/** "ssh-ed25519 AAAA…", as in a .pub file. */
function readKey(line: string): Buffer | undefined {
  const [type, encoded = ''] = line.split(' ');
  if (!/^[A-Za-z0-9+/]{40,1200}={0,2}$/.test(encoded)) return undefined;
  const key = Buffer.from(encoded, 'base64');
  return type !== undefined && keyType(key) === type ? key : undefined;
}
