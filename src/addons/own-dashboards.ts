import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { configError } from '../config/mistakes/problems.js';
import type { Position, Problem } from '../config/mistakes/problems.js';
import type { Config, ReadConfig } from '../config/config.js';
import { SHIPPED, shippedDashboard } from '../dashboards/shipped.js';
import { KmonError } from '../errors/kmon-error.js';

/** The folder of Grafana that they are in, beside `kmon`. */
export const OWN_FOLDER = 'class';

/** A dashboard of the room's own. */
export interface OwnDashboard {
  /** Its file, such as `lesson.json`. */
  readonly file: string;
  /** As it stands there: JSON with a title and panels. */
  readonly text: string;
}

/** A ConfigMap holds a megabyte of all of them, and the profile lite has kmon's own in the same one. */
const LARGEST_BYTES = 700_000;

/** Which Grafana takes (pkg/util/shortid_generator.go); a file with another one it leaves out, and tells its log alone. */
const UID = /^[A-Za-z0-9_-]{1,40}$/;

/** What may be a key of a ConfigMap, and a file anywhere. */
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.json$/;

/**
 * The dashboards in the folder that `monitoring.dashboards` names, by the names of their files; none where it names none. Other files there are no
 * matter.
 *
 * @throws KmonError `config` when the folder cannot be read or has none, and for every file at once that is no dashboard, with line and column
 */
export async function ownDashboards({
  monitoring: { dashboards, profile },
}: {
  readonly monitoring: Pick<Config['monitoring'], 'dashboards'> &
    Partial<Pick<ReadConfig['monitoring'], 'profile'>>;
}): Promise<readonly OwnDashboard[]> {
  if (dashboards === undefined) return [];
  const shown = basename(dashboards);
  const found = await Promise.all(
    (await filesIn(dashboards, shown)).map(async (file) => ({
      file,
      text: await textOf(join(dashboards, file), `${shown}/${file}`),
    })),
  );
  const faults = found.map(({ file, text }) => ({
    file,
    problem: FILE_NAME.test(file) ? faultOf(text) : NAMED,
  }));
  const good = found.filter((_, i) => faults[i]?.problem === undefined);
  const twice = [
    ...sameOf('uid', good, SHIPPED),
    // In a folder of their own, but for a Grafana that others have set up: that may know of no folders.
    ...sameOf('title', good, profile === 'existing' ? await shippedTitles() : []),
  ];
  const all = [
    ...faults.flatMap(({ file, problem }) => (problem === undefined ? [] : [{ file, problem }])),
    ...twice,
  ];
  if (all.length > 0) throw together(shown, all);
  const bytes = found.reduce((sum, { text }) => sum + Buffer.byteLength(text), 0);
  if (bytes > LARGEST_BYTES)
    throw new KmonError(
      'config',
      `the dashboards in ${shown} have ${bytes} bytes, and ${LARGEST_BYTES} is what fits`,
      {
        hint: HINT,
      },
    );
  return found;
}

const HINT = 'put right what monitoring.dashboards in kmon.yaml names, or leave it out (nothing was touched)';
const START: Position = { line: 1, column: 1 };
const NAMED: Problem = {
  at: START,
  text: 'the name of a dashboard has letters, digits, dots, hyphens and underscores alone',
};

interface Fault {
  readonly file: string;
  readonly problem: Problem;
}

async function filesIn(folder: string, shown: string): Promise<readonly string[]> {
  let names: readonly string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    throw new KmonError('config', `the folder ${shown} of monitoring.dashboards cannot be read`, {
      hint: HINT,
      cause: error,
    });
  }
  const files = names.filter((name) => name.endsWith('.json')).toSorted();
  if (files.length > 0) return files;
  throw new KmonError('config', `the folder ${shown} of monitoring.dashboards has no dashboard (*.json)`, {
    hint: HINT,
  });
}

async function textOf(path: string, shown: string): Promise<string> {
  try {
    // Some editors of Windows begin a file with a mark that nobody sees, and that no JSON has.
    return (await readFile(path, 'utf8')).replace(/^\ufeff/, '');
  } catch (error) {
    throw new KmonError('config', `${shown} cannot be read`, { hint: HINT, cause: error });
  }
}

/** What keeps a text from being a dashboard that Grafana takes from a file; `undefined`: nothing. */
function faultOf(text: string): Problem | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    return brokenJson(text, error instanceof Error ? error.message : String(error));
  }
  const has = (name: string): unknown => (isMap(value) ? value[name] : undefined);
  const fault = (what: string): Problem => ({ at: START, text: what });
  if (isMap(has('dashboard')))
    return fault('the dashboard is within `dashboard`, as the API gives it: leave only what that holds');
  if (Array.isArray(has('__inputs')) && has('__inputs') !== undefined)
    return fault(
      'it was exported for sharing, and would ask for a data source: export it once more without that',
    );
  if (typeof has('title') !== 'string' || !Array.isArray(has('panels')))
    return fault('this is no dashboard of Grafana: it has no `title` or no `panels`');
  if (named(value, 'title') === undefined) return fault('its title is empty: give it one');
  const uid = has('uid');
  if (uid !== undefined && uid !== null && uid !== '' && (typeof uid !== 'string' || !UID.test(uid)))
    return fault(
      `its uid ${JSON.stringify(uid)} is none: 1 to 40 letters, digits, hyphens and underscores (without one Grafana finds its own)`,
    );
  return undefined;
}

/** A text of a dashboard as Grafana compares it, without blanks around it; `undefined`: it has none. */
function named(dashboard: unknown, what: 'uid' | 'title'): string | undefined {
  const text = isMap(dashboard) ? dashboard[what] : undefined;
  return typeof text !== 'string' || text.trim() === '' ? undefined : text.trim();
}

async function shippedTitles(): Promise<readonly string[]> {
  const shipped = await Promise.all(SHIPPED.map(shippedDashboard));
  return shipped.flatMap((text) => named(JSON.parse(text), 'title') ?? []);
}

function brokenJson(text: string, message: string): Problem {
  const before = text.slice(0, offsetOf(text, message)).split('\n');
  const at = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
  const what = message
    .replace(/ in JSON at position .*$/s, '')
    .replace(/, (?:"|\.\.\.).*is not valid JSON$/s, '');
  return { at, text: `this is not valid JSON: ${what.charAt(0).toLowerCase()}${what.slice(1)}` };
}

/** Node says where for some mistakes only. One that it names without a place is behind the longest beginning that only ends too soon. */
function offsetOf(text: string, message: string): number {
  const said = /position (\d+)/.exec(message)?.[1];
  if (said !== undefined) return Number(said);
  if (!message.startsWith('Unexpected token')) return text.trimEnd().length;
  let [good, bad] = [0, text.length];
  while (bad - good > 1) {
    const middle = Math.floor((good + bad) / 2);
    if (hasWrongToken(text.slice(0, middle))) bad = middle;
    else good = middle;
  }
  return good;
}

function hasWrongToken(text: string): boolean {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    return error instanceof Error && error.message.startsWith('Unexpected token');
  }
}

/**
 * Of two with one uid Grafana would show one, now this and now that; with two of one title in a folder it takes nothing more from there, neither what
 * is new nor what was changed.
 */
function sameOf(
  what: 'uid' | 'title',
  found: readonly OwnDashboard[],
  shipped: readonly string[],
): readonly Fault[] {
  const taken = new Map<string, string>(shipped.map((name) => [name, "one of kmon's own"]));
  return found.flatMap(({ file, text }) => {
    const name = named(JSON.parse(text), what);
    if (name === undefined) return [];
    const other = taken.get(name);
    taken.set(name, other ?? file);
    return other === undefined
      ? []
      : [
          {
            file,
            problem: {
              at: START,
              text: `its ${what} ${JSON.stringify(name)} is that of ${other}: give it another`,
            },
          },
        ];
  });
}

function together(shown: string, faults: readonly Fault[]): KmonError {
  const each = faults.map(({ file, problem }) => configError(`${shown}/${file}`, [problem]));
  return new KmonError('config', each.map((e) => e.message).join('\n'), {
    mistakes: each.flatMap((e) => e.mistakes ?? []),
    hint: HINT,
  });
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
