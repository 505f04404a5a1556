import { supplyFor } from '../../../../src/artifacts/supply-for.js';
import { describe, expect, it } from 'vitest';
import type { SourceTrial } from '../../../../src/trial/network-proof.js';
import { verdicts } from '../../../../src/findings/all-verdicts.js';
import type { Facts } from '../../../../src/facts/facts.js';
import { sightOf, tried } from '../sights.js';

const proxied = (...noProxy: readonly string[]): Partial<Facts> => ({
  proxy: { url: 'http://marie:geheim@proxy.example:3128', noProxy },
});
const found = (facts: Partial<Facts>) => verdicts(sightOf({ 'pc-11': facts }));

describe('a proxy', () => {
  it.each([
    [['192.0.2.0/24', '10.244.0.0/16', '10.96.0.0/12']],
    [['192.0.0.0/8', '10.0.0.0/8']],
    [['192.0.2.10', '192.0.2.11', '192.0.2.12', '10.0.0.0/8']],
    [['*']],
  ])('with NO_PROXY %j leaves the room alone', (noProxy) => {
    expect(found(proxied(...noProxy))).toEqual([]);
  });

  it.each<[readonly string[], string]>([
    [[], '192.0.2.0/24, 10.244.0.0/16, 10.96.0.0/12'],
    [['localhost', '.example', '192.0.2.10', '192.0.2.11', '10.0.0.0/8'], '192.0.2.0/24'],
    [['192.0.2.0/24', '10.244.0.0/24', '10.96.0.0/12'], '10.244.0.0/16'],
    [['192.0.2.0/24', '10.244.0.0/16'], '10.96.0.0/12'],
  ])('with NO_PROXY %j would take some', (noProxy, missing) => {
    const [first] = found(proxied(...noProxy));
    expect(first).toMatchObject({
      code: 'K-PROXY',
      evidence: `NO_PROXY does not hold ${missing}, and proxy.example:3128 is the proxy`,
      remedy: `write into /etc/environment on that machine: no_proxy=${[...noProxy, ...missing.split(', ')].join(',')}`,
    });
  });

  it('is named without its password, whatever it looks like', () => {
    for (const url of ['http://marie:geheim@proxy.example:3128', 'marie:geheim@proxy']) {
      const text = JSON.stringify(found({ proxy: { url, noProxy: [] } }));
      expect(text).not.toContain('geheim');
    }
  });
});

const sources = (
  machine: string,
  outcomes: Readonly<Record<string, SourceTrial['outcome']>>,
): readonly SourceTrial[] =>
  Object.entries(outcomes).map(([host, outcome]) => ({ machine, host, port: 443, outcome }));
const said = (...trials: readonly (readonly SourceTrial[])[]) =>
  verdicts(tried({ rest: { sources: trials.flat() } })).map((f) => [
    f.code,
    f.severity,
    f.machine,
    f.evidence,
  ]);

describe('sources', () => {
  it('that all answer are nothing to speak of', () => {
    expect(said(sources('pc-11', { 'a.example': 'open', 'b.example': 'open' }))).toEqual([]);
  });

  it('that nobody in the room reaches are told once, of the room', () => {
    const none = { 'a.example': 'silent', 'b.example': 'open' } as const;
    expect(said(sources('pc-10', none), sources('pc-11', none), sources('pc-12', none))).toEqual([
      ['K-SOURCE', 'stops', undefined, 'a.example:443 does not answer'],
    ]);
    const unnamed = { 'a.example': 'no-name', 'b.example': 'no-name' } as const;
    expect(said(sources('pc-10', unnamed), sources('pc-11', unnamed))).toEqual([
      ['K-DNS', 'stops', undefined, 'no name is resolved (a.example, b.example)'],
    ]);
  });

  it('that have no names anywhere are told once, though the parent needs more of them', () => {
    const more = { 'a.example': 'no-name', 'b.example': 'no-name' } as const;
    expect(said(sources('pc-10', more), sources('pc-11', { 'a.example': 'no-name' }))).toEqual([
      ['K-DNS', 'stops', undefined, 'no name is resolved (a.example, b.example)'],
    ]);
  });

  it('that some do not reach are told of those', () => {
    expect(
      said(
        sources('pc-10', { 'a.example': 'open' }),
        sources('pc-11', { 'a.example': 'refused' }),
        sources('pc-12', { 'a.example': 'no-name' }),
      ),
    ).toEqual([
      ['K-SOURCE', 'stops', 'pc-11', 'a.example:443 refuses'],
      ['K-DNS', 'stops', 'pc-12', 'no name is resolved (a.example)'],
    ]);
  });

  it('hurt less where a bundle brings what is needed', () => {
    const sight = tried({ rest: { sources: sources('pc-11', { 'a.example': 'silent' }) } });
    const supply = supplyFor({ bundle: '/srv/bundle' });
    expect(verdicts({ ...sight, supply }).map((f) => f.severity)).toEqual(['hurts']);
  });

  it('tried in vain tell more than a missing name server', () => {
    const sight = tried({ rest: { sources: sources('pc-11', { 'a.example': 'no-name' }) } });
    const { factsOf } = sightOf({ 'pc-11': { nameServers: [] } });
    expect(verdicts({ ...sight, factsOf }).map((f) => [f.code, f.severity])).toEqual([['K-DNS', 'stops']]);
  });
});
