import { createHash } from 'node:crypto';
import { admittedKey } from './admission.js';
import type { GuestArchitecture } from '../guest/manifest.js';
import { guestSeed } from '../guest/seed.js';
import type { Laptop } from './registration.js';
import type { OfferedFile } from './transfer.js';

/** Of what a laptop makes its guest: the disk that all have, and the seed that makes it this one. */
export interface GuestOffer {
  readonly disk: OfferedFile;
  readonly seed: OfferedFile;
}

/** A disk that this computer has, by the processor that it is for. */
export type GuestDisks = ReadonlyMap<GuestArchitecture, OfferedFile>;

/** What the page has for laptops with a word is below this. */
export const OFFERED = '/guest/';

export const SEED = 'seed.iso';

/** kmon's key comes with the seed: nobody else gets into the guest. `undefined` where there is no disk for its processor. */
export function guestOffer(
  disks: GuestDisks,
  { name, guest }: Laptop,
  publicKey: string,
  now: Date,
): GuestOffer | undefined {
  const disk = guest === undefined ? undefined : disks.get(guest.architecture);
  if (disk === undefined) return undefined;
  const from = guestSeed({ hostname: name, authorizedKeys: [admittedKey(publicKey, now)] });
  const sha256 = createHash('sha256').update(from).digest('hex');
  return { disk, seed: { name: SEED, bytes: from.length, sha256, from } };
}
