import { expect, it } from 'vitest';
import { INGRESS_DEFAULT, STORAGE_DEFAULT, parseClasses } from '../../../src/tools/default-class.js';
import { parseVolumes } from '../../../src/tools/volumes.js';
import { result } from './results.js';

const list = (items: readonly object[]) => result({ items });

it('knows the default among classes by the annotation of their kind, and by "true" alone', () => {
  const classes = list([
    { metadata: { name: 'fast', annotations: { [STORAGE_DEFAULT]: 'true' } } },
    { metadata: { name: 'slow', annotations: { [STORAGE_DEFAULT]: 'false' } } },
    { metadata: { name: 'bare' } },
    { metadata: { name: 'odd', annotations: { [INGRESS_DEFAULT]: 'true' } } },
  ]);
  expect(parseClasses(classes, STORAGE_DEFAULT).filter((c) => c.isDefault)).toEqual([
    { name: 'fast', isDefault: true },
  ]);
  expect(parseClasses(classes, INGRESS_DEFAULT).filter((c) => c.isDefault)).toEqual([
    { name: 'odd', isDefault: true },
  ]);
  expect(() => parseClasses(result('no list'), STORAGE_DEFAULT)).toThrow();
});

it('reads who has claimed a volume', () => {
  const volumes = list([
    {
      metadata: { name: 'pvc-1' },
      spec: { storageClassName: 'local-path', claimRef: { namespace: 'red', name: 'notes' } },
    },
    { metadata: { name: 'by-hand' }, spec: {} },
  ]);
  expect(parseVolumes(volumes)).toEqual([
    { name: 'pvc-1', storageClass: 'local-path', claim: { namespace: 'red', name: 'notes' } },
    { name: 'by-hand' },
  ]);
});
