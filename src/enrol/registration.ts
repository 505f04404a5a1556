import { fitted } from '../config/writing/fitting.js';
import { MACHINE_NAME, REACHABLE_ADDRESS } from '../config/names.js';
import { keyType } from '../transport/host-keys/known-hosts.js';
import { oneOfLetter, readLetter } from './letter.js';
import type { Letter } from './letter.js';

/** What the SSH server of a laptop says of itself for root (`sshd -T`), as far as kmon's key depends on it. */
export interface SshdSays {
  readonly authorizedKeysFile: string;
  readonly permitRootLogin: string;
  readonly pubkeyAuthentication: string;
  readonly authenticationMethods: string;
}

/** A laptop that wants to be in the room. */
export interface Laptop {
  /** A name for a machine, made of what was typed there. */
  readonly name: string;
  /** By which kmon reached it, and which it has itself. */
  readonly address: string;
  /** Of its SSH server. */
  readonly port: number;
  /** In SSH's wire form: those that it has told, or of them those that are believed. */
  readonly hostKeys: readonly Buffer[];
  /** Such as "Debian GNU/Linux 12 (bookworm)". */
  readonly system: string;
  readonly sshd: SshdSays;
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
  const hostKeys = (letter.get('hostkey') ?? []).map(readKey);
  if (hostKeys.length === 0 || hostKeys.length > MOST_KEYS || !hostKeys.every((key) => key !== undefined))
    return { wrong: 'its SSH server has no host key that kmon knows' };
  const sshd = {
    authorizedKeysFile: said('authorizedkeysfile'),
    permitRootLogin: said('permitrootlogin'),
    pubkeyAuthentication: said('pubkeyauthentication'),
    authenticationMethods: said('authenticationmethods'),
  };
  if (!isSshd(sshd)) return { wrong: 'its SSH server does not say how it lets root in' };
  return { name, address, port, hostKeys, system: said('system').slice(0, 80), sshd };
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
