import { expect, it } from 'vitest';
import { bundleSupply } from '../../../src/artifacts/bundle-supply.js';
import { onlineSupply } from '../../../src/artifacts/online-supply.js';
import { guestContents } from '../../../src/guest/contents.js';
import { errorOf } from '../../support/expect-error.js';
import { bundleWithRuntime, fullBundle } from '../artifacts/full-bundle.js';

it('is what Debian has, where there is no bundle', () => {
  const { packages, programs } = guestContents('amd64', onlineSupply);
  expect(packages).toEqual(
    expect.arrayContaining(['conntrack', 'containerd', 'containernetworking-plugins', 'socat']),
  );
  expect(packages.filter((name) => /kube(?:adm|let|ctl|rnetes)|helm|containerd\.io/.test(name))).toEqual([]);
  expect(programs).toEqual([]);
});

it("is the bundle's for a child, at kmon's own places, and what the bundle leaves to Debian", () => {
  const { packages, programs } = guestContents('amd64', bundleSupply(bundleWithRuntime()));
  expect(programs.map((p) => p.path).toSorted()).toEqual([
    '/opt/kmon/bin/containerd',
    '/opt/kmon/bin/kubeadm',
    '/opt/kmon/bin/kubectl',
    '/opt/kmon/bin/kubelet',
    '/opt/kmon/cni/loopback',
  ]);
  expect(packages).toContain('runc');
  expect(packages).not.toContain('containerd');
  expect(guestContents('amd64', bundleSupply(fullBundle())).packages).toContain('containerd');
});

it('is not for other processors than the bundle', () => {
  const error = errorOf(() => guestContents('arm64', bundleSupply(fullBundle())));
  expect(error.message).toBe('there is nothing for guests of arm64: the machine is arm64, the bundle amd64');
  expect(error.hint).toBe('name a bundle for arm64 in kmon.yaml, or none');
});
