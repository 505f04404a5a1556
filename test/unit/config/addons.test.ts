import { describe, expect, it } from 'vitest';
import { ADDON_NAMES } from '../../../src/config/sections/addons.js';
import { ROOM, load, mistakes, placeForEach } from './written-file.js';

placeForEach();

const ALL = ADDON_NAMES.join(', ');

const withAddons = (addons: string): string => `${ROOM}addons: ${addons}\n`;

describe('addons', () => {
  it.each([
    ['', []],
    ['[]', []],
    ['[metrics-server]', ['metrics-server']],
    ['\n  - metrics-server', ['metrics-server']],
  ])('%j', async (written, wanted) => {
    expect((await load(withAddons(written))).addons).toEqual(wanted);
  });

  it.each([
    [
      '[metrik-server]',
      'kmon.yaml:3:10: addons[0]: there is no add-on "metrik-server" (did you mean metrics-server?)',
    ],
    [
      '[Metrics_Server]',
      'kmon.yaml:3:10: addons[0]: there is no add-on "Metrics_Server" (did you mean metrics-server?)',
    ],
    [
      '[metrics-server, metrics-server]',
      'kmon.yaml:3:26: addons[1] is metrics-server like addons[0]: once is enough',
    ],
    ['[helm]', `kmon.yaml:3:10: addons[0]: there is no add-on "helm" (known here: ${ALL})`],
    ['[""]', `kmon.yaml:3:10: addons[0]: there is no add-on "" (known here: ${ALL})`],
    ['[constructor]', /^kmon.yaml:3:10: addons\[0\]: there is no add-on "constructor" \(known here/],
    ['["a\\nb"]', /^kmon.yaml:3:10: addons\[0\]: there is no add-on "a\\nb" \(known here/],
    [`["${'x'.repeat(200)}"]`, /there is no add-on "x{57}\.\.\." \(known here/],
    ['[7]', `kmon.yaml:3:10: addons[0] must be one of ${ALL}, not the number 7: write it in quotes, "7"`],
    ['[{ name: metrics-server }]', `kmon.yaml:3:10: addons[0] must be one of ${ALL}, not a map of name`],
    ['metrics-server', /^kmon.yaml:3:9: addons must be a list of add-ons, such as \[metrics-server\], not /],
    [
      '{ metrics-server: true }',
      /^kmon.yaml:3:9: addons must be a list of add-ons, such as .*, not a map of metrics-server$/,
    ],
    ['true', /^kmon.yaml:3:9: addons must be a list of add-ons, such as /],
  ])('%s is refused, once', async (written, wanted) => {
    const told = await mistakes(withAddons(written));
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(wanted);
  });

  it('tells of an addon where addons is meant', async () => {
    expect(await mistakes(`${ROOM}addon: [metrics-server]\n`)).toEqual([
      'kmon.yaml:3:1: unknown key addon (did you mean addons?)',
    ]);
  });
});
