import { describe, expect, it } from 'vitest';
import type { Sample } from '../../../src/artifacts/supply.js';
import { outcomeOf, parseReached } from '../../../src/trial/sample-answer.js';
import type { SampleOutcome } from '../../../src/trial/sample-answer.js';

const URL_OF_KEY = 'https://pkgs.example/Release.key';

const judged = (proof: Sample['proof'], told: string, proxy?: string): SampleOutcome => {
  const lines = told.split('\n').map((line) => `3 ${line}`);
  const story = parseReached(`noise\n${lines.join('\n')}\n`)?.get(3) ?? [];
  return outcomeOf({ url: URL_OF_KEY, proof }, story, proxy);
};

const TLS = 'failed - Certificate verification failed: The certificate is NOT trusted.';

// What apt 2.6 says, word for word, but where another one is named.
describe('what came of a sample', () => {
  it.each<[string, Sample['proof'], string, SampleOutcome]>([
    ['the key', 'key', 'got key', { outcome: 'open' }],
    ['the table of contents', 'release', 'got release', { outcome: 'open' }],
    ['the key in its place', 'release', 'got key', { outcome: 'portal' }],
    ['a page in its place', 'key', 'got page', { outcome: 'portal' }],
    ['a greeting', 'registry', 'got other', { outcome: 'open' }],
    ['a page for a greeting', 'registry', 'got page', { outcome: 'portal' }],
    [
      'a page of another name',
      'registry',
      'sent https://login.example/?from=x\ngot page',
      { outcome: 'portal', at: 'login.example:443' },
    ],
    ['a wish for a token', 'registry', 'failed HttpError401 401  Unauthorized', { outcome: 'open' }],
    [
      'a wish for a token where a key should be',
      'key',
      'failed HttpError401 401  Unauthorized [IP: 192.0.2.1 443]',
      { outcome: 'status', said: '401 Unauthorized to /Release.key' },
    ],
    [
      'nothing there',
      'key',
      'failed HttpError404 404  Not Found [IP: 192.0.2.1 443]',
      { outcome: 'status', said: '404 Not Found to /Release.key' },
    ],
    ['any answer', 'answer', 'failed HttpError403 403  Forbidden', { outcome: 'open' }],
    ['a no', 'registry', 'failed HttpError403 403  Blocked', { outcome: 'status', said: '403 Blocked' }],
    ['no name', 'key', "failed ResolveFailure Could not resolve 'pkgs.example'", { outcome: 'no-name' }],
    [
      'no name server',
      'key',
      "failed TmpResolveFailure Temporary failure resolving 'pkgs.example'",
      { outcome: 'no-name' },
    ],
    [
      'no name that was sent on to',
      'key',
      "sent https://cdn.example/x\nfailed ResolveFailure Could not resolve 'cdn.example'",
      { outcome: 'no-name', at: 'cdn.example:443' },
    ],
    [
      'a refusal',
      'key',
      'failed ConnectionRefused Could not connect to pkgs.example:443 (192.0.2.1). - connect (111: Connection refused)',
      { outcome: 'refused' },
    ],
    [
      'no way',
      'key',
      'failed - Could not connect to pkgs.example:443 (192.0.2.1). - connect (113: No route to host)',
      { outcome: 'refused' },
    ],
    [
      'no answer',
      'key',
      'failed ConnectionTimedOut Could not connect to pkgs.example:443 (192.0.2.1), connection timed out',
      { outcome: 'silent' },
    ],
    ['no end', 'key', 'late', { outcome: 'silent' }],
    ['no word', 'key', 'broken', { outcome: 'silent' }],
    [
      'another authority',
      'key',
      `${TLS} The certificate issuer is unknown.  Could not handshake: Error in the certificate verification.\nsigner Filter CA, School`,
      { outcome: 'untrusted', said: 'signed by Filter CA, School' },
    ],
    [
      'a login that is wanted first',
      'registry',
      `${TLS} The certificate issuer is unknown.\nsigner Wi-Fi portal\ndoor http://192.0.2.1/login`,
      { outcome: 'portal', at: '192.0.2.1:80', said: 'signed by Wi-Fi portal' },
    ],
    [
      'another authority, of somebody who lets through what needs none',
      'registry',
      `${TLS} The certificate issuer is unknown.\nsigner Filter CA\ndoor https://www.pkgs.example/v2/`,
      { outcome: 'untrusted', said: 'signed by Filter CA' },
    ],
    [
      'another name',
      'key',
      `${TLS} The name in the certificate does not match the expected.  Could not handshake: Error.\nsigner Portal`,
      { outcome: 'untrusted', said: 'signed by Portal' },
    ],
    [
      'another authority (apt 3, OpenSSL)',
      'key',
      'failed - SSL connection failed: error:0A000086:SSL routines::certificate verify failed / self-signed certificate in certificate chain\nsigner ',
      { outcome: 'untrusted', said: '' },
    ],
    [
      'the past',
      'key',
      `${TLS} The certificate chain uses not yet valid certificate.\nsigner R3`,
      { outcome: 'untrusted', said: 'the certificate is not yet valid' },
    ],
    [
      'the future',
      'key',
      `${TLS} The certificate chain uses expired certificate.`,
      { outcome: 'untrusted', said: 'the certificate has expired' },
    ],
    [
      'no authorities at all',
      'key',
      'failed - No system certificates available. Try installing ca-certificates',
      { outcome: 'untrusted', said: 'the machine knows no authorities' },
    ],
    [
      'no TLS',
      'key',
      'failed - Could not handshake: An unexpected TLS packet was received. [IP: 192.0.2.1 443]',
      { outcome: 'failed', said: 'Could not handshake: An unexpected TLS packet was received.' },
    ],
  ])('is %s (%s)', (_, proof, told, outcome) => {
    expect(judged(proof, told)).toEqual(outcome);
  });

  it.each<[string, string, SampleOutcome]>([
    [
      'wants a password',
      'failed - Invalid response from proxy: HTTP/1.1 407 Proxy Authentication Required  Proxy-Authenticate: Basic realm="x"     [IP: 192.0.2.9 3128]',
      { outcome: 'proxy-login', at: 'proxy.example:3128', proxy: true },
    ],
    [
      'wants a password for http',
      'failed HttpError407 407  Proxy Authentication Required [IP: 192.0.2.9 3128]',
      { outcome: 'proxy-login', at: 'proxy.example:3128', proxy: true },
    ],
    [
      'says no',
      'failed - Invalid response from proxy: HTTP/1.1 403 Forbidden  Content-Length: 0     [IP: 192.0.2.9 3128]',
      { outcome: 'refused', at: 'proxy.example:3128', proxy: true, said: '403 Forbidden' },
    ],
    [
      'is off',
      'failed ConnectionRefused Could not connect to proxy.example:3128 (192.0.2.9). - connect (111: Connection refused)',
      { outcome: 'refused', at: 'proxy.example:3128', proxy: true },
    ],
    [
      'is not known',
      "failed ResolveFailure Could not resolve 'proxy.example'",
      { outcome: 'no-name', at: 'proxy.example:3128', proxy: true },
    ],
    [
      'lets through to who is not trusted',
      `${TLS} The certificate issuer is unknown.\nsigner Filter CA`,
      { outcome: 'untrusted', said: 'signed by Filter CA' },
    ],
  ])('by a proxy that %s', (_, told, outcome) => {
    expect(judged('registry', told, 'proxy.example:3128')).toEqual(outcome);
  });

  it('is not known where apt is not there', () => {
    expect(parseReached('no-apt\n')).toBeUndefined();
  });
});
