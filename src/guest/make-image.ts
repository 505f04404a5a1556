import { join } from 'node:path';
import type { Supply } from '../artifacts/supply.js';
import { KmonError } from '../errors/kmon-error.js';
import { ownFolder } from '../here/own-folder.js';
import { sourcesList } from '../lab/apt-config.js';
import { readHostApt } from '../lab/host.js';
import { runProgram } from '../lab/process.js';
import { readRoot } from '../lab/templates.js';
import { readFile } from 'node:fs/promises';
import { ownArchitecture, requireBuilder } from './builder-needs.js';
import { guestContents } from './contents.js';
import { ensureGuestImage, type GuestImage } from './guest-image.js';
import { guestRecipe } from './guest-recipe.js';
import { GUEST_ARCHITECTURES, guestCache, type GuestArchitecture, type GuestFormat } from './manifest.js';

export interface MakeImageOptions {
  /** Of the laptops; absent: this computer's. */
  readonly architecture?: GuestArchitecture;
  readonly formats: readonly GuestFormat[];
  /** What it would send to a guest is in the image. */
  readonly supply: Supply;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * The image of a guest, made here of Debian's packages as this computer's apt gets them. Safe to repeat: what is there is not made again.
 *
 * @throws KmonError `precondition` when this computer cannot (told before anything is touched), `config` for a supply of other machines,
 * `command`, `interrupted`; none of them leaves anything.
 */
export async function makeGuestImage(o: MakeImageOptions): Promise<GuestImage> {
  const architecture = o.architecture ?? (await own());
  await requireBuilder(runProgram, architecture);
  const { packages, programs } = guestContents(architecture, o.supply);
  const apt = await readHostApt(runProgram);
  const templates = join(ownFolder(), 'templates/guest/image');
  return ensureGuestImage({
    recipe: guestRecipe({
      architecture,
      packages,
      programs: programs.map(({ path, sha256, mode }) => ({ path, sha256, mode })),
      sourcesList: sourcesList(apt.sources),
      customize: await readFile(join(templates, 'customize.sh'), 'utf8'),
      overlay: [...(await readRoot(join(templates, 'rootfs'))), ...apt.authorities],
    }),
    programs,
    formats: o.formats,
    cache: guestCache(),
    apt,
    run: runProgram,
    say: o.say,
    ...(o.signal === undefined ? {} : { signal: o.signal }),
  });
}

async function own(): Promise<GuestArchitecture> {
  const name = await ownArchitecture(runProgram);
  const found = GUEST_ARCHITECTURES.find((known) => known === name);
  if (found !== undefined) return found;
  // Where there is no dpkg, there is no mmdebstrap, which is said then.
  if (name === '') return 'amd64';
  throw new KmonError('precondition', `there is no image of a guest for computers of ${name}`, {
    hint: 'say for which laptops it is: --arch amd64 or --arch arm64',
  });
}
