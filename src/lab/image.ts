import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { KmonError } from '../errors/kmon-error.js';
import { settingsFile, sourcesList } from './apt-config.js';
import { buildFolder, removeAbandoned, removeBuildFolder } from './build-folder.js';
import type { LabCache } from './cache.js';
import type { Engine } from './container-engine.js';
import type { HostApt } from './host.js';
import { IMAGE_REPOSITORY } from './names.js';
import { lastLine, type RunProgram } from './process.js';
import { bootstrapArgs, imageName, recipe, recipeKey, type Recipe } from './recipe.js';
import { readOverlay, readTemplate } from './templates.js';

export interface ImageOptions {
  readonly engine: Engine;
  readonly run: RunProgram;
  readonly cache: LabCache;
  readonly apt: HostApt;
  readonly say: (line: string) => void;
  readonly signal?: AbortSignal;
}

/**
 * The base image of lab machines: the engine's own, or from the cached archive, or built. Gives its name.
 *
 * A build happens in a folder of its own and its archive gets its final name last: an interrupted build leaves nothing that a later
 * call could take for an image. Two builds at once are a waste and no harm.
 */
export async function ensureImage(o: ImageOptions): Promise<string> {
  const overlay = [...(await readOverlay()), ...o.apt.authorities];
  const wanted = recipe({
    sourcesList: sourcesList(o.apt.sources),
    customize: await readTemplate('customize.sh'),
    overlay,
  });
  const image = imageName(recipeKey(wanted));
  if ((await o.engine.ask(['image', 'inspect', image])).exitCode === 0) return image;
  const archive = join(o.cache.images, `${recipeKey(wanted)}.tar`);
  if (!(await exists(archive))) {
    await build(wanted, archive, o);
    await removeImages(o.engine, o.cache, o.run, recipeKey(wanted));
  }
  o.say('base image: importing');
  await o.engine.run(['import', '--change', 'CMD ["/sbin/init"]', archive, image]);
  return image;
}

/**
 * Removes the base images that no container uses, with their archives and what abandoned builds left. Gives the images' names.
 *
 * @param except key of the recipe whose image and archive stay.
 */
export async function removeImages(
  engine: Engine,
  cache: LabCache,
  run: RunProgram,
  except?: string,
): Promise<readonly string[]> {
  await removeAbandoned(cache.images, run);
  const listed = await engine.run(['image', 'ls', '--format', '{{.Repository}}:{{.Tag}}', IMAGE_REPOSITORY]);
  const removed: string[] = [];
  for (const image of listed.split('\n').filter((line) => line !== '')) {
    if (except !== undefined && image === imageName(except)) continue;
    if ((await engine.ask(['image', 'rm', image])).exitCode === 0) removed.push(image);
  }
  for (const entry of await readdir(cache.images).catch(() => [])) {
    if (entry.endsWith('.tar') && entry !== `${except ?? ''}.tar`)
      await rm(join(cache.images, entry), { force: true });
  }
  return removed;
}

async function build(r: Recipe, archive: string, o: ImageOptions): Promise<void> {
  await removeAbandoned(o.cache.images, o.run);
  const work = buildFolder(o.cache.images, process.pid);
  const files = {
    sourcesList: join(work, 'sources.list'),
    aptSettings: join(work, 'apt.conf'),
    customize: join(work, 'customize.sh'),
    overlay: join(work, 'overlay'),
    archive: join(work, 'root.tar'),
  };
  o.say(`base image: building Debian ${r.suite} with systemd and sshd, once (about a minute)`);
  try {
    await mkdir(join(work, 'tmp'), { recursive: true });
    await mkdir(files.overlay);
    await writeFile(files.sourcesList, r.sourcesList);
    await writeFile(files.aptSettings, settingsFile(o.apt.settings), { mode: 0o600 });
    await writeFile(files.customize, r.customize);
    for (const file of r.overlay) {
      await mkdir(dirname(join(files.overlay, file.path)), { recursive: true });
      await writeFile(join(files.overlay, file.path), file.text);
    }
    await bootstrap(r, files, join(work, 'tmp'), o);
    await rename(files.archive, archive);
  } finally {
    await removeBuildFolder(work, o.run);
  }
}

async function bootstrap(
  r: Recipe,
  files: Parameters<typeof bootstrapArgs>[1],
  temporary: string,
  o: ImageOptions,
): Promise<void> {
  if ((await o.run('mmdebstrap', ['--version'])).missing) {
    throw new KmonError('precondition', 'mmdebstrap, which makes the base image, is not installed', {
      hint: 'run scripts/lab-setup as root',
    });
  }
  // Should kmon be killed outright, mmdebstrap is told to stop all the same, and it unmounts and removes its root.
  const end = await o.run(
    'setpriv',
    ['--pdeathsig', 'TERM', '--', 'mmdebstrap', ...bootstrapArgs(r, files)],
    {
      ...signalOf(o),
      env: { TMPDIR: temporary },
      graceMs: 30_000,
      group: true,
      onStderrLine: (line) => {
        const step = /^I: ((?:running apt-get|downloading|extracting|installing|creating).*?)\.*$/.exec(
          line,
        )?.[1];
        if (step !== undefined) o.say(`base image: ${step}`);
      },
    },
  );
  if (end.exitCode !== 0) {
    throw new KmonError('command', 'the base image could not be built', {
      command: `mmdebstrap ${r.suite}`,
      evidence: lastLine(end.stderr),
      hint: 'check that apt-get update works on this computer, then run kmon lab up again',
    });
  }
}

async function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}

function signalOf(o: ImageOptions): { readonly signal?: AbortSignal } {
  return o.signal === undefined ? {} : { signal: o.signal };
}
