import { describe, expect, it } from 'vitest';
import { verdicts } from '../../../../src/findings/all-verdicts.js';
import type { Facts } from '../../../../src/facts/facts.js';
import { link, sightOf, without } from '../sights.js';

const UUID = '4c4c4544-0042-3510-8052-b4c04f4e3332';
const found = (facts: Partial<Facts>, other: Partial<Facts> = facts) =>
  verdicts(sightOf({ 'pc-11': facts, 'pc-12': other })).map((f) => [f.code, f.machine, f.evidence]);

describe('the hostname', () => {
  it.each(['pc-11', 'a', 'pc-11.school.example', 'x'.repeat(63), ''])('"%s" is fine', (hostname) => {
    expect(found({ hostname }, {})).toEqual([]);
  });

  it.each([
    ['PC-11', 'has capital letters'],
    ['pc_11', 'has an underscore'],
    ['localhost', 'is the name of every computer for itself'],
    ['localhost.localdomain', 'is the name of every computer for itself'],
    ['-pc', 'is no valid node name'],
    ['pc..11', 'is no valid node name'],
    ['x'.repeat(64), 'is no valid node name'],
  ])('%s is named', (hostname, why) => {
    expect(found({ hostname }, {})).toEqual([
      ['K-HOSTNAME-INVALID', 'pc-11', `the hostname ${hostname} ${why}`],
    ]);
  });

  it('is shown in no command when it is no name', () => {
    const [evil, ...others] = verdicts(
      sightOf({ 'pc-11': { hostname: "a'; rm -rf /", hostnameResolves: false } }),
    );
    expect(evil).toMatchObject({ code: 'K-HOSTNAME-UNKNOWN', fixable: false });
    expect(evil?.remedy).not.toContain('rm -rf');
    expect(others.map((f) => f.code)).toEqual(['K-HOSTNAME-INVALID']);
  });

  it('that could not be asked for is no finding', () => {
    const sight = sightOf({});
    const factsOf = new Map(
      [...sight.factsOf].map(([name, facts]) => [name, without(facts, 'hostnameResolves')]),
    );
    expect(verdicts({ ...sight, factsOf })).toEqual([]);
  });
});

describe('the product UUID', () => {
  it.each([
    ['that of the host of two containers', { productUuid: UUID, container: true }],
    ['zeros', { productUuid: '00000000-0000-0000-0000-000000000000' }],
    ['fs', { productUuid: 'ffffffff-ffff-ffff-ffff-ffffffffffff' }],
    ['a pattern', { productUuid: 'fefefefe-fefe-fefe-fefe-fefefefefefe' }],
    ['what makers leave in', { productUuid: '03000200-0400-0500-0006-000700080009' }],
    ['words', { productUuid: 'not settable' }],
    ['nothing', { productUuid: '' }],
  ])('says nothing when it is %s', (_, facts) => {
    expect(found(facts)).toEqual([]);
  });

  it('is found on real computers, whose maker is to blame', () => {
    const [first] = verdicts(sightOf({ 'pc-11': { productUuid: UUID }, 'pc-12': { productUuid: UUID } }));
    expect(first).toMatchObject({
      code: 'K-PRODUCT-UUID',
      cause: expect.stringContaining('maker') as string,
    });
  });

  it('is the serial number of a Raspberry Pi', () => {
    expect(found({ productUuid: '10000000abcdef12' }).map(([code]) => code)).toEqual([
      'K-PRODUCT-UUID',
      'K-PRODUCT-UUID',
    ]);
  });
});

describe('the MAC address', () => {
  const mac = '52:54:00:12:34:56';
  it.each<[string, Facts['links']]>([
    ['of a bridge that docker makes', [link('docker0', mac, { physical: false })]],
    ['of a card that is off', [link('eth1', mac, { up: false })]],
    ['that is none', [link('eth1', '00:00:00:00:00:00'), link('tun0', '')]],
  ])('%s may be alike', (_, links) => {
    expect(found({ links })).toEqual([]);
  });

  it('of the link of the room may not, in a container too', () => {
    const links = [link('eth0', mac, { physical: false, up: false })];
    expect(found({ links, container: true })).toEqual([
      ['K-MAC', 'pc-11', `eth0 has the MAC address ${mac}, as pc-12 has`],
      ['K-MAC', 'pc-12', `eth0 has the MAC address ${mac}, as pc-11 has`],
    ]);
  });

  it('of two cards of one machine may be alike', () => {
    expect(found({ links: [link('eth0', mac), link('bond0', mac)] }, {})).toEqual([]);
  });
});

it('tells several that are alike in one finding for each', () => {
  const same = { machineId: 'x' };
  expect(verdicts(sightOf({ 'pc-10': same, 'pc-11': same, 'pc-12': same })).map((f) => f.evidence)).toEqual([
    'same machine-id as pc-11, pc-12: a copied disk',
    'same machine-id as pc-10, pc-12: a copied disk',
    'same machine-id as pc-10, pc-11: a copied disk',
  ]);
});
