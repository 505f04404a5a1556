import { createHash } from 'node:crypto';
import { existsSync, statSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { SentFile } from '../../../src/artifacts/supply.js';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { ensureGuestImage, type GuestImageOptions } from '../../../src/guest/guest-image.js';
import { guestRecipe } from '../../../src/guest/guest-recipe.js';
import { findGuestImages } from '../../../src/guest/manifest.js';
import type { RunProgram } from '../../../src/lab/process.js';
import { kmonErrorOf } from '../../support/expect-error.js';
import { ends } from '../lab/scripted-programs.js';

let place = '';
beforeEach(async () => {
  place = await mkdtemp(join(tmpdir(), 'kmon-guest-image-'));
});
afterEach(async () => {
  await rm(place, { recursive: true });
});

const CONTENT = 'kubelet of this test\n';

/** Programs that do as little of what they are asked for as it takes; `fails` ends with an error, `stops` is where Ctrl-C comes. */
function programs(o: { readonly fails?: string; readonly stops?: string } = {}): {
  readonly run: RunProgram;
  readonly calls: string[];
} {
  const calls: string[] = [];
  return {
    calls,
    run: async (file, args) => {
      const name = args.includes('mmdebstrap') ? 'mmdebstrap' : file;
      calls.push(name === 'qemu-img' ? `qemu-img ${args.at(-1)?.replace(/^.*\./, '') ?? ''}` : name);
      if (name === o.stops) throw new KmonError('interrupted', `stopped while ${name} was running`);
      if (name === o.fails) return ends('', 1, `E: ${name} has no space left\n`);
      if (name === 'mmdebstrap') {
        const root = args.at(-2) ?? '';
        await mkdir(join(root, 'boot'), { recursive: true });
        await writeFile(join(root, 'boot/vmlinuz-6'), '');
        await writeFile(join(root, 'boot/initrd.img-6'), '');
      }
      if (name === 'du') return ends('900000000\t/w/root\n');
      if (name === 'qemu-img') await writeFile(args.at(-1) ?? '', `disk from ${args[2] ?? ''}`);
      return ends('');
    },
  };
}

async function program(over: Partial<SentFile> = {}): Promise<SentFile> {
  const file = join(place, 'kubelet.gz');
  await writeFile(file, gzipSync(CONTENT));
  return {
    ...{
      name: 'kubelet',
      version: 'v1.36.3',
      file,
      path: '/opt/kmon/bin/kubelet',
      mode: '755',
      packed: true,
    },
    ...{ sizeBytes: 1, sha256: createHash('sha256').update(CONTENT).digest('hex') },
    ...over,
  };
}

function options(over: Partial<GuestImageOptions> = {}): GuestImageOptions {
  return {
    recipe: guestRecipe({
      ...{ architecture: 'amd64', packages: [], sourcesList: '', customize: '', overlay: [], programs: [] },
    }),
    programs: [],
    formats: ['qcow2', 'vmdk'],
    cache: join(place, 'cache'),
    apt: { settings: [] },
    run: programs().run,
    say: () => undefined,
    ...over,
  };
}

describe('the image of a guest', () => {
  it('is made once, with a list that names what is there', async () => {
    const first = programs();
    const made = await ensureGuestImage(options({ run: first.run }));
    expect(first.calls).toEqual([
      ...[
        'mmdebstrap',
        'du',
        'sfdisk',
        'mformat',
        'mmd',
        'mcopy',
        'mcopy',
        'mcopy',
        'mcopy',
        'mcopy',
        'mke2fs',
      ],
      ...['qemu-img qcow2', 'qemu-img vmdk'],
    ]);
    expect(await findGuestImages(join(place, 'cache'))).toEqual([
      { folder: made.folder, manifest: made.manifest },
    ]);
    for (const { name, bytes, sha256 } of made.manifest.files) {
      const content = await readFile(join(made.folder, name));
      expect([content.length, createHash('sha256').update(content).digest('hex')]).toEqual([bytes, sha256]);
    }
    const second = programs();
    const again = await ensureGuestImage(options({ run: second.run }));
    expect([again.wasThere, again.manifest, second.calls]).toEqual([true, made.manifest, []]);
  });

  it('gets another format out of one that is there', async () => {
    const made = await ensureGuestImage(options());
    const more = programs();
    const { manifest, folder } = await ensureGuestImage(options({ formats: ['vdi'], run: more.run }));
    expect(more.calls).toEqual(['qemu-img vdi']);
    expect(manifest.files.map((f) => f.format)).toEqual(['qcow2', 'vmdk', 'vdi']);
    expect(await readFile(join(folder, 'kmon-guest-amd64.vdi'), 'utf8')).toBe('disk from qcow2');
    expect(folder).toBe(made.folder);
    expect(await readdir(join(place, 'cache'))).toEqual([folder.split('/').at(-1)]);
  });

  it('is made again when a file of it is cut', async () => {
    const { folder } = await ensureGuestImage(options());
    await writeFile(join(folder, 'kmon-guest-amd64.vmdk'), 'd');
    expect((await ensureGuestImage(options())).wasThere).toBe(false);
  });

  it('takes the place of that of another recipe, for the same processors only', async () => {
    const { recipe } = options();
    const arm = await ensureGuestImage(options({ recipe: { ...recipe, architecture: 'arm64' } }));
    const old = await ensureGuestImage(options({ recipe: { ...recipe, customize: 'old' } }));
    const fresh = await ensureGuestImage(options());
    expect([arm, old, fresh].map(({ folder }) => existsSync(folder))).toEqual([true, false, true]);
  });

  it.each(['mmdebstrap', 'du', 'sfdisk', 'mformat', 'mcopy', 'mke2fs', 'qemu-img'])(
    'leaves nothing when %s fails or is stopped, and says what it was',
    async (name) => {
      const error = await kmonErrorOf(ensureGuestImage(options({ run: programs({ fails: name }).run })));
      expect([error.code, error.evidence]).toEqual(['command', `${name}: E: ${name} has no space left`]);
      expect(await readdir(join(place, 'cache'))).toEqual([]);
      const stopped = await kmonErrorOf(ensureGuestImage(options({ run: programs({ stops: name }).run })));
      expect(stopped.code).toBe('interrupted');
      expect(await readdir(join(place, 'cache'))).toEqual([]);
    },
  );

  it('keeps what was there when another format fails', async () => {
    const { folder, manifest } = await ensureGuestImage(options());
    await kmonErrorOf(
      ensureGuestImage(options({ formats: ['vdi'], run: programs({ fails: 'qemu-img' }).run })),
    );
    expect(await findGuestImages(join(place, 'cache'))).toEqual([{ folder, manifest }]);
  });

  it('has the programs of the bundle, unpacked and proven', async () => {
    let seen: unknown;
    const { run } = programs();
    const watching: RunProgram = async (file, args, o) => {
      const root = file === 'mke2fs' ? (args[args.indexOf('-d') + 1] ?? '') : undefined;
      if (root !== undefined) {
        const there = join(root, 'opt/kmon/bin/kubelet');
        seen = [await readFile(there, 'utf8'), statSync(there).mode & 0o777];
      }
      return run(file, args, o);
    };
    await ensureGuestImage(options({ programs: [await program()], run: watching }));
    expect(seen).toEqual([CONTENT, 0o755]);
  });

  it.each([
    ['another content', { sha256: '0'.repeat(64) }],
    ['no gzip', { packed: true, file: import.meta.filename }],
    ['no such file', { file: '/nowhere/kubelet.gz' }],
  ])('refuses a program with %s, and leaves nothing', async (_, over) => {
    const error = await kmonErrorOf(ensureGuestImage(options({ programs: [await program(over)] })));
    expect(error.message).toContain('kubelet in the bundle is not what its list says');
    expect(await readdir(join(place, 'cache'))).toEqual([]);
  });
});
