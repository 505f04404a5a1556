import { expect, it } from 'vitest';
import { verdicts } from '../../../src/findings/all-verdicts.js';
import type { Facts } from '../../../src/facts/facts.js';
import { ownLedger } from '../../support/sample-room.js';
import { sightOf } from './sights.js';

const said = (facts: Partial<Facts>) =>
  verdicts(sightOf({ 'pc-11': facts }))
    .filter((f) => f.code === 'K-PACKAGES')
    .map((f) => `${f.severity}: ${f.evidence}`);

it('names what is half-done', () => {
  const half = ['canteen', 'library', 'printer', 'scanner', 'beamer'].map((name) => ({
    name,
    state: 'unpacked',
  }));
  expect(said({ unfinishedPackages: half.slice(0, 1) })).toEqual([
    'stops: half-done package: canteen (unpacked)',
  ]);
  expect(said({ unfinishedPackages: half })).toEqual([
    'stops: half-done packages: canteen (unpacked), library (unpacked), printer (unpacked) and 2 more',
  ]);
});

it('knows a dpkg that was stopped in the middle, unless that was kmon', () => {
  expect(said({ dpkgStopped: true })).toEqual(['stops: dpkg was stopped in the middle of an installation']);
  expect(said({ dpkgStopped: true, ledger: ownLedger() })).toEqual([]);
});

it('says nothing while somebody installs', () => {
  const aptLock = { file: '/var/lib/dpkg/lock', pid: 7, process: 'apt-get' };
  expect(
    said({ aptLock, dpkgStopped: true, unfinishedPackages: [{ name: 'a', state: 'unpacked' }] }),
  ).toEqual([]);
});
