import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { knownValues } from '../../../../src/addons/stack/value-paths.js';
import { kmonsValues } from '../../../../src/addons/stack/values.js';
import { onlineSupply } from '../../../../src/artifacts/online-supply.js';
import { DEFAULTS } from '../../../../src/config/defaults.js';
import { STAND_IN, valuePaths } from '../../../support/stack-charts.js';

/** Not set by kmon, and looked at where a room has values of its own: such a part is not waited for. */
const LOOKED_AT = ['alertmanager.enabled', 'nodeExporter.enabled'];

const read = (path: string): string => readFileSync(join(STAND_IN, path), 'utf8');
const ours = (controlPlane = true) =>
  kmonsValues(
    { config: { monitoring: { ...DEFAULTS.monitoring, profile: 'stack' } }, supply: onlineSupply },
    'parent',
    controlPlane,
  );

describe('the stand-in for kube-prometheus-stack', () => {
  it('says in every file of its own what it is', () => {
    const files = readdirSync(STAND_IN, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name).slice(STAND_IN.length + 1));
    expect(files).toContain('templates/operator.yaml');
    for (const file of files) expect(read(file).split('\n')[0], file).toMatch(/stand-in/i);
    expect((parse(read('Chart.yaml')) as { readonly description: string }).description).toMatch(
      /^A stand-in/,
    );
  });

  it('is not among what kmon is installed with', () => {
    const { files } = JSON.parse(readFileSync(join(STAND_IN, '../../../package.json'), 'utf8')) as {
      readonly files: readonly string[];
    };
    expect(files.filter((path) => path.startsWith('test'))).toEqual([]);
  });

  it('has the paths that kmon sets or looks at, and no other', async () => {
    const standIn = new Map([['kube-prometheus-stack/values.yaml', read('values.yaml')]]);
    expect(knownValues(standIn).unknownIn(await ours())).toEqual([]);
    const set = [...valuePaths(await ours()), ...LOOKED_AT];
    const isSet = (path: string): boolean => set.some((s) => s === path || s.startsWith(`${path}.`));
    expect(valuePaths(parse(read('values.yaml'))).filter((path) => !isSet(path))).toEqual([]);
  });
});
