import { expect, it } from 'vitest';
import { parseAuthority, parseBytes, parseOneOf, parseRefusal } from '../../../src/cli/internet-values.js';
import { WrongValue } from '../../../src/cli/wrong-use.js';

it.each([
  ['quay.io', { name: 'quay.io', path: '', how: 403 }],
  ['docker.io=closed', { name: 'registry-1.docker.io', path: '', how: 'closed' }],
  ['quay.io/prometheus/prometheus=404', { name: 'quay.io', path: '/prometheus/prometheus', how: 404 }],
  ['pkgs.k8s.io/core:/stable:/=503', { name: 'pkgs.k8s.io', path: '/core:/stable:', how: 503 }],
])('reads what is refused: %s', (text, refusal) => {
  expect(parseRefusal(text)).toEqual(refusal);
});

it.each([
  ['', 'give one of pkgs.k8s.io, '],
  ['example.org', 'give one of pkgs.k8s.io, '],
  ['quay.io=200', 'give one of 403, 404, 429, 500, 503, unknown, closed, silent behind "=".'],
  ['quay.io/a=closed', 'give a number of HTTP for what is below a name'],
  ['quay.io/";return 200', 'give one of pkgs.k8s.io, '],
])('refuses to refuse %j', (text, message) => {
  expect(() => parseRefusal(text)).toThrow(WrongValue);
  expect(() => parseRefusal(text)).toThrow(message);
});

it.each([
  ['200k', 200_000],
  ['1.5M', 1_500_000],
  ['5000', 5000],
])('reads bytes: %s', (text, bytes) => {
  expect(parseBytes(text)).toBe(bytes);
});

it.each(['', 'k', '10', '-5k', '2G', '5000M'])('takes %j for no number of bytes', (text) => {
  expect(() => parseBytes(text)).toThrow('give 1k to 1000M, such as 200k.');
});

it('has an authority named so that its name can stand in a certificate', () => {
  expect(parseAuthority('Filtre du lycée')).toBe('Filtre du lycée');
  for (const text of ['', '/CN=x', 'a\nb', "'x"]) expect(() => parseAuthority(text)).toThrow(WrongValue);
});

it('takes one of a few words', () => {
  expect(parseOneOf(['a', 'b'])('b')).toBe('b');
  expect(() => parseOneOf(['a', 'b'])('c')).toThrow('give one of a, b.');
});
