import { readFile } from 'node:fs/promises';
import { KmonError } from '../../errors/kmon-error.js';
import type { Secret } from '../../shell/secret.js';
import type { KeyFile, ResolvedLogin } from './resolved-login.js';
import { readPrivateFile } from '../private-file.js';
import { opensKey, publicKeyOf } from '../ssh.js';
import type { Offer } from './offers.js';

/** What a login has to show. */
export interface Identities {
  /** Needs no question: the key of kmon.yaml, the agent, then the other keys. */
  readonly ready: readonly Offer[];
  /** Keys that need their passphrase. */
  readonly locked: readonly LockedKey[];
  /** Keys that were passed over, and why: said when the login is refused. */
  readonly notes: readonly string[];
}

export interface LockedKey {
  readonly file: string;
  readonly key: Buffer;
}

/** How often a passphrase may be mistyped: it is tried on the file alone, no machine sees it. */
const PASSPHRASE_TRIES = 3;

/** @throws KmonError `config` when the key that kmon.yaml names cannot be used. */
export async function loadIdentities(login: ResolvedLogin): Promise<Identities> {
  const loaded = await Promise.all(
    login.keys.map(async (key) => ({ from: key.from, found: await load(key) })),
  );
  const keysOf = (mine: boolean): Offer[] =>
    loaded.flatMap(({ from, found }) =>
      found.kind === 'ready' && (from === 'kmon.yaml') === mine ? [found.offer] : [],
    );
  const agent: Offer[] =
    login.agentSocket === undefined
      ? []
      : [
          {
            kind: 'agent',
            label: 'the agent',
            socket: login.agentSocket,
            ...(login.identitiesOnly ? { only: await publicKeys(login.keys) } : {}),
          },
        ];
  return {
    ready: [...keysOf(true), ...agent, ...keysOf(false)],
    locked: loaded.flatMap(({ found }) => (found.kind === 'locked' ? [found.key] : [])),
    notes: [
      ...loaded.flatMap(({ found }) => (found.kind === 'skipped' ? [found.why] : [])),
      ...(login.unused ?? []).map(
        (setting) => `kmon has nothing for the ${setting} of the ssh configuration`,
      ),
    ],
  };
}

/** The same, and each set of keys is read once: a room has one, whatever the number of its machines. */
export function identitiesOnce(): (login: ResolvedLogin) => Promise<Identities> {
  const known = new Map<string, Promise<Identities>>();
  return (login) => {
    const of = JSON.stringify([login.keys, login.agentSocket, login.identitiesOnly, login.unused]);
    const found = known.get(of) ?? loadIdentities(login);
    known.set(of, found);
    return found;
  };
}

type Loaded =
  | { readonly kind: 'ready'; readonly offer: Offer }
  | { readonly kind: 'locked'; readonly key: LockedKey }
  | { readonly kind: 'skipped'; readonly why: string }
  | { readonly kind: 'missing' };

async function load({ file, from }: KeyFile): Promise<Loaded> {
  const named = from === 'kmon.yaml';
  let key: Buffer;
  try {
    key = await readPrivateFile(file, 'ssh key');
  } catch (error) {
    if (named || !(error instanceof KmonError)) throw error;
    if ((error.cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return { kind: 'missing' };
    return { kind: 'skipped', why: error.message };
  }
  if (isEncrypted(key)) return { kind: 'locked', key: { file, key } };
  if (isPublic(key)) {
    // In ~/.ssh/config a public key may stand for one that the agent holds.
    if (!named) return { kind: 'missing' };
    throw new KmonError('config', `${file} is a public key`, {
      hint: `write ${file.replace(/\.pub$/, '')} in kmon.yaml`,
    });
  }
  if (opensKey(key)) return { kind: 'ready', offer: { kind: 'key', label: `key ${file}`, key } };
  const why = `the ssh key ${file} is damaged or of a kind that kmon does not know`;
  if (!named) return { kind: 'skipped', why };
  throw new KmonError('config', why, {
    hint: 'use an ed25519, ecdsa or rsa key in a file, or load it into the agent',
  });
}

/** Opens a key with its passphrase; `undefined` when nobody is there to ask or three answers were wrong. */
export async function unlock(
  { file, key }: LockedKey,
  ask: (key: string, question: string) => Promise<Secret | undefined>,
): Promise<Offer | undefined> {
  for (let turn = 1; turn <= PASSPHRASE_TRIES; turn += 1) {
    const again = turn === 1 ? '' : 'wrong passphrase, once more: ';
    const passphrase = await ask(`passphrase ${file} ${turn}`, `${again}passphrase of the key ${file}`);
    if (passphrase === undefined) return undefined;
    if (opensKey(key, passphrase)) return { kind: 'key', label: `key ${file}`, key, passphrase };
  }
  return undefined;
}

/** Told by the file's format, without trying: PEM says so in its header, OpenSSH's format names its cipher. */
export function isEncrypted(key: Buffer): boolean {
  const text = key.toString('latin1');
  if (/^Proc-Type: 4,ENCRYPTED|^-----BEGIN ENCRYPTED PRIVATE KEY-----/m.test(text)) return true;
  const body = /^-----BEGIN OPENSSH PRIVATE KEY-----\s([^-]+)-----END/m.exec(text)?.[1];
  if (body === undefined) return false;
  const data = Buffer.from(body, 'base64');
  const magic = 'openssh-key-v1\0'.length;
  if (data.length < magic + 4) return false;
  const length = data.readUInt32BE(magic);
  return data.toString('latin1', magic + 4, magic + 4 + length) !== 'none';
}

function isPublic(key: Buffer): boolean {
  return /^(ssh-|ecdsa-|sk-|---- BEGIN SSH2 PUBLIC KEY)/.test(key.toString('latin1', 0, 32));
}

/** The public halves of the key files: beside each, or made of it. */
async function publicKeys(keys: readonly KeyFile[]): Promise<readonly Buffer[]> {
  const read = (file: string): Promise<Buffer | undefined> => readFile(file).catch(() => undefined);
  const found = await Promise.all(
    keys.map(async ({ file }) => [await read(`${file}.pub`), await read(file)]),
  );
  return found.flat().flatMap((bytes) => (bytes === undefined ? [] : (publicKeyOf(bytes) ?? [])));
}
