import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { GuestDisks } from '../../enrol/guest-offer.js';
import type { OfferedFile } from '../../enrol/transfer.js';
import { findGuestImages, guestCache, GUEST_MANIFEST } from '../../guest/manifest.js';
import type { GuestArchitecture } from '../../guest/manifest.js';

/** What VirtualBox opens; vmdk is compressed, and comes sooner. */
const FORMATS = ['vmdk', 'vdi'] as const;

/** Of the images that this computer has, for each processor the newest that is whole. */
export async function guestDisks(env: Readonly<Record<string, string | undefined>>): Promise<GuestDisks> {
  const images = await Promise.all(
    (await findGuestImages(guestCache(env))).map(async ({ folder, manifest }) => ({
      folder,
      manifest,
      madeMs: (await stat(join(folder, GUEST_MANIFEST)).catch(() => undefined))?.mtimeMs ?? 0,
    })),
  );
  const disks = new Map<GuestArchitecture, OfferedFile>();
  for (const { folder, manifest } of images.toSorted((a, b) => a.madeMs - b.madeMs)) {
    const file = FORMATS.flatMap((format) => manifest.files.filter((f) => f.format === format))[0];
    if (file === undefined) continue;
    const { name, bytes, sha256 } = file;
    const from = join(folder, name);
    if ((await stat(from).catch(() => undefined))?.size === bytes)
      disks.set(manifest.architecture, { name, bytes, sha256, from });
  }
  return disks;
}
