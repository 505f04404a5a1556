import { describe, expect, it } from 'vitest';
import { provenBundle } from '../../../src/cli/proven-bundle.js';
import { DEFAULTS } from '../../../src/config/defaults.js';
import { sampleConfig } from '../../support/sample-room.js';
import { LIST, part, place, placeForEach, writeList } from '../bundle/bundle-on-disk.js';

const proven = (version = '1.36') =>
  provenBundle(
    sampleConfig({
      bundle: place.folder,
      stateDir: place.folder,
      kubernetes: { ...DEFAULTS.kubernetes, version },
    }),
    new AbortController().signal,
  );

placeForEach();

/** Before any machine hears of it. */
describe('a bundle that is not for this room', () => {
  it('is refused when it has another version of Kubernetes', async () => {
    await expect(proven('1.37')).rejects.toMatchObject({
      code: 'config',
      message: 'kmon.yaml asks for Kubernetes 1.37, the bundle has v1.36.3',
      hint: expect.stringContaining('kubernetes.version') as string,
    });
  });

  it('is refused when it lacks a program that every node needs', async () => {
    await expect(proven()).rejects.toMatchObject({
      code: 'config',
      message: 'the bundle has no kubelet, kubectl for amd64',
      hint: expect.stringContaining('kmon bundle make') as string,
    });
  });

  it('is refused when it has a program for some of its architectures alone', async () => {
    const all = ['kubeadm', 'kubelet', 'kubectl', 'helm'].map((name) => part(`bin/${name}`));
    const [first = part('bin/kubeadm'), ...others] = all;
    await writeList({
      ...LIST,
      architecture: ['amd64', 'arm64'],
      parts: [{ ...first, architecture: 'amd64' }, ...others],
    });
    await expect(proven()).rejects.toThrow('the bundle has no kubeadm for arm64');
  });
});
