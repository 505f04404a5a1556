import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { KmonError } from '../../../src/errors/kmon-error.js';
import { loadOf } from '../../../src/loads/chosen-load.js';
import { MODELS } from '../../../src/loads/index.js';
import { readModelFile } from '../../../src/loads/model-file.js';

const MIB = 1024 ** 2;

function mistakesIn(text: string): readonly string[] {
  try {
    readModelFile(text, 'my.yaml');
    return [];
  } catch (error) {
    if (!(error instanceof KmonError)) throw error;
    expect(error.code).toBe('config');
    return error.message.split('\n');
  }
}

describe('a file with a load', () => {
  it('is read phase by phase', () => {
    const text = `
# Before the break, and after it.
phases:
  - { for: 20s, cpu: 30 }
  - { for: 1m30s, cpu: 90%, memory: 25% }
  - for: 10
  - { for: 2m, memory: 256Mi, disk: 1Gi }
`;
    expect(readModelFile(text, 'my.yaml')).toEqual([
      { seconds: 20, cpuPercent: 30 },
      { seconds: 90, cpuPercent: 90, memory: { percent: 25 } },
      { seconds: 10 },
      { seconds: 120, memory: { bytes: 256 * MIB }, disk: { bytes: 1024 * MIB } },
    ]);
  });

  it.each(['docs/stress.md', 'docs/fr/stress.md'])('is as %s shows one', (page) => {
    const [, example = ''] = /```yaml\n([^`]*)```/.exec(readFileSync(page, 'utf8')) ?? [];
    expect(readModelFile(example, page)).toEqual([
      { seconds: 20, cpuPercent: 30 },
      { seconds: 10, cpuPercent: 90, memory: { percent: 25 } },
      { seconds: 15 },
      { seconds: 30, memory: { bytes: 256 * MIB }, disk: { bytes: 64 * MIB } },
    ]);
  });

  it('has all its mistakes told at once, with line, column and the nearest key', () => {
    expect(
      mistakesIn(`phases:
  - { for: 20s, cpus: 30 }
  - { for: soon, cpu: 101 }
  - { cpu: 10, memory: 90% }
  - { for: 5s, disk: 9Gi, swap: 1Gi }
  - { for: 0, memory: lots }
phase: 7
`),
    ).toEqual([
      'my.yaml:2:17: unknown key phases[0].cpus (did you mean cpu?)',
      expect.stringMatching(
        /^my\.yaml:3:12: phases\[1\]\.for must be a time such as 20s or 1m30s, of 1s to 60m, not "soon"$/,
      ),
      expect.stringMatching(
        /^my\.yaml:3:23: phases\[1\]\.cpu must be a percentage of all processors from 1 to 100, not the number 101$/,
      ),
      expect.stringMatching(/^my\.yaml:4:5: phases\[2\]\.for is missing: it must be a time/),
      expect.stringMatching(
        /^my\.yaml:4:24: phases\[2\]\.memory must be a part of what is available .* at most 75%, .* not "90%"$/,
      ),
      expect.stringMatching(
        /^my\.yaml:5:22: phases\[3\]\.disk must be the size of a file .* at most 8 GiB, not "9Gi"$/,
      ),
      'my.yaml:5:27: unknown key phases[3].swap (known here: for, cpu, memory, disk)',
      expect.stringMatching(/^my\.yaml:6:12: phases\[4\]\.for must be a time .* not the number 0$/),
      expect.stringMatching(/^my\.yaml:6:23: phases\[4\]\.memory must be .* not "lots"$/),
      'my.yaml:7:1: unknown key phase (did you mean phases?)',
    ]);
  });

  it.each([
    ['', /the file is empty/],
    ['7', /the file is no map of keys/],
    ['[]', /the file is no map of keys/],
    ['{}', /phases is missing/],
    ['phases:', /phases is missing/],
    ['phases: []', /at least one stretch/],
    ['phases: 80', /a list of 1 to 40 stretches/],
    ['phases: [80]', /a map such as/],
    ['phases: [{for: 4s, cpu: 10}]', /take 4 s together: they must take 5s to 60m/],
    ['phases: [{for: 60m, cpu: 10}, {for: 1s}]', /take 3601 s together/],
    ['phases: [{for: 61m, cpu: 10}]', /must be a time/],
    ['phases: [{for: 9999s, cpu: 10}]', /must be a time/],
    ['phases: [{for: "", cpu: 10}]', /must be a time/],
    ['phases: [{for: -5, cpu: 10}]', /must be a time/],
    ['phases: [{for: 1e9, cpu: 10}]', /must be a time/],
    ['phases: [{for: 5s}, {for: 5s}]', /ask for nothing/],
    ['phases: [{for: 5s, cpu: 0}]', /a percentage/],
    ['phases: [{for: 5s, cpu: 1.5}]', /a percentage/],
    ['phases: [{for: 5s, cpu: "50%; reboot"}]', /a percentage/],
    ['phases: [{for: 5s, memory: 0Mi}]', /a part of what is available/],
    ['phases: [{for: 5s, memory: 1Ti}]', /a part of what is available/],
    ['phases: [{for: 5s, memory: 256}]', /a part of what is available/],
    ['phases: [{for: 5s, disk: 50%}]', /the size of a file/],
    ['phases: [{for: 5s, disk: "$(reboot)"}]', /the size of a file/],
    ['phases: [{for: 5s, for: 6s, cpu: 1}]', /written twice/],
    ['a: &x [1]\nphases: *x', /refers to \*x/],
    ['phases: [', /not valid YAML/],
    ['__proto__: {a: 1}\nphases: [{for: 5s, cpu: 1}]', /unknown key __proto__/],
    [`phases: [${Array(41).fill('{for: 5s, cpu: 1}').join(', ')}]`, /at most 40 stretches/],
  ])('%j is refused', (text, message) => {
    const told = mistakesIn(text);
    expect(told.join('\n')).toMatch(message);
    expect(told.every((line) => /^my\.yaml:\d+:\d+: /.test(line))).toBe(true);
  });
});

describe('the load that is asked for', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'kmon-load-'));
    writeFileSync(join(folder, 'lunch.yaml'), 'phases: [{for: 20s, cpu: 30}, {for: 10s}]\n');
    writeFileSync(join(folder, 'large.yml'), `# ${'x'.repeat(100_001)}\n`);
    mkdirSync(join(folder, 'folder.yaml'));
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('is constant, 80 % and a minute, where nothing is said', async () => {
    expect(await loadOf({}, folder)).toEqual({
      model: 'constant',
      cpuPercent: 80,
      seconds: 60,
      phases: [{ seconds: 60, cpuPercent: 80 }],
      text: '80 % CPU for 60 s',
    });
  });

  it.each(MODELS)('may be $name', async ({ name, usesCpu }) => {
    const load = await loadOf({ model: name, seconds: 30, ...(usesCpu ? { cpuPercent: 50 } : {}) }, folder);
    expect(load).toMatchObject({ model: name, seconds: 30 });
    expect(load.cpuPercent).toBe(usesCpu ? 50 : undefined);
  });

  it('may be a file, here or elsewhere', async () => {
    for (const model of ['lunch.yaml', './lunch.yaml', join(folder, 'lunch.yaml')])
      expect(await loadOf({ model }, folder)).toMatchObject({
        model,
        seconds: 30,
        phases: [{ seconds: 20, cpuPercent: 30 }, { seconds: 10 }],
        text: `${model}, for 30 s`,
      });
  });

  it.each([
    [
      { model: 'rmap' },
      'usage',
      /there is no model "rmap"/,
      /did you mean ramp\? choose among constant, ramp/,
    ],
    [{ model: 'Spikes' }, 'usage', /no model/, /did you mean spike/],
    [{ model: 'xyz' }, 'usage', /no model "xyz"/, /^choose among/],
    [{ model: '' }, 'usage', /no model ""/, /choose among/],
    [{ model: 'a'.repeat(500) }, 'usage', /no model "a{60}"/, /choose among/],
    [{ model: 'disk', cpuPercent: 10 }, 'usage', /--cpu says nothing to the model disk/, /leave it out/],
    [
      { model: 'lunch.yaml', cpuPercent: 10, seconds: 5 },
      'usage',
      /--cpu and --for say nothing/,
      /leave them out/,
    ],
    [{ model: 'none.yaml' }, 'config', /there is no none\.yaml/, /phases/],
    [{ model: 'folder.yaml' }, 'config', /is not a file/, /phases/],
    [{ model: 'large.yml' }, 'config', /too large/, /phases/],
    [{ model: 'lunch.yaml/x' }, 'config', /there is no/, /phases/],
    [{ model: './a\0b' }, 'config', /cannot be read/, /phases/],
  ] as const)('%j is refused', async (asked, code, message, hint) => {
    const error: unknown = await loadOf(asked, folder).catch((e: unknown) => e);
    if (!(error instanceof KmonError)) throw error;
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(hint);
  });
});
