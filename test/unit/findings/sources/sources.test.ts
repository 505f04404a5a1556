import { bundleSupply } from '../../../../src/artifacts/bundle-supply.js';
import { supplyFor } from '../../../../src/artifacts/supply-for.js';
import { describe, expect, it } from 'vitest';
import type { SourceTrial } from '../../../../src/trial/network-proof.js';
import { verdicts } from '../../../../src/findings/all-verdicts.js';
import type { Facts } from '../../../../src/facts/facts.js';
import { sampleBundle } from '../../../support/sample-room.js';
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
      remedy: `to type kubectl there, write into its /etc/environment: no_proxy=${[...noProxy, ...missing.split(', ')].join(',')}`,
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
  outcomes: Readonly<Record<string, SourceTrial['outcome'] | Partial<SourceTrial>>>,
): readonly SourceTrial[] =>
  Object.entries(outcomes).map(([host, is]) => ({
    machine,
    host,
    port: 443,
    ...(typeof is === 'string' ? { outcome: is } : { outcome: 'open', ...is }),
  }));
const judged = (...trials: readonly (readonly SourceTrial[])[]) =>
  verdicts(tried({ rest: { sources: trials.flat() } }));
const said = (...trials: readonly (readonly SourceTrial[])[]) =>
  judged(...trials).map((f) => [f.code, f.severity, f.machine, f.evidence]);

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

  it('that have an image which the bundle lacks stop the room, with what helps there', () => {
    const asked = (...machines: readonly string[]) =>
      tried({
        rest: {
          sources: machines.flatMap((m) =>
            sources(m, { 'ghcr.io': 'silent', 'pkg-containers.githubusercontent.com': 'silent' }),
          ),
        },
      });
    const supply = bundleSupply(sampleBundle());
    const [ofRoom, ...others] = verdicts({ ...asked('pc-10', 'pc-11', 'pc-12'), supply });
    expect(others).toEqual([]);
    expect(ofRoom).toMatchObject({
      code: 'K-BUNDLE',
      severity: 'stops',
      evidence:
        'the bundle has no image of flannel, flannel-cni-plugin (for `network: flannel`), and elsewhere it cannot be had: ghcr.io:443 does not answer, pkg-containers.githubusercontent.com:443 does not answer',
    });
    expect(ofRoom).not.toHaveProperty('machine');
    expect(ofRoom?.remedy).toMatch(/^run `kmon bundle make` again .*, or set `network: routes`/);
    expect(verdicts({ ...asked('pc-11'), supply }).map((f) => [f.code, f.machine])).toEqual([
      ['K-BUNDLE', 'pc-11'],
    ]);
  });

  it('of what only the monitoring lacks are told with another bundle as the remedy', () => {
    const bundle = sampleBundle();
    const supply = bundleSupply({ ...bundle, parts: bundle.parts.filter((p) => p.name !== 'monitoring') });
    const sight = tried({
      rest: { sources: sources('pc-11', { 'quay.io': 'no-name', 'a.example': 'open' }) },
    });
    const [first] = verdicts({ ...sight, supply });
    expect(first).toMatchObject({
      code: 'K-BUNDLE',
      evidence:
        'the bundle has no image of node-exporter (for the monitoring), and elsewhere it cannot be had: quay.io:443 is not known',
      remedy: 'run `kmon bundle make` again with this kmon.yaml where there is Internet',
    });
  });

  it('tried in vain tell more than a missing name server', () => {
    const sight = tried({ rest: { sources: sources('pc-11', { 'a.example': 'no-name' }) } });
    const { factsOf } = sightOf({ 'pc-11': { nameServers: [] } });
    expect(verdicts({ ...sight, factsOf }).map((f) => [f.code, f.severity])).toEqual([['K-DNS', 'stops']]);
  });

  it('are told of the room once, though the parent needs more', () => {
    const child = { 'a.example': 'silent', 'b.example': 'open' } as const;
    const parent = { ...child, 'charts.example': 'silent' } as const;
    expect(said(sources('pc-10', parent), sources('pc-11', child), sources('pc-12', child))).toEqual([
      ['K-SOURCE', 'stops', undefined, 'a.example:443 does not answer, charts.example:443 does not answer'],
    ]);
  });

  it('that only the parent needs are told of the parent where all else comes through', () => {
    const child = { 'a.example': 'open' } as const;
    expect(said(sources('pc-10', { ...child, 'charts.example': 'silent' }), sources('pc-11', child))).toEqual(
      [['K-SOURCE', 'stops', 'pc-10', 'charts.example:443 does not answer']],
    );
  });

  // Who answers how, and what is told of it.
  it.each<[string, Partial<SourceTrial>, string, string, RegExp]>([
    [
      'sends on to a name that is blocked',
      { outcome: 'silent', at: 'cdn.example:443' },
      'K-SOURCE',
      'cdn.example:443, to which a.example sends on, does not answer',
      /let these through/,
    ],
    [
      'lies behind a proxy that says no',
      { outcome: 'refused', at: 'proxy.example:3128', proxy: true, said: '403 Forbidden' },
      'K-SOURCE',
      'the proxy proxy.example:3128 refuses (403 Forbidden) for a.example',
      /let these through/,
    ],
    [
      'lies behind a proxy that is off',
      { outcome: 'refused', at: 'proxy.example:3128', proxy: true },
      'K-SOURCE',
      'the proxy proxy.example:3128 refuses',
      /let these through/,
    ],
    [
      'has no such file',
      { outcome: 'status', said: '404 Not Found' },
      'K-SOURCE',
      'a.example:443 answers 404 Not Found',
      /let these through/,
    ],
    [
      'is a repository without that version',
      { outcome: 'status', said: '404 Not Found to /core:/stable:/v1.37/deb/InRelease' },
      'K-SOURCE',
      'a.example:443 answers 404 Not Found to /core:/stable:/v1.37/deb/InRelease',
      /^see whether it has the version that kmon\.yaml asks for \(a mirror may lack it\); otherwise ask/,
    ],
    [
      'is opened on the way',
      { outcome: 'untrusted', said: 'signed by Filter CA, School' },
      'K-TLS',
      'certificates are signed by Filter CA, School, whom the machine does not trust (a.example)',
      /update-ca-certificates/,
    ],
    [
      'is opened on the way by nobody knows whom',
      { outcome: 'untrusted', said: '' },
      'K-TLS',
      'certificates are signed by somebody whom the machine does not trust (a.example)',
      /update-ca-certificates/,
    ],
    [
      'is asked by a machine without authorities',
      { outcome: 'untrusted', said: 'the machine knows no authorities' },
      'K-TLS',
      'no certificate can be judged (a.example): the machine knows no authorities',
      /apt install ca-certificates/,
    ],
    [
      'is asked by a machine with a wrong clock',
      { outcome: 'untrusted', said: 'the certificate is not yet valid' },
      'K-TLS',
      'the certificate is not yet valid (a.example)',
      /date/,
    ],
    [
      'lies behind a proxy with a password',
      { outcome: 'proxy-login', at: 'proxy.example:3128', proxy: true },
      'K-PROXY-LOGIN',
      'proxy.example:3128 wants a name and a password (for a.example)',
      /http:\/\/NAME:PASSWORD@proxy\.example:3128/,
    ],
    [
      'is replaced by a page',
      { outcome: 'portal', at: 'login.example:443' },
      'K-PORTAL',
      'a page comes in place of what is asked for (a.example), from login.example:443',
      /browser/,
    ],
    [
      'fails in another way',
      { outcome: 'failed', said: 'Could not handshake: An unexpected TLS packet was received.' },
      'K-SOURCE',
      'a.example:443 gives nothing (Could not handshake: An unexpected TLS packet was received.)',
      /let these through/,
    ],
  ])('that %s', (_, is, code, evidence, remedy) => {
    const [first, ...others] = judged(sources('pc-11', { 'a.example': is, 'b.example': 'open' }));
    expect(others).toEqual([]);
    expect(first).toMatchObject({ code, severity: 'stops', machine: 'pc-11', evidence });
    expect(first?.remedy).toMatch(remedy);
    // All of them see the same: it is told of the room.
    const all = ['pc-10', 'pc-11', 'pc-12'].map((name) =>
      sources(name, { 'a.example': is, 'b.example': 'open' }),
    );
    const ofRoom = judged(...all);
    expect(ofRoom).toHaveLength(1);
    expect(ofRoom[0]).not.toHaveProperty('machine');
  });

  it('that a network shows its page for are told together, whether they were asked for the page or not', () => {
    const signed = { said: 'signed by Portal' };
    const page = { ...signed, outcome: 'portal', at: '192.0.2.1:80' } as const;
    const key = { ...signed, outcome: 'untrusted' } as const;
    expect(said(sources('pc-11', { 'images.example': page, 'packages.example': key }))).toEqual([
      [
        'K-PORTAL',
        'stops',
        'pc-11',
        'a page comes in place of what is asked for (images.example, packages.example), from 192.0.2.1:80',
      ],
    ]);
  });

  it('that one authority opens are told together, those of another apart', () => {
    const by = (name: string) => ({ outcome: 'untrusted', said: `signed by ${name}` }) as const;
    expect(
      said(sources('pc-11', { 'a.example': by('X'), 'b.example': by('X'), 'c.example': by('Y') })).map(
        ([, , , evidence]) => evidence,
      ),
    ).toEqual([
      'certificates are signed by X, whom the machine does not trust (a.example, b.example)',
      'certificates are signed by Y, whom the machine does not trust (c.example)',
    ]);
  });
});
