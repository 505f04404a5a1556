import { describe, expect, it } from 'vitest';
import { servedVersion } from '../../../src/findings/system/cgroup.js';
import { verdicts } from '../../../src/findings/all-verdicts.js';
import { findMinor } from '../../../src/config/versions.js';
import type { KubernetesMinor } from '../../../src/config/versions.js';
import type { Facts } from '../../../src/facts/facts.js';
import { factsOf } from '../facts/recorded.js';
import { CHILD, sampleFacts } from '../../support/sample-room.js';
import { sightOf, without } from './sights.js';

const said = (facts: Partial<Facts>) =>
  verdicts(sightOf({ 'pc-11': facts }))
    .filter((f) => f.code === 'K-CGROUP-CONTROLLER')
    .map((f) => `${f.evidence}; ${f.remedy}`);
const V2 = ['cpuset', 'cpu', 'io', 'memory', 'pids'];
const V1 = ['cpuset', 'cpu', 'cpuacct', 'memory', 'devices', 'freezer', 'pids'];

describe('the controllers of control groups', () => {
  it.each<[string, Partial<Facts>]>([
    ['all of v2, which has devices and freezer built in', { cgroup: 2, cgroupControllers: V2 }],
    ['all of v1', { cgroup: 1, cgroupControllers: V1 }],
  ])('%s are fine', (_, facts) => {
    expect(said(facts)).toEqual([]);
  });

  it('are not judged where the machine does not tell of them', () => {
    const silent = without(sampleFacts(CHILD), 'cgroupControllers');
    expect(verdicts({ ...sightOf({}), factsOf: new Map([[CHILD.name, silent]]) })).toEqual([]);
  });

  it('are missing on a Raspberry Pi as its system comes', () => {
    const { model, cgroup, cgroupControllers, memoryCgroupOff } = factsOf('raspberry-pi');
    expect(
      said({
        model,
        cgroup,
        memoryCgroupOff,
        ...(cgroupControllers === undefined ? {} : { cgroupControllers }),
      }),
    ).toEqual([
      expect.stringMatching(
        /^control groups without memory \(cgroup v2\); the kernel was started with cgroup_disable=memory; append cgroup_enable=memory cgroup_memory=1 .*\/boot\/firmware\/cmdline\.txt/,
      ),
    ]);
  });

  it.each<[string, Partial<Facts>, RegExp]>([
    ['memory switched off in grub', { memoryCgroupOff: true }, /take cgroup_disable=memory out of GRUB/],
    ['memory that this kernel leaves off', {}, /add cgroup_enable=memory to GRUB.*update-grub/],
  ])('%s', (_, facts, remedy) => {
    expect(said({ cgroup: 1, cgroupControllers: V1.filter((c) => c !== 'memory'), ...facts })).toEqual([
      expect.stringMatching(remedy),
    ]);
  });

  it.each([true, false])('others are missing, in a container: %s', (container) => {
    expect(said({ container, cgroupControllers: ['memory', 'cpu'] })).toEqual([
      expect.stringMatching(
        container
          ? /^control groups without cpuset, pids \(cgroup v2\); have the host/
          : /^control groups without cpuset, pids \(cgroup v2\); restart/,
      ),
    ]);
  });
});

it('refuses cgroup v1 from the version on that has dropped it', () => {
  const known = findMinor('1.37');
  if (known === undefined) throw new Error('1.37 is not known');
  const minors: readonly KubernetesMinor[] = [known, { ...known, version: '1.99', cgroupV1: 'dropped' }];
  const of = (minor: KubernetesMinor) => servedVersion({ name: 'pc-11' }, minor, minors);
  expect(minors.flatMap(of).map((f) => [f.severity, f.evidence])).toEqual([
    ['hurts', 'cgroup v1, which Kubernetes 1.37 serves only when it is told to (kmon does)'],
    ['stops', 'cgroup v1, which Kubernetes 1.99 does not run on'],
  ]);
  expect(minors.flatMap(of).at(-1)?.remedy).toMatch(/or write `version: "1\.37"` under `kubernetes`/);
});
