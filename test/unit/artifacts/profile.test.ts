import { describe, expect, it } from 'vitest';
import { absentBundle, bundleSupply } from '../../../src/artifacts/bundle-supply.js';
import { onlineSupply, onlineSupplyBy } from '../../../src/artifacts/online-supply.js';
import { decideProfile, profileText, withProfile } from '../../../src/artifacts/profile.js';
import type { MonitoringThere } from '../../../src/artifacts/profile.js';
import type { Supply } from '../../../src/artifacts/supply.js';
import { DEFAULTS } from '../../../src/config/defaults.js';
import { sampleBundle } from '../../support/sample-room.js';
import { fullBundle } from './full-bundle.js';

const silent = { monitoring: DEFAULTS.monitoring };
const mirrored = onlineSupplyBy({ packages: {}, images: { 'quay.io': 'https://mirror.example' } });

describe('the profile of the monitoring', () => {
  it.each<[string, Supply, string, string]>([
    ['the Internet', onlineSupply, 'stack', 'the Internet has its parts'],
    ['mirrors', mirrored, 'stack', 'the Internet has its parts'],
    ['a bundle with its chart', bundleSupply(fullBundle()), 'stack', 'the bundle has its parts'],
    ['a bundle without', bundleSupply(sampleBundle()), 'lite', 'the bundle has no kube-prometheus-stack'],
    ['a bundle that is not at hand', absentBundle, 'lite', 'the bundle is not looked into for this'],
  ])('is what can be had, where kmon.yaml names none: %s', (_, supply, profile, because) => {
    const decision = decideProfile(silent, supply);
    expect(decision.profile).toBe(profile);
    expect(decision.because).toMatch(/^kmon\.yaml names none, and /);
    expect(profileText(decision)).toContain(because);
  });

  it.each<[MonitoringThere, string, string]>([
    [{ profile: 'lite' }, 'lite', 'it is what is installed'],
    [{ profile: 'stack' }, 'stack', 'it is what is installed'],
    [{ profile: 'existing' }, 'existing', 'it is what is installed'],
    [{ others: 'obs/k8s' }, 'existing', 'with obs/k8s'],
    [{}, 'stack', 'the Internet'],
  ])('stays what the cluster has: %o', (there, profile, because) => {
    const decision = decideProfile(silent, onlineSupply, there);
    expect(decision).toMatchObject({ profile, because: expect.stringContaining(because) as string });
  });

  it('is what kmon.yaml names, whatever is there, and then nothing is told of it', () => {
    const named = { monitoring: { ...DEFAULTS.monitoring, profile: 'stack' as const } };
    const decision = decideProfile(named, bundleSupply(sampleBundle()), { profile: 'lite' });
    expect(decision).toEqual({ profile: 'stack' });
    expect(profileText(decision)).toBeUndefined();
    expect(withProfile(named, decision)).toEqual(named);
  });

  it('says that it was open, for what must not be replaced unasked', () => {
    const config = withProfile(silent, decideProfile(silent, onlineSupply));
    expect(config.monitoring).toEqual({ ...DEFAULTS.monitoring, profile: 'stack', profileIsOpen: true });
  });
});
