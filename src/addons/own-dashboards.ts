import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { configError } from '../config/mistakes/problems.js';
import type { Position, Problem } from '../config/mistakes/problems.js';
import type { Config } from '../config/config.js';
import { SHIPPED } from '../dashboards/shipped.js';
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

/** What may be a key of a ConfigMap, and a file anywhere. */
const FILE_NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}\.json$/;

/**
 * The dashboards in the folder that `monitoring.dashboards` names, by the names of their files; none where it names none. Other files there are no
 * matter.
 *
 * @throws KmonError `config` when the folder cannot be read or has none, and for every file at once that is no dashboard, with line and column
 */
export async function ownDashboards({
  monitoring: { dashboards },
}: {
  readonly monitoring: Pick<Config['monitoring'], 'dashboards'>;
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
  const twice = sameUid(found.filter((_, i) => faults[i]?.problem === undefined));
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
    return await readFile(path, 'utf8');
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
  return undefined;
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

/** Of two with one uid Grafana would show one, now this and now that. */
function sameUid(found: readonly OwnDashboard[]): readonly Fault[] {
  const taken = new Map<string, string>(SHIPPED.map((name) => [name, "one of kmon's own"]));
  return found.flatMap(({ file, text }) => {
    const value: unknown = JSON.parse(text);
    const uid = isMap(value) ? value['uid'] : undefined;
    if (typeof uid !== 'string' || uid === '') return [];
    const other = taken.get(uid);
    taken.set(uid, other ?? file);
    return other === undefined
      ? []
      : [
          {
            file,
            problem: {
              at: START,
              text: `its uid ${JSON.stringify(uid)} is that of ${other}: give it another`,
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
