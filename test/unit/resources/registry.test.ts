import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { KmonError } from '../../../src/errors/kmon-error.js';
import {
  KIND_NAMES,
  KIND_NAMES_THERE,
  reversibleFor,
  reversibleThere,
} from '../../../src/resources/registry.js';
import type { Json } from '../../../src/resources/resource.js';
import { EXAMPLES, EXAMPLES_THERE } from './examples.js';

describe('the registry', () => {
  it('has an example of every kind in these tests', () => {
    expect([...new Set(EXAMPLES.map((e) => e.kind))].toSorted()).toEqual([...KIND_NAMES].toSorted());
    expect(EXAMPLES_THERE.map((e) => e.kind).toSorted()).toEqual([...KIND_NAMES_THERE].toSorted());
  });

  it.each(EXAMPLES_THERE.map((e) => [e.kind, e] as const))(
    'makes "%s" again from what the ledger of an observed computer keeps',
    (kind, thing) => {
      const again = reversibleThere(kind, { port: 9182 });
      expect(again).toMatchObject({ id: thing.id, kind, params: { port: 9182 }, read: thing.read });
    },
  );

  it('keeps the kinds of machines and of observed computers apart', () => {
    expect(() => reversibleThere('file', { path: '/x' })).toThrow(
      'a kind that this kmon does not know: file',
    );
    expect(() => reversibleFor('macos-exporter-opening', { port: 9100 })).toThrow('macos-exporter-opening');
  });

  it.each(EXAMPLES.map((e) => [e.id, e] as const))(
    'makes "%s" again from what the ledger keeps',
    (_id, thing) => {
      const kept = JSON.parse(JSON.stringify(thing.params)) as Json;
      const again = reversibleFor(thing.kind, kept);
      expect(again.id).toBe(thing.id);
      expect(again.kind).toBe(thing.kind);
      expect(again.read).toEqual(thing.read);
    },
  );

  it.each(EXAMPLES.map((e) => [e.id, e] as const))('reads "%s" by a script that sh accepts', (_id, thing) => {
    expect(spawnSync('sh', ['-n'], { input: thing.read.script, encoding: 'utf8' })).toMatchObject({
      status: 0,
      stderr: '',
    });
  });

  it('refuses a kind of a newer kmon, and parameters it cannot read, with a remedy', () => {
    for (const [kind, params] of [
      ['teapot', {}],
      ['toString', {}],
      ['file', { path: 7 }],
      ['file', 'x'],
      ['packages', { names: ['a', 1] }],
    ] as const) {
      expect(() => reversibleFor(kind, params)).toThrow(KmonError);
      try {
        reversibleFor(kind, params);
      } catch (error) {
        expect(error).toMatchObject({
          code: 'precondition',
          hint: expect.stringContaining('version') as string,
        });
      }
    }
  });
});
