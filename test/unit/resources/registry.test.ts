import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { KIND_NAMES, reversibleFor } from '../../../src/resources/registry.js';
import type { Json } from '../../../src/resources/resource.js';
import { EXAMPLES } from './examples.js';

describe('the registry', () => {
  it('has an example of every kind in these tests', () => {
    expect([...new Set(EXAMPLES.map((e) => e.kind))].toSorted()).toEqual([...KIND_NAMES].toSorted());
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
