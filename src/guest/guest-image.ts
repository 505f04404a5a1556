import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { chmod, mkdir, readdir, readFile, rename, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import type { SentFile } from '../artifacts/supply.js';
import { KmonError } from '../errors/kmon-error.js';
import { settingsFile } from '../lab/apt-config.js';
import { buildFolder, removeAbandoned, removeBuildFolder } from '../lab/build-folder.js';
import type { HostApt } from '../lab/host.js';
import { lastLine, type ProgramOptions, type RunProgram } from '../lab/process.js';
import {
  convertDisk,
  DISK_BYTES,
  fillDisk,
  LOADER_SETTINGS,
  loaderEntry,
  partitions,
  rootMib,
} from './disk.js';
import { guestRecipeKey, rootArgs, type GuestRecipe } from './guest-recipe.js';
import {
  GUEST_MANIFEST,
  readGuestManifest,
  type GuestFile,
  type GuestFormat,
  type GuestManifest,
} from './manifest.js';

export interface GuestImageOptions {
  readonly recipe: GuestRecipe;
  /** The files of the recipe's programs on this computer. */
  readonly programs: readonly SentFile[];
  readonly formats: readonly GuestFormat[];
  /** The folder of all guest images. */
  readonly cache: string;
  readonly apt: Pick<HostApt, 'settings'>;
  readonly run: RunProgram;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

export interface GuestImage {
  readonly folder: string;
  readonly manifest: GuestManifest;
  /** Nothing had to be made. */
  readonly wasThere: boolean;
}

/**
 * The image of a recipe in these formats: what is in the cache, and what of it has to be made. One that was made of another recipe for the same
 * kind of processor goes when a new one is there.
 *
 * All is made in a folder of its own, and gets its place last: an interrupted build leaves nothing that could be taken for an image.
 *
 * @throws KmonError `command` when it cannot be made, `interrupted`.
 */
export async function ensureGuestImage(o: GuestImageOptions): Promise<GuestImage> {
  const folder = join(o.cache, guestRecipeKey(o.recipe));
  const there = await whole(folder);
  const formats = [...new Set([...(there?.files.map((file) => file.format) ?? []), ...o.formats])];
  const missing = formats.filter((format) => there?.files.some((file) => file.format === format) !== true);
  if (there !== undefined && missing.length === 0) return { folder, manifest: there, wasThere: true };

  await removeAbandoned(o.cache, o.run);
  const work = buildFolder(o.cache, process.pid);
  try {
    const made = join(work, 'made');
    await mkdir(made, { recursive: true });
    const source = await sourceOf(o, work, folder, there);
    const files: GuestFile[] = [...(there?.files ?? [])];
    for (const format of missing) {
      o.say(`guest image: writing ${format}`);
      files.push(await written(o, source, format, made));
    }
    const manifest = { architecture: o.recipe.architecture, files };
    await writeFile(join(made, GUEST_MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`);
    await putInPlace(made, folder, there !== undefined);
    await removeOthers(o, folder);
    return { folder, manifest, wasThere: false };
  } finally {
    await removeBuildFolder(work, o.run);
  }
}

interface Source {
  readonly format: 'raw' | GuestFormat;
  readonly disk: string;
}

/** A disk to convert: one that is there, or a new one. */
async function sourceOf(
  o: GuestImageOptions,
  work: string,
  folder: string,
  there: GuestManifest | undefined,
): Promise<Source> {
  const [first] = there?.files ?? [];
  if (first !== undefined) return { format: first.format, disk: join(folder, first.name) };
  const root = await makeRoot(o, work);
  return { format: 'raw', disk: await makeDisk(o, work, root) };
}

async function makeRoot(o: GuestImageOptions, work: string): Promise<string> {
  const { recipe } = o;
  const files = {
    sourcesList: join(work, 'sources.list'),
    aptSettings: join(work, 'apt.conf'),
    customize: join(work, 'customize.sh'),
    overlay: join(work, 'overlay'),
    root: join(work, 'root'),
  };
  o.say(`guest image: building Debian for ${recipe.architecture}, once (some minutes)`);
  await mkdir(join(work, 'tmp'));
  await mkdir(files.overlay);
  await writeFile(files.sourcesList, recipe.sourcesList);
  await writeFile(files.aptSettings, settingsFile(o.apt.settings), { mode: 0o600 });
  await writeFile(files.customize, recipe.customize);
  for (const file of recipe.overlay) {
    await mkdir(dirname(join(files.overlay, file.path)), { recursive: true });
    await writeFile(join(files.overlay, file.path), file.text);
  }
  // Should kmon be killed outright, mmdebstrap is told to stop all the same, and it unmounts and removes its root.
  await runs(o, ['setpriv', '--pdeathsig', 'TERM', '--', 'mmdebstrap', ...rootArgs(recipe, files)], {
    env: { TMPDIR: join(work, 'tmp') },
    graceMs: 30_000,
    onStderrLine: (line) => {
      const step = /^I: ((?:running apt-get|downloading|extracting|installing|creating).*?)\.*$/.exec(
        line,
      )?.[1];
      if (step !== undefined) o.say(`guest image: ${step}`);
    },
  });
  for (const program of o.programs) await putProgram(program, files.root, o.signal);
  return files.root;
}

/** Puts a program of the bundle where kmon would put it on a machine, and makes sure that it is what the list says. */
async function putProgram(program: SentFile, root: string, signal: AbortSignal | undefined): Promise<void> {
  const to = join(root, program.path);
  await mkdir(dirname(to), { recursive: true });
  const from = createReadStream(program.file);
  const into = createWriteStream(to);
  const until = signal === undefined ? {} : { signal };
  await (program.packed ? pipeline(from, createGunzip(), into, until) : pipeline(from, into, until)).catch(
    (error: unknown) => {
      throw signal?.aborted === true
        ? new KmonError('interrupted', 'stopped while programs were copied')
        : damaged(program, error);
    },
  );
  if ((await sha256Of(to)) !== program.sha256) throw damaged(program);
  await chmod(to, Number.parseInt(program.mode, 8));
}

function damaged({ name, file }: SentFile, cause?: unknown): KmonError {
  return new KmonError('precondition', `${name} in the bundle is not what its list says: ${file}`, {
    hint: 'run `kmon bundle make`: it fetches what is damaged again; or copy the bundle again',
    ...(cause === undefined ? {} : { cause }),
  });
}

async function makeDisk(o: GuestImageOptions, work: string, root: string): Promise<string> {
  const { architecture } = o.recipe;
  o.say('guest image: making the disk');
  const disk = join(work, 'disk.raw');
  const boot = (await readdir(join(root, 'boot'))).toSorted();
  const [kernel, initrd] = ['vmlinuz-', 'initrd.img-'].map((start) =>
    boot.findLast((f) => f.startsWith(start)),
  );
  if (kernel === undefined || initrd === undefined)
    throw new KmonError('command', 'the packages that came have no kernel in them');
  const files = {
    root,
    kernel,
    initrd,
    loaderSettings: join(work, 'loader.conf'),
    loaderEntry: join(work, 'guest.conf'),
  };
  await writeFile(files.loaderSettings, LOADER_SETTINGS);
  await writeFile(files.loaderEntry, loaderEntry(architecture));
  await writeFile(disk, '');
  await truncate(disk, DISK_BYTES);
  const used = await runs(o, ['du', '-s', '-B1', root]);
  const sizeMib = rootMib(Number.parseInt(used, 10));
  await runs(o, ['sfdisk', '-q', disk], { input: partitions(architecture, sizeMib) });
  for (const call of fillDisk(architecture, disk, sizeMib, files)) await runs(o, call);
  return disk;
}

async function written(
  o: GuestImageOptions,
  source: Source,
  format: GuestFormat,
  folder: string,
): Promise<GuestFile> {
  const name = `kmon-guest-${o.recipe.architecture}.${format}`;
  const file = join(folder, name);
  await runs(o, convertDisk(source.format, source.disk, format, file));
  return { name, format, bytes: (await stat(file)).size, sha256: await sha256Of(file) };
}

/** The list last: what it names is there. */
async function putInPlace(made: string, folder: string, isAdded: boolean): Promise<void> {
  if (!isAdded) {
    await rm(folder, { recursive: true, force: true });
    await rename(made, folder);
    return;
  }
  const names = await readdir(made);
  for (const name of [...names.filter((n) => n !== GUEST_MANIFEST), GUEST_MANIFEST])
    await rename(join(made, name), join(folder, name));
}

/** What the folder's list says, where all that it names is there in its full size. */
async function whole(folder: string): Promise<GuestManifest | undefined> {
  try {
    const manifest = readGuestManifest(await readFile(join(folder, GUEST_MANIFEST), 'utf8'));
    for (const file of manifest.files)
      if ((await stat(join(folder, file.name))).size !== file.bytes) return undefined;
    return manifest;
  } catch {
    return undefined;
  }
}

async function removeOthers({ cache, recipe }: GuestImageOptions, folder: string): Promise<void> {
  for (const name of await readdir(cache)) {
    const other = join(cache, name);
    if (other !== folder && (await whole(other))?.architecture === recipe.architecture)
      await rm(other, { recursive: true, force: true });
  }
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(file), hash);
  return hash.digest('hex');
}

/** Runs one program of those that make an image; gives what it printed. */
async function runs(
  { run, signal }: GuestImageOptions,
  [program, ...args]: readonly [string, ...string[]],
  options: ProgramOptions = {},
): Promise<string> {
  const end = await run(program, args, {
    ...(signal === undefined ? {} : { signal }),
    group: true,
    ...options,
  });
  if (end.exitCode === 0) return end.stdout;
  const called = args.includes('mmdebstrap') ? 'mmdebstrap' : program;
  throw new KmonError('command', "the guest's image could not be made", {
    command: called,
    evidence: `${called}: ${end.missing ? 'not found' : lastLine(end.stderr)}`,
    hint: 'check that apt-get update works on this computer and that its disk has 6 GB to spare, then run kmon guest image again',
  });
}
