import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { existingDashboards } from '../../../src/addons/existing/objects.js';
import { ownDashboards } from '../../../src/addons/own-dashboards.js';
import { dashboardObjects } from '../../../src/addons/stack/dashboards.js';
import { DEFAULTS } from '../../../src/config/defaults.js';
import { KmonError } from '../../../src/errors/kmon-error.js';

const LESSON = '{ "title": "Lesson {{node}}", "uid": "lesson", "panels": [] }\n';

describe('dashboards of the room’s own', () => {
  let base: string;
  let folder: string;
  beforeEach(() => {
    base = mkdtempSync(join(tmpdir(), 'own-dashboards-'));
    folder = join(base, 'dash');
    mkdirSync(folder);
  });
  afterEach(() => {
    rmSync(base, { recursive: true });
  });
  const put = (file: string, text: string): void => {
    writeFileSync(join(folder, file), text);
  };
  const refused = async (): Promise<KmonError> => {
    const error = await ownDashboards({ monitoring: { dashboards: folder } }).catch((e: unknown) => e);
    if (error instanceof KmonError) return error;
    throw new Error('it was not refused');
  };

  it('are none where kmon.yaml names no folder', async () => {
    expect(await ownDashboards({ monitoring: {} })).toEqual([]);
  });

  it('are the *.json of the folder as they stand, and nothing else of it', async () => {
    put('b.json', LESSON);
    put('a.json', '\ufeff{"title":"x","panels":[]}');
    put('c.json', '{"title":"y","uid":"","panels":[]}');
    put('d.json', `{"title":"z","uid":"${'Az_-9'.repeat(8)}","panels":[]}`);
    put('e.json', '{"title":"Room","uid":null,"panels":[]}');
    put('notes.txt', 'x');
    const own = await ownDashboards({ monitoring: { dashboards: folder } });
    expect(own.map(({ file }) => file)).toEqual(['a.json', 'b.json', 'c.json', 'd.json', 'e.json']);
    expect(own.slice(0, 2)).toEqual([
      // Without the mark that some editors of Windows begin a file with.
      { file: 'a.json', text: '{"title":"x","panels":[]}' },
      { file: 'b.json', text: LESSON },
    ]);
  });

  it.each([
    ['a comma too much', '{\n  "title": "x",\n}\n', /^dash\/x\.json:3:1: this is not valid JSON: /],
    [
      'an end too soon',
      '{ "title": ',
      /^dash\/x\.json:1:11: this is not valid JSON: unexpected end of JSON input$/,
    ],
    ['nothing', '', /^dash\/x\.json:1:1: this is not valid JSON: unexpected end of JSON input$/],
    [
      'a word in the middle',
      '{\n  "title": hello,\n  "panels": []\n}',
      /^dash\/x\.json:2:12: this is not valid JSON: unexpected token 'h'$/,
    ],
    ['no JSON at all', 'hello', /^dash\/x\.json:1:1: this is not valid JSON: unexpected token/],
    [
      'null',
      'null',
      /^dash\/x\.json:1:1: this is no dashboard of Grafana: it has no `title` or no `panels`$/,
    ],
    ['a list', '[]', /: this is no dashboard of Grafana/],
    ['no panels', '{ "title": "x" }', /: this is no dashboard of Grafana/],
    ['what the API gives', `{ "dashboard": ${LESSON}, "meta": {} }`, /: the dashboard is within `dashboard`/],
    [
      'an export for sharing',
      '{ "__inputs": [], "title": "x", "panels": [] }',
      /: it was exported for sharing/,
    ],
    ['an empty title', '{ "title": " ", "panels": [] }', /: its title is empty: give it one$/],
    ...['a b', 'é', 'x'.repeat(41), 'a/b', ' a', 'a\\n'].map((uid): [string, string, RegExp] => [
      `the uid ${uid}`,
      `{ "uid": "${uid}", "title": "x", "panels": [] }`,
      /: its uid ".*" is none: 1 to 40 letters, digits, hyphens and underscores/,
    ]),
    [
      'a uid that is a number',
      '{ "uid": 7, "title": "x", "panels": [] }',
      /: its uid 7 is none: 1 to 40 letters/,
    ],
    [
      'a uid of kmon',
      '{ "uid": "kmon-room", "title": "x", "panels": [] }',
      /: its uid "kmon-room" is that of one of kmon's own/,
    ],
  ])('are refused with line and column: %s', async (_, text, message) => {
    put('x.json', text);
    const error = await refused();
    expect(error.code).toBe('config');
    expect(error.message).toMatch(message);
    expect(error.hint).toContain('(nothing was touched)');
  });

  it('are refused all at once, also two with one uid, and a name that no ConfigMap takes', async () => {
    put('a.json', LESSON);
    put('b.json', LESSON);
    put('c.json', '{');
    put('é.json', LESSON);
    expect((await refused()).message.split('\n').map((line) => line.slice(0, 45))).toEqual([
      'dash/c.json:1:2: this is not valid JSON: expe',
      'dash/é.json:1:1: the name of a dashboard has ',
      'dash/b.json:1:1: its uid "lesson" is that of ',
      'dash/b.json:1:1: its title "Lesson {{node}}" ',
    ]);
  });

  it('are refused with one title, of which Grafana takes neither from then on', async () => {
    put('a.json', '{ "title": "One", "uid": "a", "panels": [] }');
    put('b.json', '{ "title": " One ", "uid": "b", "panels": [] }');
    put('c.json', '{ "title": "one", "panels": [] }');
    expect((await refused()).message).toBe(
      'dash/b.json:1:1: its title "One" is that of a.json: give it another',
    );
  });

  it('are refused with a title of kmon only beside another monitoring, whose Grafana may have one folder', async () => {
    put('a.json', '{ "title": "Room", "uid": "a", "panels": [] }');
    const of = (profile: 'lite' | 'stack' | 'existing') =>
      ownDashboards({ monitoring: { dashboards: folder, profile } });
    expect(await of('lite')).toHaveLength(1);
    expect(await of('stack')).toHaveLength(1);
    await expect(of('existing')).rejects.toThrow(
      `dash/a.json:1:1: its title "Room" is that of one of kmon's own: give it another`,
    );
  });

  it('are refused where there are none, the folder is not there, or it is too much', async () => {
    expect((await refused()).message).toBe(
      'the folder dash of monitoring.dashboards has no dashboard (*.json)',
    );
    put('x.json', JSON.stringify({ title: 'x'.repeat(700_000), panels: [] }));
    expect((await refused()).message).toMatch(
      /^the dashboards in dash have 7000\d\d bytes, and 700000 is what fits$/,
    );
    rmSync(folder, { recursive: true });
    expect((await refused()).message).toBe('the folder dash of monitoring.dashboards cannot be read');
  });

  it('lie in one ConfigMap in a folder of their own, of the stack also when there are none', async () => {
    const named = (objects: readonly object[]): unknown => objects.at(-1);
    const none = { monitoring: { ...DEFAULTS.monitoring, profile: 'stack' as const } };
    expect(named(await dashboardObjects({ config: none }))).toMatchObject({
      metadata: { name: 'kmon-class-dashboards', annotations: { grafana_folder: 'class' } },
      data: {},
    });
    put('lesson.json', LESSON);
    const some = { monitoring: { ...none.monitoring, dashboards: folder } };
    expect(named(await dashboardObjects({ config: some }))).toMatchObject({
      data: { 'lesson.json': LESSON },
    });
    expect(await existingDashboards(none)).toHaveLength(5);
    expect(named(await existingDashboards(some))).toMatchObject({
      metadata: { name: 'kmon-class-existing', labels: { 'kmon/addon': 'existing', grafana_dashboard: '1' } },
      data: { 'lesson.json': LESSON },
    });
  });
});
