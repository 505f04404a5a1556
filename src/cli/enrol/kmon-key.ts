import { join } from 'node:path';
import { KmonError } from '../../errors/kmon-error.js';
import { isThere, writePrivateFile } from '../../here/private-files.js';
import { keyType } from '../../transport/host-keys/known-hosts.js';
import { readPrivateFile } from '../../transport/private-file.js';
import { newKeyPair, publicKeyOf } from '../../transport/ssh.js';

/** The key by which kmon logs in to laptops that were enrolled. */
export interface KmonKey {
  /** Absolute. */
  readonly file: string;
  readonly privateKey: Buffer;
  /** As in a .pub file. */
  readonly publicKey: string;
}

/** Where the room's own key for laptops lies. */
export function kmonKeyFile(stateDir: string): string {
  return join(stateDir, 'enrol_key');
}

/** The room's own key for laptops, made when it is first needed: 0600 in `.kmon`. @throws KmonError `config` for one that cannot be used. */
export async function kmonKey(stateDir: string, room: string): Promise<KmonKey> {
  const file = kmonKeyFile(stateDir);
  const comment = `kmon-${room}`;
  if (!(await isThere(file))) await writePrivateFile(file, newKeyPair(comment).privateKey);
  const privateKey = await readPrivateFile(file, 'key for enrolled laptops');
  const wire = publicKeyOf(privateKey);
  if (wire === undefined) {
    throw new KmonError('config', `${file} is no key`, {
      hint: 'remove it, and enrol the laptops anew: they know the old one only',
    });
  }
  return { file, privateKey, publicKey: `${keyType(wire)} ${wire.toString('base64')} ${comment}` };
}
