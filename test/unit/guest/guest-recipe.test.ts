import { expect, it } from 'vitest';
import { guestRecipe, guestRecipeKey, rootArgs } from '../../../src/guest/guest-recipe.js';

const made = guestRecipe({
  architecture: 'amd64',
  packages: ['socat', 'iptables'],
  sourcesList: 'deb http://m.example s main\n',
  customize: 'exit 0\n',
  overlay: [],
  programs: [],
});

it('names the same recipe alike and any other recipe otherwise', () => {
  const program = { path: '/opt/kmon/bin/kubelet', sha256: 'a'.repeat(64), mode: '755' };
  const others = [
    made,
    { ...made, architecture: 'arm64' as const },
    { ...made, sourcesList: '' },
    { ...made, customize: 'exit 1\n' },
    { ...made, packages: ['dbus'] },
    { ...made, overlay: [{ path: 'a', text: 'b' }] },
    { ...made, overlay: [{ path: 'ab', text: '' }] },
    { ...made, programs: [program] },
    { ...made, programs: [{ ...program, sha256: 'b'.repeat(64) }] },
    { ...made, programs: [{ ...program, mode: '644' }] },
  ];
  expect(new Set(others.map(guestRecipeKey)).size).toBe(others.length);
  expect(guestRecipeKey({ ...made })).toBe(guestRecipeKey(made));
  expect(guestRecipeKey(made)).toMatch(/^[0-9a-f]{16}$/);
});

it('has every package once, the kernel of its processor, and nothing of Kubernetes by itself', () => {
  expect(new Set(made.packages).size).toBe(made.packages.length);
  expect(made.packages).toEqual(
    expect.arrayContaining(['cloud-init', 'linux-image-amd64', 'openssh-server', 'socat']),
  );
  expect(guestRecipe({ ...made, packages: [], architecture: 'arm64' }).packages).toContain(
    'linux-image-arm64',
  );
  expect(made.packages.filter((name) => /containerd|kube|docker|etcd/.test(name))).toEqual([]);
});

it('makes the root with settings by file and quotes the hook', () => {
  const args = rootArgs(
    { ...made, packages: ['a', 'b'] },
    {
      sourcesList: '/c/sources.list',
      aptSettings: '/c/apt.conf',
      customize: "/it's here/customize.sh",
      overlay: '/c/overlay',
      root: '/c/root',
    },
  );
  expect(args.filter((arg) => !arg.startsWith('--dpkgopt=path-'))).toEqual([
    '--mode=root',
    '--variant=minbase',
    '--format=directory',
    '--architectures=amd64',
    '--include=a,b',
    '--aptopt=/c/apt.conf',
    '--dpkgopt=force-unsafe-io',
    `--customize-hook=sh '/it'\\''s here/customize.sh' /c/overlay "$1"`,
    'bookworm',
    '/c/root',
    '/c/sources.list',
  ]);
});

it('leaves out no driver that a machine of a hypervisor or a pod network may have', () => {
  const patterns = rootArgs(made, { sourcesList: '', aptSettings: '', customize: '', overlay: '', root: '' })
    .flatMap((arg) => /^--dpkgopt=path-exclude=(.*)$/.exec(arg)?.[1] ?? [])
    .map((glob) => new RegExp(`^${glob.replaceAll('*', '.*')}$`));
  const drivers = [
    ...[
      'net/ethernet/intel/e1000/e1000',
      'net/ethernet/amd/pcnet32',
      'net/virtio_net',
      'net/vxlan/vxlan',
      'net/veth',
    ],
    ...['ata/ahci', 'ata/ata_piix', 'block/virtio_blk', 'scsi/virtio_scsi', 'scsi/sr_mod', 'nvme/host/nvme'],
    ...['gpu/drm/vmwgfx/vmwgfx', 'gpu/drm/virtio/virtio-gpu', 'hv/hv_vmbus', 'net/hyperv/hv_netvsc'],
  ].map((name) => `/lib/modules/6.1.0-57-amd64/kernel/drivers/${name}.ko`);
  const others = [
    'fs/overlayfs/overlay',
    'fs/isofs/isofs',
    'net/netfilter/nf_tables',
    'net/bridge/bridge',
  ].map((name) => `/lib/modules/6.1.0-57-amd64/kernel/${name}.ko`);
  expect([...drivers, ...others].filter((file) => patterns.some((p) => p.test(file)))).toEqual([]);
  expect(patterns.some((p) => p.test('/lib/modules/6.1.0-57-amd64/kernel/sound/core/snd.ko'))).toBe(true);
});
