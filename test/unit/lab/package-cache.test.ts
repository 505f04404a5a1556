import { expect, it } from 'vitest';
import { replaced } from '../../../src/lab/package-cache.js';

it('drops all but the latest of a package, an architecture at a time', () => {
  expect(
    replaced([
      { file: 'runc_1.1.4-1_amd64.deb', at: 1 },
      { file: 'runc_1.1.5-1_amd64.deb', at: 3 },
      { file: 'runc_1.1.3-1_arm64.deb', at: 1 },
      { file: 'runc-doc_1.1.4-1_all.deb', at: 1 },
    ]),
  ).toEqual(['runc_1.1.4-1_amd64.deb']);
});
