import { bundleSupply } from '../../../src/artifacts/bundle-supply.js';
import { describe, expect, it } from 'vitest';
import { verdicts } from '../../../src/findings/all-verdicts.js';
import type { Facts } from '../../../src/facts/facts.js';
import { sampleBundle } from '../../support/sample-room.js';
import { sightOf } from './sights.js';

const said = (facts: Partial<Facts>, more: Parameters<typeof sightOf>[1] = {}) =>
  verdicts(sightOf({ 'pc-11': facts }, more)).map(
    (f) => `${f.code} ${f.severity}: ${f.evidence}; ${f.remedy}`,
  );

describe('the file system of containers', () => {
  it.each(['ext2/ext3', 'xfs', 'btrfs', 'zfs', 'f2fs', 'UNKNOWN', ''])('%s is one', (kind) => {
    expect(said({ fileSystems: { '/var/lib': kind } })).toEqual([]);
  });

  it.each([
    ['overlayfs', 'without the freeze'],
    ['aufs', 'without the freeze'],
    ['nfs', 'a disk of its own'],
    ['fuseblk', 'ext4'],
    ['msdos', 'ext4'],
  ])('%s is none', (kind, remedy) => {
    const [first, ...rest] = said({ fileSystems: { '/var/lib': kind } });
    expect(first).toContain(`K-FILESYSTEM stops: /var/lib is on ${kind}, which no container can be put on; `);
    expect(first).toContain(remedy);
    expect(rest).toEqual([]);
  });

  it('is that of the folder itself where it is there', () => {
    const at = (kinds: Readonly<Record<string, string>>) => said({ fileSystems: kinds });
    expect(at({ '/var/lib': 'overlayfs', '/var/lib/kmon-containerd': 'xfs' })).toEqual([]);
    expect(at({ '/var/lib': 'xfs', '/var/lib/kmon-containerd': 'overlayfs' })).toEqual([
      expect.stringContaining('K-FILESYSTEM stops: /var/lib/kmon-containerd is on overlayfs'),
    ]);
  });
});

describe('what root cannot write', () => {
  it('is named once, the outermost of it', () => {
    expect(said({ unwritable: ['/etc', '/etc/hosts', '/usr/bin'] })).toEqual([
      expect.stringMatching(
        /^K-READ-ONLY stops: not even root can write \/etc, \/usr\/bin; .*findmnt -T \/etc`/,
      ),
    ]);
  });

  it('may be the kernel, in a container that has no say', () => {
    expect(said({ unwritable: ['/proc/sys/net/ipv4/ip_forward'], container: true })).toEqual([
      expect.stringMatching(/can write \/proc\/sys\/net\/ipv4\/ip_forward; have the host/),
    ]);
  });
});

it('wants programs to run where they go: its own only where it brings some', () => {
  const noexec = { '/opt/kmon/bin': '/opt', '/opt/cni/bin': '/opt' };
  expect(said({ noexec })).toEqual([
    expect.stringMatching(
      /no program runs from \/opt\/cni\/bin \(\/opt is mounted noexec\); .*remount,exec \/opt$/,
    ),
  ]);
  const supply = bundleSupply(sampleBundle());
  expect(said({ noexec }, { supply }).filter((text) => text.startsWith('K-NOEXEC'))).toEqual([
    expect.stringContaining('no program runs from /opt/kmon/bin, /opt/cni/bin (/opt is mounted noexec)'),
  ]);
  expect(said({ noexec: { '/opt/kmon/bin': '/opt' } })).toEqual([]);
});
