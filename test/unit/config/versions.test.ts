import { describe, expect, it } from 'vitest';
import { DEFAULT_VERSION, findMinor, kubeadmApiFor, MINORS } from '../../../src/config/versions.js';

describe('kubeadmApiFor', () => {
  it.each([
    ['v1.36.3', 'v1beta4'],
    ['v1.28.0', 'v1beta3'],
    ['v1.30.14', 'v1beta3'],
    ['v1.31.0', 'v1beta4'],
    ['v1.37.0-rc.1', 'v1beta4'],
    ['1.36', 'v1beta4'],
  ])('%s reads %s', (reported, api) => {
    expect(kubeadmApiFor(reported)).toBe(api);
  });

  it.each(['v1.20.2', 'v1.27.9', 'v1.38.0', 'v2.0.0', 'v1.3', '', 'latest', 'v1.360.1'])(
    'refuses %j',
    (reported) => {
      expect(() => kubeadmApiFor(reported)).toThrow(
        expect.objectContaining({
          code: 'precondition',
          message: `kubeadm ${reported} is not one that kmon can drive`,
        }),
      );
    },
  );
});

it('the default is one of the versions', () => {
  expect(findMinor(DEFAULT_VERSION)?.version).toBe(DEFAULT_VERSION);
});

it('kube-proxy uses nftables from the release on that calls it stable', () => {
  expect(findMinor('1.32')?.proxyMode).toBe('iptables');
  expect(findMinor('1.33')?.proxyMode).toBe('nftables');
});

it('containerd 2 is asked for from 1.36 on, cgroup v1 is refused from 1.35 on', () => {
  expect(MINORS.filter((m) => m.containerdMajor === 2).map((m) => m.version)).toEqual(['1.36', '1.37']);
  const served = (how: string) => MINORS.filter((m) => m.cgroupV1 === how).map((m) => m.version);
  expect(served('when-told')).toEqual(['1.35', '1.36', '1.37']);
  expect(served('dropped')).toEqual([]);
});
