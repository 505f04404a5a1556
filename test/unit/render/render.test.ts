import { describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { renderTemplate } from '../../../src/render/render.js';

describe('a placeholder that is the whole value', () => {
  it.each([
    ['text', 'text'],
    ['', ''],
    [6443, 6443],
    [1.5, 1.5],
    [false, false],
    [[], []],
    [
      ['a', 1],
      ['a', 1],
    ],
    [{ a: { b: [true] } }, { a: { b: [true] } }],
  ])('%j keeps its type', (value, expected) => {
    expect(parse(renderTemplate("a: { b: ['${x}'] }\n", { x: value }))).toEqual({ a: { b: [expected] } });
    expect(parse(renderTemplate('a: ${x}\n', { x: value }))).toEqual({ a: expected });
  });
});

describe('hostile text', () => {
  const hostile = [
    'a: b',
    '- a',
    '# none',
    'x\n---\nkind: Pod',
    '"}, evil: {a: "',
    "'",
    '${x}',
    '${y}',
    '{{ .Values }}',
    '&a',
    '*a',
    '!!binary x',
    ' leading and trailing ',
    '\t',
    '\u0000\u0007\u2028',
    'é 日本 🙂',
    '%YAML 1.1',
    '...',
  ];
  it.each(hostile)('%j stays one text', (value) => {
    const text = renderTemplate('kind: A\nwhole: ${x}\nwithin: "<${x}>"\nlist: [\'${x}\', last]\n', {
      x: value,
    });
    expect(parseAllDocuments(text)).toHaveLength(1);
    expect(parse(text)).toEqual({ kind: 'A', whole: value, within: `<${value}>`, list: [value, 'last'] });
  });

  // kubeadm and kubectl read YAML 1.1, where these are no text.
  it.each([
    'on',
    'off',
    'yes',
    'no',
    'y',
    'n',
    'true',
    'null',
    '~',
    '1e3',
    '0b1',
    '0o7',
    '1_000',
    '12:30:45',
    '2001-01-01',
    '1.30',
    '=',
  ])('%s is text in YAML 1.1 too', (value) => {
    const text = renderTemplate("whole: ${x}\nwithin: ${x}${empty}\nlist: [a, '${x}']\n", {
      x: value,
      empty: '',
    });
    expect(parse(text, { version: '1.1' })).toEqual({ whole: value, within: value, list: ['a', value] });
  });
});

describe('within a longer text', () => {
  it('joins values', () => {
    expect(parse(renderTemplate("a: 'http://${host}:${port}'\n", { host: 'h', port: 80 }))).toEqual({
      a: 'http://h:80',
    });
  });

  it('refuses lists and maps', () => {
    expect(() => renderTemplate("a: 'x${x}'\n", { x: ['b'] })).toThrow(
      new TypeError('${x} is no text and cannot stand within one'),
    );
  });

  it('reaches block texts and keeps their lines', () => {
    expect(parse(renderTemplate('a: |\n  one ${x}\n  two\n', { x: 'b"\n' }))).toEqual({
      a: 'one b"\n\ntwo\n',
    });
  });
});

it('fills every document, and leaves keys and comments alone', () => {
  const text = renderTemplate('# ${no}\n${x}: ${x}\n---\n# why\nb: ["${x}"]\n', { x: 1 });
  expect(parseAllDocuments(text).map((d) => d.toJS() as unknown)).toEqual([{ '${x}': 1 }, { b: [1] }]);
  expect(text).toContain('# why');
});

it.each([
  ['a placeholder without a value', 'a: ${x}\n', {}, 'the template wants ${x}, which has no value'],
  [
    'a value of every object',
    'a: ${constructor}\n',
    {},
    'the template wants ${constructor}, which has no value',
  ],
  ['a value without a placeholder', 'a: b\n', { x: 1 }, 'the template does not use x'],
  ['a placeholder in a key only', '${x}: b\n', { x: 1 }, 'the template does not use x'],
  ['a placeholder alone', '${x}\n', { x: 1 }, 'a template is not a placeholder alone'],
])('refuses %s', (_why, text, values, message) => {
  expect(() => renderTemplate(text, values)).toThrow(new TypeError(message));
});

it('refuses a template that is no YAML', () => {
  expect(() => renderTemplate('a: [\n', {})).toThrow(/the template is no YAML/);
});
