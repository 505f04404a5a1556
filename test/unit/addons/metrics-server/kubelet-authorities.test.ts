import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
  authoritiesOf,
  authorityIn,
  readKubeletCertificate,
} from '../../../../src/addons/metrics-server/kubelet-authorities.js';
import { KUBELET_CERTIFICATES } from '../../../support/kubelet-certificates.js';
import { CA } from '../../stages/answers.js';
import { assertShellSyntax } from '../../tools/shell-syntax.js';

const { 'pc-10': ten, 'pc-11': eleven, 'pc-12': twelve } = KUBELET_CERTIFICATES;
const [own = '', authority = ''] = ten.split(/(?<=-----END CERTIFICATE-----\n)/);
const namesIn = (pem: string): readonly string[] =>
  pem
    .split(/(?<=-----END CERTIFICATE-----\n)/)
    .filter((block) => block !== '')
    .map((block) => new X509Certificate(block).subject);
const read = (all: Readonly<Record<string, string>>): ReadonlyMap<string, string> =>
  new Map(Object.entries(all));

it('reads what sh understands', () => {
  assertShellSyntax(readKubeletCertificate);
});

describe('the authority of a kubelet', () => {
  it('is the one that has signed its certificate for that very name', () => {
    expect(authorityIn(ten, 'pc-10')).toBe(authority);
  });

  it.each([
    ['of another machine', ten, 'pc-11'],
    ['of a machine whose name is its end', ten, 'c-10'],
    ['nothing', '', 'pc-10'],
    ['no certificate', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n', 'pc-10'],
    ['a certificate that somebody else has signed', own, 'pc-10'],
    ['an authority alone', authority, 'pc-10'],
    ["a certificate beside another's authority", `${own}${CA}`, 'pc-10'],
    ['a message', 'cat: permission denied', 'pc-10'],
  ])('is none in %s', (_, printed, node) => {
    expect(authorityIn(printed, node)).toBeUndefined();
  });
});

describe('the authorities of a room', () => {
  it('are those that were read, in one order', () => {
    const all = authoritiesOf(['pc-11', 'pc-10'], read({ 'pc-10': ten, 'pc-11': eleven }), '');
    expect(namesIn(all)).toEqual(['CN=pc-10-ca@1767225600', 'CN=pc-11-ca@1767225600']);
    expect(authoritiesOf(['pc-10', 'pc-11'], read({ 'pc-11': eleven, 'pc-10': ten }), '')).toBe(all);
  });

  it('are as before of those that were not asked, and forget nodes that are gone', () => {
    const before = authoritiesOf(
      ['pc-10', 'pc-11', 'pc-12'],
      read({ 'pc-10': ten, 'pc-11': eleven, 'pc-12': twelve }),
      '',
    );
    const now = authoritiesOf(['pc-10', 'pc-12'], read({ 'pc-10': ten }), before);
    expect(namesIn(now)).toEqual(['CN=pc-10-ca@1767225600', 'CN=pc-12-ca@1767225600']);
    expect(authoritiesOf(['pc-10', 'pc-11', 'pc-12'], read({}), before)).toBe(before);
  });

  it('take nothing of a file that somebody has spoiled', () => {
    expect(authoritiesOf(['pc-10'], read({}), 'not a certificate')).toBe('');
    expect(authoritiesOf(['pc-10'], read({ 'pc-10': eleven }), '')).toBe('');
  });
});
