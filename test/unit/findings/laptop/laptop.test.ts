import { describe, expect, it } from 'vitest';
import { verdicts } from '../../../../src/findings/all-verdicts.js';
import type { Facts } from '../../../../src/facts/facts.js';
import { sightOf } from '../sights.js';

const found = (facts: Partial<Facts>) =>
  verdicts(sightOf({ 'pc-11': facts })).map((f) => [`${f.code} ${f.severity}`, f.evidence]);

describe('what is fine', () => {
  it.each<[string, Partial<Facts>]>([
    ['a battery that is being charged', { battery: { discharging: false, percent: 3 } }],
    [
      'a desktop that never sleeps',
      { sleep: { lid: false, onLidClose: 'suspend', onIdle: 'ignore', prevented: false } },
    ],
    ['a lid that only locks', { sleep: { lid: true, onLidClose: 'lock', onIdle: 'lock', prevented: false } }],
    [
      'a laptop that is kept awake',
      { sleep: { lid: true, onLidClose: 'suspend', onIdle: 'suspend', prevented: true } },
    ],
    ['a lid without anybody who cares', { sleep: { lid: true, prevented: false } }],
    ['balance', { powerProfile: 'balanced' }],
    ['a quiet firmware', { powerProfile: 'quiet' }],
    ['a virtual machine without sensors', { sensors: [], virtualization: 'kvm' }],
    ['a container without sensors', { sensors: [], virtualization: 'podman', container: true }],
    ['sensors that could not be looked for', { sensors: [], virtualization: '' }],
  ])('%s', (_, facts) => {
    expect(found(facts)).toEqual([]);
  });
});

it.each<[string, Partial<Facts>, string, string]>([
  [
    'an empty battery',
    { battery: { discharging: true, percent: 59 } },
    'K-BATTERY hurts',
    'it runs on its battery, 59 % left',
  ],
  [
    'a battery that does not tell',
    { battery: { discharging: true } },
    'K-BATTERY hurts',
    'it runs on its battery',
  ],
  [
    'a full battery',
    { battery: { discharging: true, percent: 60 } },
    'K-BATTERY note',
    'it runs on its battery, 60 % left',
  ],
  [
    'an idle hour',
    { sleep: { lid: true, onLidClose: 'suspend-then-hibernate', onIdle: 'suspend', prevented: false } },
    'K-SLEEP note',
    'a closed lid means suspend-then-hibernate, when idle: suspend',
  ],
])('%s is said', (_, facts, code, evidence) => {
  expect(found(facts)).toEqual([[code, evidence]]);
});
