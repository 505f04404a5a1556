import { expect, it } from 'vitest';
import { guestContents } from '../../../src/guest/contents.js';
import { errorOf } from '../../support/expect-error.js';
import { bundleWithRuntime, fullBundle } from '../artifacts/full-bundle.js';

it('is what Debian has, where there is no bundle', () => {
  const { packages, programs } = guestContents('amd64');
  expect(packages).toEqual(
    expect.arrayContaining(['conntrack', 'containerd', 'containernetworking-plugins', 'socat']),
  );
  expect(packages.filter((name) => /kube(?:adm|let|ctl|rnetes)|helm|containerd\.io/.test(name))).toEqual([]);
  expect(programs).toEqual([]);
});

it("is the bundle's for a child, at kmon's own places, and what the bundle leaves to Debian", () => {
  const { packages, programs } = guestContents('amd64', bundleWithRuntime());
  expect(programs.map((p) => p.path).toSorted()).toEqual([
    '/opt/kmon/bin/containerd',
    '/opt/kmon/bin/kubeadm',
    '/opt/kmon/bin/kubectl',
    '/opt/kmon/bin/kubelet',
    '/opt/kmon/cni/loopback',
  ]);
  expect(packages).toContain('runc');
  expect(packages).not.toContain('containerd');
  expect(guestContents('amd64', fullBundle()).packages).toContain('containerd');
});

it('is not for other processors than the bundle', () => {
  const error = errorOf(() => guestContents('arm64', fullBundle()));
  expect(error.message).toContain('has nothing for machines of arm64');
  expect(error.hint).toContain('kmon bundle make /srv/bundle --arch amd64,arm64');
});
