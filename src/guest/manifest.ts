import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { KmonError } from '../errors/kmon-error.js';
import { userCache } from '../here/user-cache.js';

/** What hypervisors open: qcow2 is qemu's and UTM's, vmdk and vdi are VirtualBox's. */
export const GUEST_FORMATS = ['qcow2', 'vmdk', 'vdi'] as const;
export type GuestFormat = (typeof GUEST_FORMATS)[number];

export const GUEST_ARCHITECTURES = ['amd64', 'arm64'] as const;
export type GuestArchitecture = (typeof GUEST_ARCHITECTURES)[number];

export interface GuestFile {
  /** In the manifest's own folder. */
  readonly name: string;
  readonly format: GuestFormat;
  readonly bytes: number;
  readonly sha256: string;
}

/** The disks that were made of one recipe; all hold the same. */
export interface GuestManifest {
  readonly architecture: GuestArchitecture;
  readonly files: readonly GuestFile[];
}

/** The manifest's name in its folder; it is written last, so where it is all is. */
export const GUEST_MANIFEST = 'guest.json';

const written = z
  .strictObject({
    architecture: z.enum(GUEST_ARCHITECTURES),
    files: z
      .array(
        z.strictObject({
          name: z
            .string()
            .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be the name of a file in the same folder'),
          format: z.enum(GUEST_FORMATS),
          bytes: z.int().positive(),
          sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits'),
        }),
      )
      .min(1),
  })
  .superRefine(({ files }, context) => {
    for (const what of ['name', 'format'] as const)
      if (new Set(files.map((file) => file[what])).size !== files.length)
        context.addIssue({ code: 'custom', path: ['files'], message: `two have the same ${what}` });
  });

/** @throws KmonError `config` when the text is no manifest, with every mistake. */
export function readGuestManifest(text: string): GuestManifest {
  const hint = 'make the image again: kmon guest image';
  let tree: unknown;
  try {
    tree = JSON.parse(text);
  } catch (error) {
    throw new KmonError('config', 'the list of a guest image is no JSON', { hint, cause: error });
  }
  const result = written.safeParse(tree);
  if (!result.success) {
    const problems = result.error.issues.map((i) => `${i.path.join('.')}: ${i.message}`);
    throw new KmonError('config', `this is not the list of a guest image: ${problems.join('; ')}`, { hint });
  }
  return result.data;
}

/** The folder of guest images, below `KMON_CACHE` or `~/.cache/kmon`; each is in a folder of its recipe's key. */
export function guestCache(env: Readonly<Record<string, string | undefined>> = process.env): string {
  return join(userCache(env), 'guest');
}

/**
 * The images that are there, in the order of their folders' names. What is half made, or cannot be read, is left out. The disks are not looked at.
 */
export async function findGuestImages(
  cacheFolder: string,
): Promise<readonly { readonly folder: string; readonly manifest: GuestManifest }[]> {
  const names = await readdir(cacheFolder).catch(() => []);
  const found = await Promise.all(
    names.sort().map(async (name) => {
      const folder = join(cacheFolder, name);
      try {
        return [
          { folder, manifest: readGuestManifest(await readFile(join(folder, GUEST_MANIFEST), 'utf8')) },
        ];
      } catch {
        return [];
      }
    }),
  );
  return found.flat();
}
